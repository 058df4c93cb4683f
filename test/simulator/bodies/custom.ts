import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import { wholeTime } from "../clock.ts";
import type { Random } from "../random.ts";
import { frozen } from "../wire.ts";

/** Rough sizes of the simulated definitions in bytes of JSON: from an everyday one to the largest in use. */
const DEFINITION_SIZES = [28_000, 60_000, 110_000, 320_000] as const;

export interface Definition {
  readonly name: string;
  readonly group: string;
  readonly object: JsonObject;
}

/** CustomResourceDefinitions with schemas of realistic depth, smallest first. */
export function definitions(random: Random): Definition[] {
  return DEFINITION_SIZES.map((size, index) => definition(random, size, index));
}

function definition(random: Random, size: number, index: number): Definition {
  const plural = `widget${"abcdef"[index]}s`;
  const group = "shop.example.com";
  const properties: JsonObject = {};
  let length = 600;
  while (length < size) {
    const field: JsonObject = {
      description: `${random.suffix(9)} ${random.suffix(6)} of the widget. ${describe(random)}`,
      type: "object",
      properties: {
        [random.suffix(7)]: { description: describe(random), type: "string" },
        [random.suffix(7)]: { format: "int64", minimum: 0, type: "integer" },
      },
    };
    properties[random.suffix(8)] = field;
    length += JSON.stringify(field).length + 12;
  }
  const names = {
    plural,
    singular: plural.slice(0, -1),
    kind: `Widget${"ABCDEF"[index]}`,
    listKind: `Widget${"ABCDEF"[index]}List`,
  };
  const object = frozen({
    kind: "CustomResourceDefinition",
    apiVersion: "apiextensions.k8s.io/v1",
    metadata: { name: `${plural}.${group}`, annotations: { "controller-gen.kubebuilder.io/version": "v0.18.0" } },
    spec: {
      group,
      names,
      scope: "Namespaced",
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", properties } } } },
          subresources: { status: {} },
        },
      ],
      conversion: { strategy: "None" },
    },
  });
  return { name: `${plural}.${group}`, group, object };
}

const WORDS = [
  "the",
  "field",
  "is",
  "optional",
  "and",
  "defaults",
  "to",
  "value",
  "of",
  "parent",
  "when",
  "unset",
  "must",
  "match",
  "selector",
  "reference",
  "object",
  "namespace",
  "duration",
  "percentage",
  "replicas",
  "immutable",
  "after",
  "creation",
  "see",
  "documentation",
];

function describe(random: Random): string {
  return Array.from({ length: random.between(8, 28) }, () => random.pick(WORDS)).join(" ");
}

/** A cert-manager Certificate after renewal; any custom resource will do where bodies are recorded. */
export function certificate(
  random: Random,
  named: { namespace: string; name: string },
  at: number,
  revision: string,
): JsonObject {
  const now = wholeTime(at);
  return {
    apiVersion: "cert-manager.io/v1",
    kind: "Certificate",
    metadata: { ...named, uid: random.uuid(), resourceVersion: revision, creationTimestamp: now, generation: 1 },
    spec: {
      dnsNames: [`${named.name}.example.com`],
      issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: "internal-ca" },
      secretName: `${named.name}-tls`,
      usages: ["digital signature", "key encipherment"],
    },
    status: {
      conditions: [
        {
          lastTransitionTime: now,
          message: "Certificate is up to date and has not expired",
          observedGeneration: 1,
          reason: "Ready",
          status: "True",
          type: "Ready",
        },
      ],
      notAfter: wholeTime(at + 7_776_000_000_000),
      revision: random.between(1, 20),
    },
  };
}

/** A list answer of `count` items made by `item`. */
export function listOf(
  kind: string,
  apiVersion: string,
  revision: string,
  count: number,
  item: (index: number) => JsonObject,
): JsonObject {
  const items = Array.from({ length: count }, (_, index): JsonValue => {
    const { kind: _kind, apiVersion: _version, ...rest } = item(index);
    return rest;
  });
  return { kind, apiVersion, metadata: { resourceVersion: revision }, items };
}
