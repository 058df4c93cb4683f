import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import { wholeTime } from "../clock.ts";
import type { Pod, Workload } from "../cluster.ts";
import { frozen } from "../wire.ts";
import { managedFields, type Owner, owner } from "./meta.ts";

interface Parts {
  readonly stored: JsonObject;
  readonly owner: Owner;
}
const partsByTemplate = new WeakMap<JsonObject, Parts>();

/** What admission makes of a template (token volume, tolerations), and who owns its fields: once per template. */
function partsOf(template: JsonObject): Parts {
  let parts = partsByTemplate.get(template);
  if (parts === undefined) {
    const volumes = template["volumes"] as JsonValue[];
    const stored = frozen({
      ...template,
      volumes: [
        ...volumes,
        {
          name: "kube-api-access-x7k2p",
          projected: {
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
              { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
              {
                downwardAPI: {
                  items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
                },
              },
            ],
            defaultMode: 420,
          },
        },
      ],
      tolerations: [
        { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
        { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
      ],
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: "PreemptLowerPriority",
    });
    parts = {
      stored,
      owner: owner("kube-controller-manager", "Update", "v1", {
        metadata: { generateName: "", labels: {}, ownerReferences: {} },
        spec: template,
      }),
    };
    partsByTemplate.set(template, parts);
  }
  return parts;
}

/** What the ReplicaSet controller sends. */
export function podToCreate(workload: Workload): JsonObject {
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      generateName: `${workload.name}-${workload.hash}-`,
      labels: podLabels(workload),
      ownerReferences: [replicaSetReference(workload)],
    },
    spec: workload.template,
    status: {},
  };
}

/** The pod as stored; `running` adds the node and the status that the kubelet has reported. */
export function storedPod(pod: Pod, at: number, revision: string, running: boolean): JsonObject {
  const parts = partsOf(pod.workload.template);
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      name: pod.name,
      generateName: `${pod.workload.name}-${pod.workload.hash}-`,
      namespace: pod.workload.namespace,
      uid: pod.uid,
      resourceVersion: revision,
      creationTimestamp: wholeTime(at),
      labels: podLabels(pod.workload),
      annotations: { "kubectl.kubernetes.io/restartedAt": wholeTime(at), "prometheus.io/scrape": "true" },
      ownerReferences: [replicaSetReference(pod.workload)],
      managedFields: managedFields([parts.owner], at),
    },
    spec: running ? { ...parts.stored, nodeName: pod.node.name } : parts.stored,
    status: running ? podStatus(pod, at, true) : { phase: "Pending", qosClass: "Burstable" },
  };
}

/** The kubelet's strategic merge patch of pods/status. */
export function podStatusPatch(pod: Pod, at: number, ready: boolean): JsonObject {
  return {
    metadata: { uid: pod.uid },
    status: { "$setElementOrder/conditions": CONDITION_ORDER, ...podStatus(pod, at, ready) },
  };
}

const CONDITION_ORDER = frozen(
  ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({ type })),
);

function podStatus(pod: Pod, at: number, ready: boolean): JsonObject {
  const now = wholeTime(at);
  const condition = (type: string, status: boolean): JsonObject =>
    status
      ? { lastProbeTime: null, lastTransitionTime: now, status: "True", type }
      : {
          lastProbeTime: null,
          lastTransitionTime: now,
          message: "containers with unready status: [app]",
          reason: "ContainersNotReady",
          status: "False",
          type,
        };
  const containers = pod.workload.template["containers"] as JsonObject[];
  return {
    conditions: [
      condition("PodReadyToStartContainers", true),
      condition("Initialized", true),
      condition("Ready", ready),
      condition("ContainersReady", ready),
      condition("PodScheduled", true),
    ],
    containerStatuses: containers.map((container) => ({
      containerID: `containerd://${pod.uid.replaceAll("-", "")}${pod.workload.replicaSetUid.replaceAll("-", "")}`,
      image: container["image"] as string,
      imageID: `registry.example.com/sha256:${pod.workload.replicaSetUid.replaceAll("-", "")}`,
      lastState: {},
      name: container["name"] as string,
      ready,
      restartCount: 0,
      started: ready,
      state: ready ? { running: { startedAt: now } } : { waiting: { reason: "ContainerCreating" } },
    })),
    hostIP: pod.node.ip,
    phase: ready ? "Running" : "Pending",
    podIP: pod.ip,
    podIPs: [{ ip: pod.ip }],
    startTime: now,
  };
}

function podLabels(workload: Workload): JsonObject {
  return { ...workload.labels, "pod-template-hash": workload.hash };
}

function replicaSetReference(workload: Workload): JsonObject {
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    name: `${workload.name}-${workload.hash}`,
    uid: workload.replicaSetUid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
