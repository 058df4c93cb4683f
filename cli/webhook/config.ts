/** Who is at the other end, and how much of a batch it takes. */
export interface Receiver {
  readonly name: "function-url" | "listen";
  /** For `--audit-webhook-truncate-max-batch-size`: bytes of JSON in one request. */
  readonly maxBatchBytes: number;
  /** For `--audit-webhook-truncate-max-event-size`: a larger event loses its bodies at the API server. */
  readonly maxEventBytes: number;
  readonly why: string;
}

/**
 * A request to etcd, and so an object, has 1.5 MiB at the most; an event can hold it twice (request and response) and
 * its header. The API server estimates sizes, so each batch keeps a margin below what the receiver takes.
 */
export const RECEIVERS: Readonly<Record<Receiver["name"], Receiver>> = {
  "function-url": {
    name: "function-url",
    maxBatchBytes: 4_000_000,
    maxEventBytes: 3_500_000,
    // As text every quote in it is escaped, as base64 it grows by a third: 4 MB are 5.4 MB then.
    why: "a Lambda function URL takes 6 MB, and that is after Lambda has put the body into its own JSON",
  },
  listen: {
    name: "listen",
    maxBatchBytes: 30_000_000,
    maxEventBytes: 4_000_000,
    why: "clustertrail listen takes 32 MiB",
  },
};

/** By its host name: `<id>.lambda-url.<region>.on.aws`. */
export function receiverOf(url: URL): Receiver {
  return RECEIVERS[/\.lambda-url\.[a-z0-9-]+\.on\.aws$/.test(url.hostname) ? "function-url" : "listen"];
}

/**
 * The kubeconfig that `--audit-webhook-config-file` takes. The token stays in its file: client-go reads it there, and
 * again when it changes. Source: kubernetes.io/docs/tasks/debug/debug-cluster/audit, "Webhook backend"
 * @param caFile absent: the server's certificate is one that the system trusts.
 */
export function kubeconfig(url: URL, tokenFile: string, caFile: string | undefined): string {
  const ca = caFile === undefined ? "" : `\n      certificate-authority: ${JSON.stringify(caFile)}`;
  return `apiVersion: v1
kind: Config
clusters:
  - name: clustertrail
    cluster:
      server: ${JSON.stringify(url.href)}${ca}
users:
  - name: kube-apiserver
    user:
      tokenFile: ${JSON.stringify(tokenFile)}
contexts:
  - name: default
    context: { cluster: clustertrail, user: kube-apiserver }
current-context: default
`;
}

/**
 * The API server's flags. Without `truncate-enabled` a batch is as large as 400 events happen to be, and what the
 * receiver refuses for its size is lost. Source: kube-apiserver reference, `--audit-webhook-*`
 */
export function apiserverFlags(receiver: Receiver, configPath: string): string[] {
  return [
    `--audit-webhook-config-file=${configPath}`,
    "--audit-webhook-mode=batch",
    "--audit-webhook-batch-max-size=400",
    "--audit-webhook-batch-max-wait=5s",
    "--audit-webhook-batch-buffer-size=20000",
    "--audit-webhook-batch-throttle-enable=true",
    "--audit-webhook-batch-throttle-qps=20",
    "--audit-webhook-batch-throttle-burst=40",
    "--audit-webhook-initial-backoff=10s",
    "--audit-webhook-truncate-enabled=true",
    `--audit-webhook-truncate-max-batch-size=${receiver.maxBatchBytes}`,
    `--audit-webhook-truncate-max-event-size=${receiver.maxEventBytes}`,
  ];
}
