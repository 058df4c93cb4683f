import type { JsonObject } from "../../shared/event.ts";
import type { Actor } from "./actor.ts";
import { SECOND } from "./clock.ts";
import { type Cluster, nextRevision } from "./cluster.ts";
import type { Random } from "./random.ts";
import type { Failure, Request, Target } from "./request.ts";

/** What activities act on: a cluster, a source of chance and the API server that records what they send. */
export interface Scene {
  readonly random: Random;
  readonly cluster: Cluster;
  send(request: Request): void;
}

/** One thing that somebody does at `at` (microseconds): one request or a short sequence. */
export type Activity = (scene: Scene, at: number) => void;

export type Extras = Partial<Omit<Request, "actor" | "verb" | "target" | "at">>;

export function target(
  group: string,
  version: string,
  resource: string,
  rest: Omit<Partial<Target>, "group" | "version" | "resource"> = {},
): Target {
  return { group, version, resource, ...rest };
}

export function core(resource: string, namespace?: string, name?: string, subresource?: string): Target {
  return {
    group: "",
    version: "v1",
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** A request that is answered at once and succeeds unless `extras` says otherwise. */
export function ask(scene: Scene, actor: Actor, at: number, verb: string, about: Target, extras: Extras = {}): void {
  const reading = verb === "get" || verb === "list";
  const took = reading ? 700 + scene.random.int(9_000) : 3_000 + scene.random.int(30_000);
  scene.send({ actor, verb, target: about, at, took, code: verb === "create" ? 201 : 200, ...extras });
}

/** A request for a plain path. */
export function askPath(scene: Scene, actor: Actor, at: number, path: string, extras: Extras = {}): void {
  scene.send({ actor, verb: "get", path, at, took: 300 + scene.random.int(4_000), code: 200, ...extras });
}

/** A watch: it stays open for some minutes, and both its ends are recorded. */
export function watch(scene: Scene, actor: Actor, at: number, about: Target, selector?: string): void {
  const { random, cluster } = scene;
  const seconds = random.between(300, 599);
  const lived = random.chance(0.8) ? seconds * SECOND : random.int(seconds * SECOND);
  const query = `allowWatchBookmarks=true${selector === undefined ? "" : `&fieldSelector=${selector}`}&resourceVersion=${cluster.revision.value}&timeout=${Math.floor(seconds / 60)}m${seconds % 60}s&timeoutSeconds=${seconds}&watch=true`;
  scene.send({
    actor,
    verb: "watch",
    target: about,
    query,
    at,
    took: lived + 900 + random.int(3_000),
    code: 200,
    stages: "open",
  });
}

export function revision(scene: Scene): string {
  return nextRevision(scene.cluster, scene.random);
}

/** RBAC says no. */
export function forbidden(actor: Actor, verb: string, about: Target): Failure {
  const group = about.group;
  const where = about.namespace === undefined ? "at the cluster scope" : `in the namespace "${about.namespace}"`;
  const full = group === "" ? about.resource : `${about.resource}.${group}`;
  const resource = about.subresource === undefined ? about.resource : `${about.resource}/${about.subresource}`;
  const name = about.name === undefined ? "" : ` "${about.name}"`;
  return {
    reason: "Forbidden",
    message: `${full}${name} is forbidden: User "${String(actor.user["username"])}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`,
    details: detailsOf(about),
  };
}

export function notFound(about: Target): Failure {
  const full = about.group === "" ? about.resource : `${about.resource}.${about.group}`;
  return { reason: "NotFound", message: `${full} "${about.name}" not found`, details: detailsOf(about) };
}

export function conflict(about: Target): Failure {
  const full = about.group === "" ? about.resource : `${about.resource}.${about.group}`;
  return {
    reason: "Conflict",
    message: `Operation cannot be fulfilled on ${full} "${about.name}": the object has been modified; please apply your changes to the latest version and try again`,
    details: detailsOf(about),
  };
}

export function alreadyExists(about: Target): Failure {
  const full = about.group === "" ? about.resource : `${about.resource}.${about.group}`;
  return { reason: "AlreadyExists", message: `${full} "${about.name}" already exists`, details: detailsOf(about) };
}

function detailsOf(about: Target): JsonObject {
  return {
    ...(about.name === undefined ? {} : { name: about.name }),
    ...(about.group === "" ? {} : { group: about.group }),
    kind: about.resource,
  };
}
