import { marker } from "./marker.ts";
import { decodePercent, decodeQuery, encodeQuery } from "./percent.ts";
import { redactArguments } from "./shapes.ts";
import type { Spans } from "./spans.ts";
import { API_ROOTS, KNOWN_PARAMETERS, KUBELET_PATHS, PARAMETERS_OF_PATH } from "./tables.ts";
import { findSecrets, holdsSecret, MIN_TEXT, prefilter } from "./text.ts";
import type { Container, Walker } from "./walk.ts";

/** Redacts a request URI in `parent[key]`, at depth `d`: path and query of the Kubernetes API, or of what it proxies to. */
export function redactUri(walker: Walker, parent: Container, key: string, uri: string, d: number): void {
  if (walker.rules.plainUris.has(uri)) return;
  // All that is found in it has the path of the field.
  const outer = walker.moveTo(walker.path(d), Number.POSITIVE_INFINITY);
  const out = redactParts(walker, uri, d);
  walker.moveBack(outer);
  if (out === uri) walker.rules.plainUris.add(uri);
  else parent[key] = out;
}

function redactParts(walker: Walker, uri: string, d: number): string {
  const hash = uri.indexOf("#");
  const whole = hash < 0 ? uri : uri.slice(0, hash);
  const question = whole.indexOf("?");
  const path = question < 0 ? whole : whole.slice(0, question);
  const proxied = proxiedPath(path);

  let out = proxied === undefined ? redactPath(walker, path, d) : redactProxied(walker, path, proxied, d);
  if (question >= 0) out += `?${redactQuery(walker, whole.slice(question + 1), path, proxied, d)}`;
  if (hash >= 0) {
    const treatment = walker.rules.treatmentOf("uri.fragment");
    if (treatment === "keep") out += uri.slice(hash);
    else {
      if (treatment !== "drop") out += `#${marker("uri.fragment")}`;
      walker.report(d, "uri.fragment", uri.slice(hash + 1));
    }
  }
  return out;
}

/** Where a proxied path begins, and what it goes to. */
interface Proxied {
  /** Index of the first character after `/proxy/`. */
  at: number;
  target: "pods" | "services" | "nodes";
}

/** `/api/v1/namespaces/x/pods/y/proxy/...`, `/api/v1/nodes/x/proxy/...`, and the old `/api/v1/proxy/...`. */
function proxiedPath(path: string): Proxied | undefined {
  if (!path.includes("/proxy")) return undefined;
  const match =
    /^(?:[a-z]{1,8}:\/\/[^/]{0,255})?\/api\/v1\/(?:namespaces\/[^/]{1,512}\/)?(pods|services|nodes)\/[^/]{1,1024}\/proxy\//i.exec(
      path,
    ) ?? /^\/api\/v1\/proxy\/(?:namespaces\/[^/]{1,512}\/)?(pods|services|nodes)\/[^/]{1,1024}\//i.exec(path);
  return match === null ? undefined : { at: match[0].length, target: match[1]!.toLowerCase() as Proxied["target"] };
}

function redactPath(walker: Walker, path: string, d: number): string {
  if (prefilter(path) === 0 && isApiPath(path) && !path.includes("%")) return path;
  const start = path.indexOf("://");
  const credentials = start < 0 ? path : scan(walker, path, d);
  const own = isApiPath(credentials);
  return credentials
    .split("/")
    .map((segment, i) => redactSegment(walker, segment, d, !own && i > 2))
    .join("/");
}

function isApiPath(path: string): boolean {
  if (path.startsWith("/api/") || path.startsWith("/apis/")) return true;
  const end = path.indexOf("/", 1);
  return API_ROOTS.has(path.slice(1, end < 0 ? undefined : end));
}

/** One segment of a path, under text rules decoded once and twice; `strict`: also if it only looks random. */
function redactSegment(walker: Walker, segment: string, d: number, strict: boolean): string {
  const decoded = decodePercent(segment);
  const scanned = scan(walker, decoded, d);
  if (scanned !== decoded) return encodeQuery(scanned);
  const twice = decodePercent(decoded);
  if (twice !== decoded && !holdsSecret(decoded) && holdsSecret(twice))
    return take(walker, "uri.path", decoded, d) ?? segment;
  if (strict && looksRandom(decoded)) return take(walker, "uri.path", decoded, d) ?? segment;
  return segment;
}

/** 16 characters or more with digits among letters, of which most are different: ids of sessions, keys. */
function looksRandom(segment: string): boolean {
  if (segment.length < 16 || !/\d/.test(segment) || !/[A-Za-z]/.test(segment)) return false;
  return segment.length >= 32 || new Set(segment).size * 2 >= Math.min(segment.length, 32);
}

/** Behind a proxy everything is the application's, but for the first segment and the kubelet's own API. */
function redactProxied(walker: Walker, path: string, proxied: Proxied, d: number): string {
  const head = redactPath(walker, path.slice(0, proxied.at - 1), d);
  const segments = path.slice(proxied.at).split("/");
  const kept = 1 + (proxied.target === "nodes" ? (KUBELET_PATHS.get(segments[0]!) ?? 0) : 0);
  const first = segments.slice(0, kept).map((segment) => redactSegment(walker, segment, d, true));
  const rest = segments.slice(kept).join("/");
  const tail =
    rest === "" ? (segments.length > kept ? "/" : "") : `/${take(walker, "uri.proxy", decodePercent(rest), d) ?? rest}`;
  return `${head}/${first.join("/")}${tail}`;
}

function redactQuery(walker: Walker, query: string, path: string, proxied: Proxied | undefined, d: number): string {
  const parameters = query.split("&");
  const words: string[] = [];
  const places: number[] = [];
  for (let i = 0; i < parameters.length; i++) {
    const parameter = parameters[i]!;
    const sign = parameter.indexOf("=");
    const name = decodeQuery(sign < 0 ? parameter : parameter.slice(0, sign));
    if (isCommand(name, proxied)) {
      words.push(sign < 0 ? "" : decodeQuery(parameter.slice(sign + 1)));
      places.push(i);
    } else parameters[i] = redactParameter(walker, parameter, sign, name, isKnownParameter(name, path, proxied), d);
  }
  if (words.length > 0) {
    const redacted = redactCommand(walker, words, d);
    for (let i = 0; i < words.length; i++) {
      if (redacted[i] === words[i]) continue;
      const place = places[i]!;
      parameters[place] = `${parameters[place]!.split("=", 1)[0]}=${encodeQuery(redacted[i]!)}`;
    }
  }
  return parameters.join("&");
}

/** One parameter as it goes back into the URI. Without a `=`, an unknown name is a value. */
function redactParameter(
  walker: Walker,
  parameter: string,
  sign: number,
  name: string,
  isKnown: boolean,
  d: number,
): string {
  if (isKnown && (sign < 0 || prefilter(parameter) === 0) && !parameter.includes("%")) return parameter;
  if (sign < 0) return isKnown || parameter === "" ? parameter : (take(walker, "uri.query", name, d) ?? parameter);
  const rawName = parameter.slice(0, sign);
  const value = redactValue(walker, name, parameter.slice(sign + 1), isKnown, d);
  const isPlain = name.length <= 64 && !holdsSecret(name);
  return `${isPlain ? rawName : (take(walker, "uri.query", name, d) ?? rawName)}=${value}`;
}

function isCommand(name: string, proxied: Proxied | undefined): boolean {
  return proxied === undefined
    ? name === "command"
    : proxied.target === "nodes" && (name === "cmd" || name === "command");
}

function isKnownParameter(name: string, path: string, proxied: Proxied | undefined): boolean {
  if (proxied !== undefined) return false;
  if (KNOWN_PARAMETERS.has(name)) return true;
  return PARAMETERS_OF_PATH.some((entry) => path.startsWith(entry.path) && entry.names.includes(name));
}

function redactValue(walker: Walker, name: string, raw: string, isKnown: boolean, d: number): string {
  if (raw === "") return raw;
  const value = decodeQuery(raw);
  if (name === "continue") return take(walker, "uri.continue", value, d) ?? raw;
  if (name === "fieldSelector") return redactFieldSelector(walker, value, raw, d);
  if (!isKnown && name !== "labelSelector") return take(walker, "uri.query", value, d) ?? raw;
  const scanned = scan(walker, value, d);
  if (scanned !== value) return encodeQuery(scanned);
  const twice = decodePercent(value);
  return twice !== value && !holdsSecret(value) && holdsSecret(twice)
    ? (take(walker, "uri.query", value, d) ?? raw)
    : raw;
}

/**
 * `data.x=value` selects by content; other fields (metadata.name, spec.nodeName, status.phase) are public. Where the value ends cannot be
 * told from its commas, so all that follows goes.
 */
function redactFieldSelector(walker: Walker, value: string, raw: string, d: number): string {
  const match = /(?:^|,)(?:string|binary)?data\b[^=!]{0,256}!?={1,2}/i.exec(value);
  const end = match === null ? value.length : match.index + match[0].length;
  const content = value.slice(end);
  const out = scan(walker, value.slice(0, end), d) + (take(walker, "uri.selector", content, d) ?? content);
  return out === value ? raw : encodeQuery(out);
}

/** Arguments of exec: the program stays, the others are read like `args`; or go, if the policy says so. */
export function redactCommand(walker: Walker, words: readonly string[], d: number): string[] {
  const treatment = walker.rules.treatmentOf("exec.argument");
  const out = [...words];
  if (treatment === "keep") return out;
  if (treatment === "scan") {
    redactArguments(walker, out, words[0]!, d + 1, "argument");
    return out;
  }
  return out.map((word, i) => (i === 0 ? scan(walker, word, d) : (take(walker, "exec.argument", word, d) ?? word)));
}

/** Text rules on a part of the URI. */
function scan(walker: Walker, text: string, d: number): string {
  if (text.length < MIN_TEXT) return text;
  const mask = prefilter(text);
  if (mask === 0) return text;
  const spans: Spans = findSecrets(text, mask);
  return spans.empty ? text : walker.replaced(text, spans, d);
}

/** The marker for a part that goes as a whole; undefined if the policy keeps it. */
function take(walker: Walker, rule: string, text: string, d: number): string | undefined {
  const treatment = walker.rules.treatmentOf(rule);
  if (treatment === "keep" || treatment === "scan" || text === "") return undefined;
  walker.report(d, rule, text, treatment === "fingerprint" ? text : undefined);
  return marker(rule);
}
