import type { Cell } from "./cells.ts";

/** Entries of the matrix that are left out, and why. Every line leaves something out: a test sees to it. */
export interface Exclusion {
  readonly why: string;
  readonly leavesOut: (cell: Cell) => boolean;
}

/** Surfaces that a Cloud Logging entry does not carry. */
const NOT_IN_GKE: ReadonlySet<string> = new Set([
  "user.extra, a key that says so",
  "user.extra, any key",
  "impersonatedUser.extra",
  "sourceIPs",
  "the diff of a refused Pod",
  "a field that Kubernetes does not know",
  "any text in a field that Kubernetes does not know",
  "a forwarder's own keys",
]);

/** Surfaces whose text stands in a command line, a URI, or more text. */
const INSIDE_OTHER_TEXT: ReadonlySet<string> = new Set([
  "a shell's script",
  "a word of args",
  "lifecycle hook",
  "exec of a shell",
  "attach",
  "known parameter",
  "userAgent",
  "any message",
  "the name of an object",
  "a kubeconfig in a string",
]);

const isGke = ({ envelope }: Cell): boolean => envelope.name.startsWith("gke");
const isUri = ({ surface }: Cell): boolean => surface.holds === "uri" || surface.holds === "uri-phrase";

export const EXCLUSIONS: readonly Exclusion[] = [
  {
    why: "a Cloud Logging entry has no query, and names a resource instead of a path",
    leavesOut: (cell) => isGke(cell) && isUri(cell),
  },
  {
    why: "a Cloud Logging entry has no such field",
    leavesOut: (cell) => isGke(cell) && NOT_IN_GKE.has(cell.surface.name),
  },
  {
    why: "no program reads hex as text; the secret itself in hex is an entry of its own",
    leavesOut: ({ planted }) => planted.layer === "text" && planted.encoding === "hex",
  },
  {
    why: "only URIs are percent-decoded; the secret itself in percent encoding is an entry of its own",
    leavesOut: (cell) => cell.planted.layer === "text" && cell.planted.encoding === "percent" && !isUri(cell),
  },
  {
    why: "a word without quotes, the password of a URL and a bearer token hold no blanks, quotes or line breaks",
    leavesOut: ({ planted: { phrase, layer, encoding } }) =>
      layer === "value" &&
      (phrase === "pair" || phrase === "flag" || phrase === "url" || phrase === "bearer") &&
      (encoding === "YAML block" || encoding === "\\u in JSON" || (encoding === "JSON-escaped" && phrase !== "pair")),
  },
  {
    why: "nor does the value of a label",
    leavesOut: ({ surface, planted: { encoding } }) =>
      surface.name === "label selector" && (encoding === "YAML block" || encoding === "\\u in JSON"),
  },
  {
    why: "JSON escapes are undone in a string that is JSON as a whole; inside other text nobody writes letters so",
    leavesOut: ({ surface, planted: { layer, encoding } }) =>
      layer === "text" && encoding === "\\u in JSON" && INSIDE_OTHER_TEXT.has(surface.name),
  },
  {
    why: "a body that can be read is a patch with a field of no secret name, not a text",
    leavesOut: ({ surface, planted: { encoding } }) =>
      surface.name === "a body of any text" && (encoding === "YAML block" || encoding === "\\u in JSON"),
  },
  {
    why: "a slash ends a name in a Cloud Logging resource name, and no object's name has one",
    leavesOut: (cell) =>
      isGke(cell) && cell.surface.name === "the name of an object" && cell.planted.text.includes("/"),
  },
  {
    why: "what is inside is sent as gke entry; of the messages around it one in thirteen will do",
    leavesOut: ({ envelope, number }) => number % (envelope.oneIn ?? 1) !== 0,
  },
];

export function excludedBy(cell: Cell): Exclusion | undefined {
  return EXCLUSIONS.find(({ leavesOut }) => leavesOut(cell));
}
