import { type Encoding, onTheWire } from "./canary.ts";
import { ENVELOPES, type Envelope } from "./envelopes.ts";
import { excludedBy } from "./exclusions.ts";
import { type Planted, plantedPhrases, plantedValues } from "./phrases.ts";
import { SURFACES, type Surface } from "./surfaces.ts";

/** One entry of the matrix: a secret, written in some way, at some place, sent in some envelope. */
export interface Cell {
  readonly envelope: Envelope;
  readonly surface: Surface;
  readonly planted: Planted;
  /** Counts the entries of an envelope. */
  readonly number: number;
}

export const nameOf = ({ envelope, surface, planted }: Cell): string => {
  const { phrase, layer, encoding } = planted;
  const what = phrase === undefined ? encoding : `${phrase}, ${layer} in ${encoding}`;
  return `${surface.surface} ${surface.name} / ${envelope.name} / ${what}`;
};

const VALUES = plantedValues();
const TEXTS = plantedPhrases();

/** Every entry that there could be. */
export function* allCells(): Generator<Cell> {
  for (const envelope of ENVELOPES) {
    let number = 0;
    for (const surface of SURFACES) {
      const texts = surface.holds === "value" || surface.holds === "uri" ? VALUES : TEXTS;
      for (const planted of texts) yield { envelope, surface, planted, number: number++ };
    }
  }
}

/** The entries of one envelope that make sense, in a fixed order; a cell's index is its event's identity. */
export function cellsOf(envelope: Envelope): Cell[] {
  return [...allCells()].filter((cell) => cell.envelope === envelope && excludedBy(cell) === undefined);
}

/** The native event of a cell: `index` is in its id and in the microseconds of its times. */
export function eventOf({ surface, planted }: Cell, index: number): Record<string, unknown> {
  const isUri = surface.holds === "uri" || surface.holds === "uri-phrase";
  const text = isUri ? uriText(planted) : planted.text;
  const micros = String(index).padStart(6, "0");
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: `00000000-0000-4000-8000-${micros.padStart(12, "0")}`,
    stage: "ResponseComplete",
    requestURI: "/api/v1/pods",
    verb: "create",
    user: { username: "jane@example.com", groups: ["system:authenticated"] },
    sourceIPs: ["203.0.113.7"],
    userAgent: "kubectl/v1.35.1",
    responseStatus: { metadata: {}, code: 201 },
    requestReceivedTimestamp: `2026-11-22T10:00:00.${micros}Z`,
    stageTimestamp: `2026-11-22T10:00:00.${micros}Z`,
    ...surface.plant(text),
    annotations: {
      "authorization.k8s.io/decision": "allow",
      ...(surface.plant(text)["annotations"] as Record<string, string> | undefined),
    },
  };
}

/** The index of the cell in whose event (a line of output) something was found. */
export function indexIn(line: string): number | undefined {
  const match = /"(?:requestReceivedTimestamp|stageTimestamp|time)":"2026-11-22T10:00:00\.(\d{6})Z"/.exec(line);
  return match === null ? undefined : Number(match[1]);
}

/** A client percent-encodes what it puts into a URI, unless that is how the secret is written. */
function uriText({ encoding, layer, phrase, text }: Planted): string {
  const isEncoded = encoding === "percent" && (layer === "text" || phrase === undefined);
  return isEncoded ? text : encodeURIComponent(text);
}

/** The JSON text of a record about the cell, as it is sent. */
export function textOf({ surface, planted }: Cell, record: unknown): string {
  const json = JSON.stringify(record);
  const rewritten = surface.rewrite === undefined ? json : surface.rewrite(json);
  return isOnTheWire(planted.encoding) ? onTheWire(rewritten) : rewritten;
}

function isOnTheWire(encoding: Encoding): boolean {
  return encoding === "\\u on the wire";
}
