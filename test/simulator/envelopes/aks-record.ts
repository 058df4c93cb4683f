/** What Azure Monitor makes of an audit event, and how it cuts the long ones. */
import type { JsonObject, JsonValue, NativeEvent, TruncatedBy } from "../../../shared/event.ts";
import { Random } from "../random.ts";
import { prefixOfBytes, wireText } from "../wire.ts";
import { klogLine } from "./klog.ts";

export interface AksOptions {
  seed?: number | string;
  subscription?: string;
  resourceGroup?: string;
  cluster?: string;
  /** `kube-audit-admin` leaves get and list out. */
  category?: "kube-audit" | "kube-audit-admin";
  /** `2022`: newline at the end of log and the keys of the underlay; `2025`: neither. */
  age?: "2022" | "2025";
  /** properties.log as an object instead of text. */
  logAsObject?: boolean;
  /** Share of the events over 16 KiB whose text is cut there. */
  cutShare?: number;
  /** From this length of text on, bodies are replaced by a word. */
  skipBytes?: number;
  /** Whether records of other categories are mixed in. */
  noise?: boolean;
}

export const SKIPPED = "skipped-too-big-size-object";
const CUT_BYTES = 16_384;
const DEFAULT_SKIP = 131_072;
const OPERATION = "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read";
const OTHER_CATEGORIES = ["kube-controller-manager", "cluster-autoscaler", "kube-scheduler", "guard"] as const;

export interface Settled {
  readonly event: NativeEvent;
  readonly text: string;
  readonly cut: TruncatedBy | undefined;
}

/** The event as AKS's agent hands it over: bodies of very long ones are gone before Azure Monitor sees them. */
export function settled(event: NativeEvent, options: AksOptions): Settled {
  const text = wireText(event);
  if (text.length < (options.skipBytes ?? DEFAULT_SKIP)) return { event, text, cut: undefined };
  const shortened: NativeEvent = { ...event };
  for (const key of ["requestObject", "responseObject"]) if (key in shortened) shortened[key] = SKIPPED;
  return { event: shortened, text: wireText(shortened), cut: "aks-skipped" };
}

export function isCollected(event: NativeEvent, options: AksOptions): boolean {
  return options.category !== "kube-audit-admin" || (event["verb"] !== "get" && event["verb"] !== "list");
}

/** Makes the records of one cluster. */
export class Recorder {
  readonly #options: AksOptions;
  readonly #random: Random;
  readonly #pod: string;
  readonly #underlay: JsonObject;
  readonly resourceId: string;

  constructor(options: AksOptions) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1).fork("aks");
    const subscription = options.subscription ?? "00000000-0000-4000-8000-000000000000";
    const group = options.resourceGroup ?? "platform-rg";
    this.resourceId =
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${options.cluster ?? "prod"}`.toUpperCase();
    this.#pod = `kube-apiserver-${this.#random.hex(10)}-${this.#random.suffix(5)}`;
    const ccp = this.#random.hex(24);
    this.#underlay =
      options.age === "2022"
        ? {
            ccpNamespace: ccp,
            Cloud: "AzureCloud",
            Environment: "prod",
            UnderlayClass: "hcp-underlay",
            UnderlayName: "hcp-underlay-westeurope-cx-100",
          }
        : { serviceBuild: "na" };
  }

  /** A record with the event in `properties.log`. */
  audit(event: NativeEvent): { record: JsonObject; cut: TruncatedBy | undefined } {
    const options = this.#options;
    const whole = settled(event, options);
    if (options.logAsObject === true)
      return { record: this.#record(event, options.category ?? "kube-audit", whole.event, "stdout"), cut: whole.cut };
    let { text, cut } = whole;
    // Which of the long ones are cut must not depend on what came before.
    const share = Number.parseInt(String(event["auditID"]).slice(0, 4), 16) / 65_536;
    if (text.length > CUT_BYTES && share < (options.cutShare ?? 0.5)) {
      text = prefixOfBytes(text, CUT_BYTES);
      cut = "aks-16k";
    } else if (options.age === "2022") text += "\n";
    return { record: this.#record(event, options.category ?? "kube-audit", text, "stdout"), cut };
  }

  /** Now and then a record of another category, with text of a component. */
  other(event: NativeEvent): JsonObject | undefined {
    if (this.#options.noise === false || !this.#random.chance(0.03)) return undefined;
    const micros = Date.parse(String(event["stageTimestamp"])) * 1000;
    const record = this.#record(
      event,
      this.#random.pick(OTHER_CATEGORIES),
      `${klogLine(this.#random, micros)}\n`,
      "stderr",
    );
    return { ...record, attrs: `{"akschart"=>"kube-control-plane"}` };
  }

  #record(event: NativeEvent, category: string, log: JsonValue, stream: string): JsonObject {
    const stage = String(event["stageTimestamp"]);
    // Whole seconds with seven zeros in the older form, nine digits in the newer.
    const time = this.#options.age === "2022" ? `${stage.slice(0, 19)}.0000000Z` : `${stage.slice(0, -1)}000Z`;
    return {
      time,
      category,
      operationName: OPERATION,
      resourceId: this.resourceId,
      properties: {
        log,
        stream,
        pod: this.#pod,
        ...(this.#options.age === "2022" ? { containerID: "0".repeat(64) } : {}),
      },
      ...this.#underlay,
    };
  }
}
