import { isAbsolute } from "node:path";
import type { Io } from "../output/io.ts";
import { choiceFlag, parseFlags, requiredFlag, stringFlag, UsageError } from "../usage.ts";
import { apiserverFlags, kubeconfig, receiverOf } from "../webhook/config.ts";

const HELP = `clustertrail webhook config: what a kube-apiserver needs to send its audit events here

Usage: clustertrail webhook config --url U --token-file F [--cluster N] [--ca-file F] [--config-path P] [--part all|kubeconfig|flags]

  --url U          the function's URL (a stack output), or that of \`clustertrail listen\`
  --token-file F   absolute path of the bearer token ON THE CONTROL PLANE NODES; it is not read here
  --cluster N      the cluster's name, put into the URL: one function and one token can serve several clusters
  --ca-file F      absolute path there of the receiver's certificate authority, if it is one of your own
  --config-path P  where the kubeconfig will lie there (default /etc/kubernetes/audit/webhook.yaml)
  --part P         print only the kubeconfig, or only the flags

Batch sizes fit the receiver: 6 MB for a function URL, 32 MB for \`clustertrail listen\`.

Example:
  clustertrail webhook config --url https://abc123.lambda-url.eu-west-1.on.aws/ --token-file /etc/kubernetes/audit/token \\
    --cluster prod --part kubeconfig > webhook.yaml
`;

/** `clustertrail webhook config`. @returns 0. @throws UsageError */
export async function webhookCommand(argv: readonly string[], io: Io): Promise<number> {
  const flags = parseFlags(argv, {
    url: { type: "string" },
    "token-file": { type: "string" },
    cluster: { type: "string" },
    "ca-file": { type: "string" },
    "config-path": { type: "string" },
    part: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  if (flags.values["help"] === true) {
    io.stdout.write(HELP);
    return 0;
  }
  if (flags.positionals.length !== 1 || flags.positionals[0] !== "config") {
    throw new UsageError("the one thing to do is: clustertrail webhook config");
  }
  const url = receiverUrl(requiredFlag(flags, "url", "where the API server sends to"), stringFlag(flags, "cluster"));
  const tokenFile = absolute("token-file", requiredFlag(flags, "token-file", "the token's path on the control plane"));
  const caFile = stringFlag(flags, "ca-file");
  const configPath = absolute("config-path", stringFlag(flags, "config-path") ?? "/etc/kubernetes/audit/webhook.yaml");
  const part = choiceFlag(flags, "part", ["all", "kubeconfig", "flags"], "all");
  const receiver = receiverOf(url);
  const config = kubeconfig(url, tokenFile, caFile === undefined ? undefined : absolute("ca-file", caFile));
  const apiserver = apiserverFlags(receiver, configPath);
  if (part === "kubeconfig") io.stdout.write(config);
  else if (part === "flags") io.stdout.write(`${apiserver.join("\n")}\n`);
  else {
    io.stdout.write(`# ${configPath} on every control plane node (mounted into the API server's pod)\n${config}`);
    io.stdout.write(`\n# Flags of kube-apiserver; sizes: ${receiver.why}\n${apiserver.join("\n")}\n`);
  }
  return 0;
}

/** Names of clusters as functions/kubernetes takes them from the path. */
const CLUSTER = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

function receiverUrl(text: string, cluster: string | undefined): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new UsageError("--url takes an https:// URL");
  }
  const local = url.hostname === "localhost" || url.hostname === "127.0.0.1" || url.hostname === "[::1]";
  if (url.protocol === "http:" && !local)
    throw new UsageError("--url must be https://: the token would go in the clear");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new UsageError("--url takes no user name, query or fragment");
  }
  if (cluster === undefined) return url;
  if (!CLUSTER.test(cluster)) throw new UsageError("--cluster takes letters, digits, dots, underscores and hyphens");
  return new URL(`clusters/${cluster}`, url.href.endsWith("/") ? url : `${url.href}/`);
}

function absolute(flag: string, path: string): string {
  if (!isAbsolute(path)) throw new UsageError(`--${flag} takes an absolute path on the control plane nodes`);
  return path;
}
