import { describe, expect, it } from "vitest";
import type { Mode } from "../../../shared/redact/policy.ts";
import { redact } from "./redacted.ts";

const uri = (requestURI: string, rules: Record<string, Mode> = {}) =>
  redact({ requestURI }, { policy: { rules } }).event.requestURI as string;

const EXEC = "/api/v1/namespaces/d/pods/p/exec?";

describe("URIs stay as they are", () => {
  it.each([
    "/api/v1/namespaces/shop/pods/web-6f7d9c-x2k8p",
    "/api/v1/namespaces/shop/secrets/db-password",
    "/api/v1/pods?limit=500&resourceVersion=0&timeout=9m10s&watch=true&allowWatchBookmarks=true",
    "/api/v1/pods?labelSelector=app%3Dweb%2Ctier%20in%20%28a%2Cb%29&fieldSelector=spec.nodeName%3Dip-192-0-2-1%2Cstatus.phase%21%3DFailed",
    "/apis/apps/v1/namespaces/shop/deployments/web?fieldManager=kubectl-client-side-apply&fieldValidation=Strict&dryRun=All",
    "/openapi/v3/apis/apps/v1?hash=9F8E7D6C5B4A39281706F5E4D3C2B1A0",
    "/readyz?verbose&exclude=etcd",
    "/healthz",
    "/version?timeout=32s",
    `${EXEC}command=sh&command=-c&command=ls+-la+%2Ftmp&container=c&stdin=true&stdout=true&tty=true`,
    "/api/v1/nodes/n/proxy/run/ns/pod/ctr?cmd=id",
    "/api/v1/nodes/n/proxy/containerLogs/ns/pod/ctr",
    "/api/v1/namespaces/kube-system/services/https:dashboard:/proxy/",
    "/api/v1/namespaces/d/pods/p/log?follow=true&tailLines=100&sinceSeconds=60&container=c&previous=false&timestamps=true",
    "/api/v1/namespaces/d/pods/p/portforward?ports=8080",
  ])("%s", (text) => expect(uri(text)).toBe(text));
});

describe("URIs lose what may be a secret", () => {
  it.each([
    ["/api/v1/pods?access_token=abc&limit=5", "/api/v1/pods?access_token=[REDACTED:uri.query]&limit=5"],
    ["/api/v1/pods?abc", "/api/v1/pods?[REDACTED:uri.query]"],
    ["/api/v1/pods?a%20b=c+d", "/api/v1/pods?a%20b=[REDACTED:uri.query]"],
    [
      "/api/v1/pods?continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEifQ&limit=5",
      "/api/v1/pods?continue=[REDACTED:uri.continue]&limit=5",
    ],
    [
      "/api/v1/pods?labelSelector=apikey%3Dabc%2Capp%3Dweb",
      "/api/v1/pods?labelSelector=apikey%3D[REDACTED:named-secret],app%3Dweb",
    ],
    [
      "/api/v1/secrets?fieldSelector=metadata.name%3Da%2Cdata.k%3Dv%2Cw",
      "/api/v1/secrets?fieldSelector=metadata.name%3Da,data.k%3D[REDACTED:uri.selector]",
    ],
    [
      "/api/v1/namespaces/d/services/x:80/proxy/login/abc/def?limit=1",
      "/api/v1/namespaces/d/services/x:80/proxy/login/[REDACTED:uri.proxy]?limit=[REDACTED:uri.query]",
    ],
    ["/api/v1/proxy/namespaces/d/pods/p/a/b", "/api/v1/proxy/namespaces/d/pods/p/a/[REDACTED:uri.proxy]"],
    ["/api/v1/nodes/n/proxy/logs/secret.log", "/api/v1/nodes/n/proxy/logs/[REDACTED:uri.proxy]"],
    ["/api/v1/nodes/n/proxy/__proto__/x", "/api/v1/nodes/n/proxy/__proto__/[REDACTED:uri.proxy]"],
    ["/app/v2/session/0a1b2c3d4e5f60718293a4b5c6d7e8f9", "/app/v2/session/[REDACTED:uri.path]"],
    ["/api/v1/pods#abc", "/api/v1/pods#[REDACTED:uri.fragment]"],
    ["https://u:p@api.example.com/api/v1/pods", "https://u:[REDACTED:url-credentials]@api.example.com/api/v1/pods"],
    [
      `${EXEC}command=mysql&command=-phunter2&command=shop`,
      `${EXEC}command=mysql&command=-p[REDACTED:argument]&command=shop`,
    ],
    [
      `${EXEC}command=curl&command=-u&command=jane%3Ahunter2`,
      `${EXEC}command=curl&command=-u&command=jane:[REDACTED:argument]`,
    ],
    [
      `${EXEC}command=env&command=DB_PASSWORD%3Dhunter2&command=app`,
      `${EXEC}command=env&command=DB_PASSWORD%3D[REDACTED:named-secret]&command=app`,
    ],
    [
      `${EXEC}command=sh&command=-c&command=mysql+-phunter2+-e+%22select+1%22`,
      `${EXEC}command=sh&command=-c&command=mysql%20-p[REDACTED:argument]%20-e%20%22select%201%22`,
    ],
    [
      "/api/v1/namespaces/d/pods/p/attach?command=login&command=--password&command=hunter2",
      "/api/v1/namespaces/d/pods/p/attach?command=login&command=--password&command=[REDACTED:argument]",
    ],
    ["/api/v1/pods?limit=password%253Dhunter2", "/api/v1/pods?limit=password%253D[REDACTED:named-secret]"],
    ["/api/v1/pods?limit=pass%2577ord%253Dhunter2", "/api/v1/pods?limit=[REDACTED:uri.query]"],
    ["/api/v1/pods?%zz=%ff%", "/api/v1/pods?%zz=[REDACTED:uri.query]"],
  ])("%s", (before, after) => {
    expect(uri(before)).toBe(after);
    expect(uri(after), "once is enough").toBe(after);
  });

  it("says it once for each rule", () => {
    const { hits } = redact({ requestURI: "/api/v1/pods?a=1&b=2&c=3" });
    expect(hits).toEqual([{ path: "/requestURI", rule: "uri.query" }]);
  });
});

describe("a policy can be stricter or looser", () => {
  it("takes all arguments of exec", () => {
    expect(uri(`${EXEC}command=cat&command=%2Fetc%2Fshadow&container=c`, { "exec.argument": "marker" })).toBe(
      `${EXEC}command=cat&command=[REDACTED:exec.argument]&container=c`,
    );
  });

  it("keeps unknown parameters", () => {
    expect(uri("/api/v1/pods?a=1", { "uri.query": "keep" })).toBe("/api/v1/pods?a=1");
  });
});
