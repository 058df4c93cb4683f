import type { JsonObject, JsonValue } from "../../../shared/event.ts";
import { microTime, SECOND, wholeTime } from "../clock.ts";
import type { Pod, Workload } from "../cluster.ts";
import type { Random } from "../random.ts";
import { earlier, managedFields, owner } from "./meta.ts";

const LEASE_OWNER = owner("kubelet", "Update", "coordination.k8s.io/v1", {
  spec: { holderIdentity: "", leaseDurationSeconds: 0, renewTime: "" },
});
const ENDPOINTS_OWNER = owner("kube-controller-manager", "Update", "discovery.k8s.io/v1", {
  addressType: "",
  endpoints: {},
  metadata: { generateName: "", labels: {}, ownerReferences: {} },
  ports: {},
});

export function lease(
  random: Random,
  named: { namespace: string; name: string; uid: string },
  holder: string,
  at: number,
  revision: string,
): JsonObject {
  return {
    kind: "Lease",
    apiVersion: "coordination.k8s.io/v1",
    metadata: {
      name: named.name,
      namespace: named.namespace,
      uid: named.uid,
      resourceVersion: revision,
      creationTimestamp: earlier(random, at, 90),
      managedFields: managedFields([LEASE_OWNER], at - 10 * SECOND),
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: 40,
      acquireTime: microTime(at - 3_600 * SECOND),
      renewTime: microTime(at),
      leaseTransitions: random.int(9),
    },
  };
}

export function endpointSlice(
  random: Random,
  workload: Workload,
  pods: readonly Pod[],
  at: number,
  revision: string,
): JsonObject {
  return {
    kind: "EndpointSlice",
    apiVersion: "discovery.k8s.io/v1",
    metadata: {
      name: `${workload.name}-${workload.hash.slice(0, 5)}`,
      generateName: `${workload.name}-`,
      namespace: workload.namespace,
      uid: workload.uid,
      resourceVersion: revision,
      generation: random.between(10, 900),
      creationTimestamp: earlier(random, at, 90),
      labels: {
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": workload.name,
      },
      annotations: { "endpoints.kubernetes.io/last-change-trigger-time": wholeTime(at) },
      ownerReferences: [
        {
          apiVersion: "v1",
          kind: "Service",
          name: workload.name,
          uid: workload.uid,
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
      managedFields: managedFields([ENDPOINTS_OWNER], at),
    },
    addressType: "IPv4",
    endpoints: pods.map(
      (pod): JsonValue => ({
        addresses: [pod.ip],
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: "Pod", namespace: pod.workload.namespace, name: pod.name, uid: pod.uid },
        nodeName: pod.node.name,
        zone: "zone-a",
      }),
    ),
    ports: [{ name: "http", protocol: "TCP", port: 8080 }],
  };
}

export function endpoints(workload: Workload, pods: readonly Pod[], at: number, revision: string): JsonObject {
  return {
    kind: "Endpoints",
    apiVersion: "v1",
    metadata: {
      name: workload.name,
      namespace: workload.namespace,
      uid: workload.uid,
      resourceVersion: revision,
      creationTimestamp: wholeTime(at),
      labels: workload.labels,
    },
    subsets: [
      {
        addresses: pods.map(
          (pod): JsonValue => ({
            ip: pod.ip,
            nodeName: pod.node.name,
            targetRef: { kind: "Pod", namespace: pod.workload.namespace, name: pod.name, uid: pod.uid },
          }),
        ),
        ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      },
    ],
  };
}

/** A core Event; recorded only where the policy does not leave events out. */
export function clusterEvent(pod: Pod, reason: string, message: string, at: number): JsonObject {
  const now = wholeTime(at);
  return {
    kind: "Event",
    apiVersion: "v1",
    metadata: { name: `${pod.name}.${at.toString(16)}`, namespace: pod.workload.namespace, creationTimestamp: null },
    involvedObject: {
      kind: "Pod",
      namespace: pod.workload.namespace,
      name: pod.name,
      uid: pod.uid,
      apiVersion: "v1",
      fieldPath: "spec.containers{app}",
    },
    reason,
    message,
    source: { component: "kubelet", host: pod.node.name },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
    type: reason === "Failed" ? "Warning" : "Normal",
    eventTime: null,
    reportingComponent: "kubelet",
    reportingInstance: pod.node.name,
  };
}
