import type { Random } from "../random.ts";

const CONTROLLER_MANAGER = [
  'I{time}       1 event.go:389] "Event occurred" object="web/web-api" fieldPath="" kind="Deployment" apiVersion="apps/v1" type="Normal" reason="ScalingReplicaSet"',
  'I{time}       1 replica_set.go:626] "Too many replicas" replicaSet="checkout/checkout-api-5d8f7c9b4" need=3 deleting=1',
  'W{time}       1 garbagecollector.go:826] "failed to discover some groups" groups="metrics.k8s.io/v1beta1"',
  "E{time}       1 leaderelection.go:429] Failed to update lock optimistically: the object has been modified, falling back to slow path",
];
const AUTHENTICATOR = [
  'time="{iso}" level=info msg="access granted" arn="arn:aws:iam::111122223333:role/eks-admin" client="127.0.0.1:41234" groups="[example:admins]" method=POST path=/authenticate',
  'time="{iso}" level=warning msg="access denied" arn="arn:aws:iam::111122223333:role/unknown" client="127.0.0.1:41238" error="ARN is not mapped" method=POST path=/authenticate',
];

/** A line that a control plane component writes beside the audit log; `micros` since 1970. */
export function klogLine(random: Random, micros: number): string {
  const iso = new Date(micros / 1000).toISOString();
  const stamp = `${iso.slice(5, 7)}${iso.slice(8, 10)} ${iso.slice(11, 23)}${random.digits(3)}`;
  return random.pick(CONTROLLER_MANAGER).replace("{time}", stamp);
}

/** A line of the EKS authenticator (logfmt). */
export function authenticatorLine(random: Random, micros: number): string {
  return random.pick(AUTHENTICATOR).replace("{iso}", `${new Date(micros / 1000).toISOString().slice(0, 19)}Z`);
}
