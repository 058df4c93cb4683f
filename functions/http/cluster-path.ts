import type { SourceContext } from "../../shared/adapter.ts";

const PATH = /^\/clusters\/([A-Za-z0-9][A-Za-z0-9._-]{0,99})\/?$/;

/**
 * `/clusters/NAME` names the cluster of a request's records: audit events hold no name of their own, and one URL with
 * one token can so serve several clusters. Whoever has the token may claim any name.
 */
export function clusterInPath(path: string | undefined): SourceContext {
  const cluster = PATH.exec(path ?? "")?.[1];
  return cluster === undefined ? {} : { cluster };
}
