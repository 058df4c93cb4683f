import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import { wholeTime } from "../clock.ts";
import type { Node } from "../cluster.ts";
import { Random } from "../random.ts";
import { frozen } from "../wire.ts";

const CONDITIONS = [
  ["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
  ["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
  ["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
  ["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
] as const;

const ORDER = frozen(CONDITIONS.map(([type]) => ({ type })));

/** The heartbeat: a strategic merge patch of the four conditions. */
export function nodeStatusPatch(at: number): JsonObject {
  const now = wholeTime(at);
  return {
    status: {
      "$setElementOrder/conditions": ORDER,
      conditions: CONDITIONS.map(([type]) => ({ lastHeartbeatTime: now, type })),
    },
  };
}

const imagesByNode = new WeakMap<Node, JsonValue[]>();

/** After an image pull the patch carries the whole list of images: the longest thing a kubelet sends. */
export function nodeImagesPatch(node: Node, at: number): JsonObject {
  let images = imagesByNode.get(node);
  if (images === undefined) {
    const random = new Random(node.uid);
    images = frozen(
      Array.from({ length: random.between(40, 160) }, () => {
        const repository = `registry.example.com/${random.pick(["web", "payments", "search", "mesh", "observability"])}/${random.suffix(7)}`;
        return {
          names: [
            `${repository}@sha256:${random.hex(64)}`,
            `${repository}:${random.int(9)}.${random.int(40)}.${random.int(20)}`,
          ],
          sizeBytes: random.between(3_000_000, 900_000_000),
        };
      }),
    );
    imagesByNode.set(node, images);
  }
  const patch = nodeStatusPatch(at);
  return { status: { ...(patch["status"] as JsonObject), images } };
}
