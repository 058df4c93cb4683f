import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type ClusterProvider, type JsonObject, type NativeEvent, WIRE_ORDER } from "../../shared/event.ts";
import type { PolicyName } from "./policy.ts";
import { type SimulationOptions, simulate } from "./traffic.ts";
import { wireText } from "./wire.ts";

const PROVIDERS: readonly ClusterProvider[] = ["eks", "gke", "aks", "kubernetes"];

function digest(options: SimulationOptions): string {
  const hash = createHash("sha256");
  for (const event of simulate(options)) hash.update(wireText(event)).update("\n");
  return hash.digest("hex");
}

const code = (event: NativeEvent) => (event["responseStatus"] as JsonObject | undefined)?.["code"];

describe("simulate", () => {
  it("gives the same bytes for the same seed and others for another", () => {
    const first = digest({ seed: 7, count: 3000, provider: "eks" });
    expect(digest({ seed: 7, count: 3000, provider: "eks" })).toBe(first);
    expect(digest({ seed: 8, count: 3000, provider: "eks" })).not.toBe(first);
  });

  it("gives the same events whatever is made between them", () => {
    const texts = (): string[] => [];
    const [one, two] = [texts(), texts()];
    const left = simulate({ seed: 3, count: 500 });
    const right = simulate({ seed: 3, count: 500 });
    for (const event of left) {
      one.push(wireText(event));
      two.push(wireText(right.next().value as NativeEvent));
    }
    expect(two).toEqual(one);
  });

  it("makes exactly the number that was asked for", () => {
    for (const count of [1, 60, 1234]) expect([...simulate({ count })]).toHaveLength(count);
  });

  it("keeps to the window and to the rate", () => {
    const events = [...simulate({ seed: 4, start: "2026-11-22T10:00:00Z", hours: 1, ratePerHour: 12_000 })];
    expect(events.length).toBeGreaterThan(11_200);
    expect(events.length).toBeLessThan(12_800);
    expect(String(events[0]?.["stageTimestamp"]).slice(0, 14)).toBe("2026-11-22T10:");
    expect(String(events.at(-1)?.["stageTimestamp"]) <= "2026-11-22T11:00:00.000000Z").toBe(true);
  });

  it("rejects a start that is not a time", () => {
    expect(() => simulate({ start: "yesterday" }).next()).toThrow(RangeError);
  });

  it("has less to do at night", () => {
    const people = (start: string) =>
      [...simulate({ seed: 6, start, hours: 1, ratePerHour: 8000, intruder: false })].filter((event) =>
        String(event["userAgent"]).startsWith("kubectl/"),
      ).length;
    expect(people("2026-11-22T12:00:00Z")).toBeGreaterThan(2 * people("2026-11-22T02:00:00Z"));
  });
});

describe.each(PROVIDERS)("events of %s", (provider) => {
  const events = [...simulate({ seed: 11, start: "2026-11-22T09:00:00Z", count: 6000, provider })];
  /** One assertion for all events is much faster than one each; the first offenders are shown. */
  const offenders = (offends: (event: NativeEvent) => boolean) => events.filter(offends).slice(0, 3);

  it("come in time order, with microseconds, and no stage before its request", () => {
    let last = "";
    const wrong = offenders((event) => {
      const stage = String(event["stageTimestamp"]);
      const inOrder = stage >= last && String(event["requestReceivedTimestamp"]) <= stage;
      last = stage;
      return !inOrder || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(stage);
    });
    expect(wrong).toEqual([]);
  });

  it("have the API server's fields in its order", () => {
    const wrong = offenders((event) => {
      let last = -1;
      return Object.keys(event).some((key) => {
        const place = (WIRE_ORDER as readonly string[]).indexOf(key);
        const misplaced = place <= last;
        last = place;
        return misplaced;
      });
    });
    expect(wrong).toEqual([]);
  });

  it("are identified by audit ID and stage", () => {
    const identities = new Set(events.map((event) => `${event["auditID"]}/${event["stage"]}`));
    expect(identities.size).toBe(events.length);
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    expect(offenders((event) => !uuid.test(String(event["auditID"])))).toEqual([]);
  });

  it("end what they start: watches and streams have both stages, failed authentication only the first", () => {
    const completed = new Map(
      events.filter((event) => event["stage"] === "ResponseComplete").map((event) => [event["auditID"], event]),
    );
    let pairs = 0;
    let rejected = 0;
    for (const event of events) {
      if (event["stage"] !== "ResponseStarted") continue;
      const end = completed.get(event["auditID"] ?? null);
      if (code(event) === 401) {
        expect(end).toBeUndefined();
        expect(event["user"]).toEqual({});
        rejected++;
      } else if (end !== undefined) {
        expect(end["requestReceivedTimestamp"]).toBe(event["requestReceivedTimestamp"]);
        expect(end["requestURI"]).toBe(event["requestURI"]);
        expect(code(end)).toBe(code(event));
        pairs++;
      }
    }
    expect(pairs).toBeGreaterThan(100);
    expect(rejected).toBeGreaterThan(5);
    const received = events.filter((event) => event["stage"] === "RequestReceived");
    expect(received.length).toBeGreaterThan(50);
    for (const event of received) {
      expect((event["objectRef"] as JsonObject)["subresource"]).toBe("token");
      expect(event["responseStatus"]).toBeUndefined();
    }
  });

  it("say what was asked of what, and how it was decided", () => {
    const pathOffends = (event: NativeEvent) => {
      const path = String(event["requestURI"]).split("?")[0] ?? "";
      const reference = event["objectRef"] as JsonObject | undefined;
      if (reference === undefined) return event["verb"] !== "get" || !path.startsWith("/");
      return (
        !/^\/(api\/v1|apis\/[a-z0-9.-]+\/v[a-z0-9]+)\//.test(path) ||
        !path.split("/").includes(String(reference["resource"]))
      );
    };
    const decisionOffends = (event: NativeEvent) => {
      const annotations = event["annotations"] as JsonObject | undefined;
      if (event["stage"] === "RequestReceived" || code(event) === 401) return annotations !== undefined;
      const decision = annotations?.["authorization.k8s.io/decision"];
      return decision === "forbid" ? code(event) !== 403 : decision !== "allow";
    };
    expect(offenders(pathOffends)).toEqual([]);
    expect(offenders(decisionOffends)).toEqual([]);
  });

  it("have the mixture of a live cluster", () => {
    const share = (matches: (event: NativeEvent) => boolean) => events.filter(matches).length / events.length;
    const resource = (name: string) => (event: NativeEvent) =>
      (event["objectRef"] as JsonObject | undefined)?.["resource"] === name;
    expect(share(resource("leases"))).toBeGreaterThan(0.2);
    expect(share(resource("leases"))).toBeLessThan(0.45);
    expect(share((event) => event["verb"] === "watch")).toBeGreaterThan(0.08);
    expect(share((event) => event["objectRef"] === undefined)).toBeGreaterThan(0.02);
    for (const status of [101, 200, 201, 304, 401, 403, 404, 409])
      expect(events.some((event) => code(event) === status)).toBe(true);
    for (const name of [
      "secrets",
      "endpointslices",
      "tokenreviews",
      "subjectaccessreviews",
      "clusterrolebindings",
      "customresourcedefinitions",
    ]) {
      expect(events.some(resource(name)), name).toBe(true);
    }
    expect(
      events.some(
        (event) =>
          code(event) === 403 && (event["annotations"] as JsonObject)["authorization.k8s.io/decision"] === "allow",
      ),
    ).toBe(true);
    expect(events.some((event) => event["impersonatedUser"] !== undefined)).toBe(true);
  });

  it("use documentation addresses and accounts only", () => {
    const text = events.map((event) => wireText(event)).join("\n");
    const found = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ""))];
    const documentation = /^(10\.|127\.|172\.31\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)/;
    expect(found(/\b(\d{1,3}(?:\.\d{1,3}){3})\b/g).filter((address) => !documentation.test(address))).toEqual([]);
    expect(found(/arn:aws:[a-z]+::(\d+):/g)).toEqual(provider === "eks" ? ["111122223333"] : []);
    const own = /(^|\.)(example\.com|example-project\.iam\.gserviceaccount\.com|svc\.cluster\.local)$/;
    expect(found(/[A-Za-z0-9]@([a-z0-9.-]+\.[a-z]+)/g).filter((domain) => !own.test(domain))).toEqual([]);
  });
});

describe("names that the providers give", () => {
  const nodeOf = (provider: ClusterProvider) =>
    [...simulate({ seed: 2, count: 300, provider })].find((event) =>
      String((event["user"] as JsonObject)["username"]).startsWith("system:node:"),
    )?.["user"] as JsonObject;

  it.each([
    ["eks", /^system:node:ip-10-0-\d+-\d+\.eu-west-1\.compute\.internal$/],
    ["gke", /^system:node:gke-prod-default-pool-\d{8}-[a-z0-9]{4}$/],
    ["aks", /^system:node:aks-nodepool1-\d{8}-vmss[a-z0-9]{6}$/],
    ["kubernetes", /^system:node:worker-\d\d\.example\.com$/],
  ] as const)("nodes of %s", (provider, pattern) => {
    expect(nodeOf(provider)["username"]).toMatch(pattern);
  });

  it("EKS says who a node is in AWS", () => {
    const node = nodeOf("eks");
    expect(node["uid"]).toMatch(/^aws-iam-authenticator:111122223333:AROA/);
    expect(Object.keys(node["extra"] as JsonObject)).toEqual([
      "accessKeyId",
      "arn",
      "canonicalArn",
      "principalId",
      "sessionName",
    ]);
  });
});

describe("sizes", () => {
  // [mean low, mean high, least share between 0.7 and 2.5 KB]
  const bounds: readonly [PolicyName, number, number, number][] = [
    ["managed", 1800, 2700, 0.8],
    ["metadata", 1000, 1300, 0.95],
    ["request-response", 4000, 6500, 0.5],
  ];

  it.each(bounds)("of %s are as documented", (level, low, high, share) => {
    const sizes = [...simulate({ seed: 5, count: 16_000, level })]
      .map((event) => wireText(event).length)
      .sort((a, b) => a - b);
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(mean).toBeGreaterThan(low);
    expect(mean).toBeLessThan(high);
    expect(sizes[0]).toBeGreaterThan(400);
    expect(sizes.filter((size) => size >= 700 && size <= 2500).length / sizes.length).toBeGreaterThan(share);
    const tail = sizes[Math.floor(sizes.length * 0.995)] ?? 0;
    if (level === "metadata") expect(sizes.at(-1)).toBeLessThan(4000);
    else expect(tail).toBeGreaterThan(16_384);
    if (level === "request-response") expect(sizes.filter((size) => size > 262_144).length).toBeGreaterThan(0);
  });
});

describe("memory", () => {
  it("does not grow with the number of events", () => {
    const traffic = fileURLToPath(new URL("./traffic.ts", import.meta.url));
    const script = `import { simulate } from ${JSON.stringify(traffic)}; let made = 0; for (const event of simulate({ seed: 1, count: 200000 })) if (event.kind === "Event") made++; console.log(made);`;
    // Held in memory, this many events would need some 500 MB.
    const child = spawnSync(
      process.execPath,
      ["--max-old-space-size=48", "--import", "tsx", "--input-type=module", "-e", script],
      {
        encoding: "utf8",
        cwd: fileURLToPath(new URL("../..", import.meta.url)),
      },
    );
    expect(child.stderr).toBe("");
    expect(child.stdout.trim()).toBe("200000");
  }, 60_000);
});
