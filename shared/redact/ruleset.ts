import type { JsonValue } from "../event.ts";
import { DETECTORS } from "./detectors.ts";
import type { Fingerprint } from "./fingerprint.ts";
import { isObject } from "./json.ts";
import { isMarker } from "./marker.ts";
import { isSecretName } from "./names.ts";
import { addPath, emptyPlace, joinPlaces, type Place } from "./places.ts";
import type { RedactionPolicy } from "./policy.ts";
import type { Rule, Treatment } from "./rule.ts";
import { RULES } from "./rules.ts";
import { SHAPES, secretField } from "./shapes.ts";
import { KIND_OF_RESOURCE, PUBLIC_CONFIG_MAPS } from "./tables.ts";
import { holdsSecret } from "./text.ts";
import { Unchanged } from "./unchanged.ts";
import type { Container, Walker } from "./walk.ts";

/** What to do at a key that means something wherever it stands. */
export type Handler = (
  walker: Walker,
  parent: Container,
  key: string,
  value: JsonValue,
  d: number,
  place: Place | undefined,
) => void;

/** Names repeat from event to event; names made up to fill the memory are looked up again each time. */
const MAX_REMEMBERED = 20_000;
/** Longer keys are not worth remembering. */
const MAX_REMEMBERED_KEY = 256;

const KINDS = new Map(Object.entries(KIND_OF_RESOURCE));

/** Keys of strategic merge patches: `$setElementOrder/env`, `$deleteFromPrimitiveList/args`. */
const DIRECTIVE = /^\$[A-Za-z]{1,32}\//;

/** The rules of the tables with a policy applied, ready to be asked for every key of every event. */
export class Ruleset {
  readonly fingerprint: Fingerprint | undefined;
  readonly dropsCustomResources: boolean;
  /** URIs that these rules leave as they are. */
  readonly plainUris = new Unchanged();
  private readonly treatments = new Map<string, Treatment>();
  private readonly byId = new Map(RULES.map((rule) => [rule.id, rule]));
  private readonly kinds = new Map<string, Place>();
  private readonly shapes = new Map<string, Handler>();
  private readonly remembered = new Map<string, Handler | null>();
  private readonly joined = new Map<Place, Map<Place, Place>>();
  private readonly secretField: Handler;
  private readonly configMaps: readonly [string, string][];
  private readonly env: ReadonlySet<string>;
  private readonly annotations: ReadonlySet<string>;

  constructor(fingerprint: Fingerprint | undefined, policy: RedactionPolicy = {}) {
    this.fingerprint = fingerprint;
    this.dropsCustomResources = policy.unknownCustomResources === "drop";
    this.configMaps = [...PUBLIC_CONFIG_MAPS, ...(policy.configMaps?.allow ?? [])].map((name) => {
      const slash = name.indexOf("/");
      return [name.slice(0, slash), name.slice(slash + 1)];
    });
    this.env = new Set(policy.env?.allow ?? []);
    this.annotations = new Set(policy.annotations?.allow ?? []);
    for (const detector of DETECTORS) this.treatments.set(detector.id, "fingerprint");
    for (const rule of RULES) this.treatments.set(rule.id, rule.treatment);
    for (const [id, mode] of Object.entries(policy.rules ?? {})) this.treatments.set(id, mode);
    for (const rule of RULES) this.add(rule);
    for (const { kind, path } of policy.paths ?? []) addPath(this.kind(kind), path, this.rule("policy.path"));
    this.secretField = secretField(this.rule("named-field"));
  }

  private add(rule: Rule): void {
    for (const kind of rule.kinds ?? []) for (const path of rule.paths ?? []) addPath(this.kind(kind), path, rule);
    if (rule.shape === undefined || this.treatmentOf(rule.id) === "keep") return;
    let handler: Handler;
    if (rule.shape === "paths") {
      const place = emptyPlace();
      for (const path of rule.paths ?? []) addPath(place, path, rule);
      handler = (walker, parent, key, value, d) => walker.value(parent, key, value, d, place);
    } else handler = SHAPES[rule.shape](rule);
    for (const key of rule.keys ?? []) this.shapes.set(key.toLowerCase(), handler);
  }

  private kind(name: string): Place {
    const key = name.toLowerCase();
    const known = this.kinds.get(key);
    if (known !== undefined) return known;
    const place = emptyPlace();
    this.kinds.set(key, place);
    return place;
  }

  treatmentOf(rule: string): Treatment {
    return this.treatments.get(rule) ?? "marker";
  }

  rule(id: string): Rule {
    const rule = this.byId.get(id);
    if (rule === undefined) throw new Error(`no such rule: ${id}`);
    return rule;
  }

  holdsSecret(name: string): boolean {
    return holdsSecret(name);
  }

  /** The treatment of `rule` for the value under `key` of `parent`, allow lists applied. */
  treatmentFor(walker: Walker, rule: Rule, parent: Container, key: string): Treatment {
    if (rule.id === "configmap.data" && this.isPublicConfigMap(walker, parent, key)) return "scan";
    return this.treatmentOf(rule.id);
  }

  /** `parent` is the ConfigMap itself, or what a patch says of it. */
  private isPublicConfigMap(walker: Walker, parent: Container, key: string): boolean {
    if (!/data$/i.test(key)) return false;
    const metadata = isObject(parent["metadata"]) ? parent["metadata"] : {};
    const isSubject = walker.subject.resource === "configmaps";
    const name = metadata["name"] ?? (isSubject ? walker.subject.name : "");
    const namespace = metadata["namespace"] ?? (isSubject ? walker.subject.namespace : "");
    return this.configMaps.some(([ns, n]) => (ns === "*" || ns === namespace) && (n === "*" || n === name));
  }

  isAllowedEnv(name: string): boolean {
    return this.env.size > 0 && this.env.has(name);
  }

  isAllowedAnnotation(key: string): boolean {
    return this.annotations.size > 0 && this.annotations.has(key);
  }

  /** Rules for an object that says it is a `kind`, joined with what is known about where it stands. */
  placeOf(kind: string, at: Place | undefined): Place | undefined {
    const own = this.kinds.get(kind.length < 64 ? kind.toLowerCase() : "");
    if (own === undefined || own === at) return at;
    if (at === undefined) return own;
    let joins = this.joined.get(at);
    if (joins === undefined) {
      joins = new Map();
      this.joined.set(at, joins);
    }
    let joined = joins.get(own);
    if (joined === undefined) {
      joined = joinPlaces(at, own);
      joins.set(own, joined);
    }
    return joined;
  }

  /** Rules for the bodies of requests about `resource`. */
  placeOfResource(resource: string, subresource: string): Place | undefined {
    const kind = (subresource === "" ? undefined : KINDS.get(`${resource}/${subresource}`)) ?? KINDS.get(resource);
    return kind === undefined ? undefined : this.kinds.get(kind.toLowerCase());
  }

  /** What to do at `key` in any object; null for nearly every key. */
  handlerOf(key: string): Handler | null {
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const found = this.classify(key);
    if (this.remembered.size < MAX_REMEMBERED && key.length <= MAX_REMEMBERED_KEY) this.remembered.set(key, found);
    return found;
  }

  private classify(key: string): Handler | null {
    const name = key.startsWith("$") ? key.replace(DIRECTIVE, "") : key;
    const handler =
      this.shapes.get(name.toLowerCase()) ?? (isSecretName(name) && !isMarker(name) ? this.secretField : null);
    if (!holdsSecret(key)) return handler;
    return (walker, parent, at, value, d, place) => {
      walker.askRename(parent, at, d);
      if (handler !== null) handler(walker, parent, at, value, d, place);
      else walker.value(parent, at, value, d, place);
    };
  }
}
