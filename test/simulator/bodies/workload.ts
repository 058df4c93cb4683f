import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import { wholeTime } from "../clock.ts";
import type { Workload } from "../cluster.ts";
import type { Random } from "../random.ts";
import { frozen } from "../wire.ts";
import { earlier, managedFields, type Owner, owner } from "./meta.ts";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

interface Parts {
  /** The manifest as in the repository. */
  readonly manifest: JsonObject;
  readonly lastApplied: string;
  readonly owners: readonly Owner[];
}
const partsByWorkload = new WeakMap<Workload, Parts>();

function partsOf(workload: Workload): Parts {
  let parts = partsByWorkload.get(workload);
  if (parts === undefined) {
    const manifest: JsonObject = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        annotations: {
          "example.com/owner": "Zoë Müller",
          "example.com/runbook": `https://runbooks.example.com/${workload.name}`,
        },
        labels: workload.labels,
        name: workload.name,
        namespace: workload.namespace,
      },
      spec: deploymentSpec(workload, 3),
    };
    parts = {
      manifest: frozen(manifest),
      lastApplied: `${JSON.stringify(manifest)}\n`,
      owners: [
        owner("kubectl-client-side-apply", "Update", "apps/v1", {
          metadata: manifest["metadata"] as JsonObject,
          spec: manifest["spec"] as JsonObject,
        }),
        owner("kube-controller-manager", "Update", "apps/v1", { status: deploymentStatus(workload, 3, 0) }, "status"),
      ],
    };
    partsByWorkload.set(workload, parts);
  }
  return parts;
}

function deploymentSpec(workload: Workload, replicas: number): JsonObject {
  return {
    replicas,
    selector: { matchLabels: { "app.kubernetes.io/name": workload.name } },
    template: {
      metadata: { labels: workload.labels, annotations: { "prometheus.io/scrape": "true" } },
      spec: workload.template,
    },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  };
}

function deploymentStatus(workload: Workload, replicas: number, at: number): JsonObject {
  const now = wholeTime(at);
  return {
    observedGeneration: 12,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: replicas,
    availableReplicas: replicas,
    conditions: [
      {
        type: "Available",
        status: "True",
        lastUpdateTime: now,
        lastTransitionTime: now,
        reason: "MinimumReplicasAvailable",
        message: "Deployment has minimum availability.",
      },
      {
        type: "Progressing",
        status: "True",
        lastUpdateTime: now,
        lastTransitionTime: now,
        reason: "NewReplicaSetAvailable",
        message: `ReplicaSet "${workload.name}-${workload.hash}" has successfully progressed.`,
      },
    ],
  };
}

/** The Deployment as stored, with last-applied-configuration and the status of a finished rollout. */
export function storedDeployment(random: Random, workload: Workload, at: number, revision: string): JsonObject {
  const parts = partsOf(workload);
  const meta = parts.manifest["metadata"] as JsonObject;
  return {
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: {
      name: workload.name,
      namespace: workload.namespace,
      uid: workload.uid,
      resourceVersion: revision,
      generation: 12,
      creationTimestamp: earlier(random, at, 300),
      labels: workload.labels,
      annotations: {
        "deployment.kubernetes.io/revision": "12",
        ...(meta["annotations"] as JsonObject),
        [LAST_APPLIED]: parts.lastApplied,
      },
      managedFields: managedFields(parts.owners, at),
    },
    spec: parts.manifest["spec"] as JsonObject,
    status: deploymentStatus(workload, 3, at),
  };
}

/** `kubectl apply --server-side`: the whole manifest is the patch. */
export function serverSideApply(workload: Workload): JsonObject {
  return partsOf(workload).manifest;
}

/** `kubectl apply`: a strategic merge patch that also writes the annotation with the whole manifest in it. */
export function clientSideApply(random: Random, workload: Workload): JsonObject {
  const image = `${workload.image.split("@")[0]}@sha256:${random.hex(64)}`;
  return {
    metadata: { annotations: { [LAST_APPLIED]: partsOf(workload).lastApplied } },
    spec: {
      template: { spec: { "$setElementOrder/containers": [{ name: "app" }], containers: [{ image, name: "app" }] } },
    },
  };
}

export function storedReplicaSet(workload: Workload, replicas: number, at: number, revision: string): JsonObject {
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    metadata: {
      name: `${workload.name}-${workload.hash}`,
      namespace: workload.namespace,
      uid: workload.replicaSetUid,
      resourceVersion: revision,
      generation: 2,
      creationTimestamp: wholeTime(at),
      labels: { ...workload.labels, "pod-template-hash": workload.hash },
      annotations: {
        "deployment.kubernetes.io/desired-replicas": String(replicas),
        "deployment.kubernetes.io/max-replicas": "4",
        "deployment.kubernetes.io/revision": "12",
      },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: workload.name,
          uid: workload.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: managedFields(partsOf(workload).owners.slice(0, 1), at),
    },
    spec: {
      replicas,
      selector: { matchLabels: { "app.kubernetes.io/name": workload.name, "pod-template-hash": workload.hash } },
      template: { metadata: { labels: workload.labels }, spec: workload.template },
    },
    status: {
      replicas,
      fullyLabeledReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      observedGeneration: 2,
    },
  };
}

export function job(random: Random, workload: Workload, at: number, name: string): JsonObject {
  return {
    kind: "Job",
    apiVersion: "batch/v1",
    metadata: {
      name,
      namespace: workload.namespace,
      creationTimestamp: null,
      labels: workload.labels,
      annotations: { "batch.kubernetes.io/cronjob-scheduled-timestamp": wholeTime(at) },
      ownerReferences: [
        {
          apiVersion: "batch/v1",
          kind: "CronJob",
          name: `${workload.name}-nightly`,
          uid: random.uuid(),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      backoffLimit: 2,
      template: { metadata: { creationTimestamp: null, labels: workload.labels }, spec: workload.template },
    },
    status: {},
  };
}

export function autoscaler(random: Random, workload: Workload, at: number, revision: string): JsonObject {
  const metric = (utilisation: number): JsonValue[] => [
    {
      type: "Resource",
      resource: { name: "cpu", current: { averageValue: `${utilisation}m`, averageUtilization: utilisation } },
    },
  ];
  return {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v2",
    metadata: {
      name: workload.name,
      namespace: workload.namespace,
      uid: workload.uid,
      resourceVersion: revision,
      creationTimestamp: earlier(random, at, 200),
      labels: workload.labels,
    },
    spec: {
      scaleTargetRef: { kind: "Deployment", name: workload.name, apiVersion: "apps/v1" },
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } },
      ],
    },
    status: {
      lastScaleTime: earlier(random, at, 2),
      currentReplicas: 3,
      desiredReplicas: 3,
      currentMetrics: metric(random.between(10, 90)),
      conditions: [
        {
          type: "AbleToScale",
          status: "True",
          lastTransitionTime: earlier(random, at, 20),
          reason: "ReadyForNewScale",
          message: "recommended size matches current size",
        },
      ],
    },
  };
}
