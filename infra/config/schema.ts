import * as v from "valibot";

/**
 * What clustertrail.config.yaml may say. Every message completes the sentence "<key> must be ...".
 * Bounds come from the services: S3 lifecycle (STANDARD_IA after 30 days, a class is kept 30 days before the next),
 * Lambda batching windows, CloudWatch periods.
 */

const whole = (min: number, max: number, what: string) => {
  const message = `must be a whole number of ${what} from ${min} to ${max}`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(min, message), v.maxValue(max, message));
};

const text = (pattern: RegExp, message: string) => v.pipe(v.string(message), v.regex(pattern, message));

const list = <T extends v.GenericSchema>(item: T, what: string) => v.array(item, `must be a list of ${what}`);

/** A map with these keys and no others; YAML lists are objects to JavaScript, too. */
const map = <T extends v.ObjectEntries>(entries: T) =>
  v.pipe(
    v.unknown(),
    v.check((value) => !Array.isArray(value), "must be a map of keys and values"),
    v.strictObject(entries),
  );

/** Quotes matter: YAML reads 012345678901 as a number and loses the zero. */
const account = text(/^\d{12}$/, 'must be a 12-digit AWS account in quotes, such as "111122223333"');
const region = text(/^[a-z]{2,5}(?:-[a-z]+)+-\d$/, "must be an AWS Region, such as eu-west-1");
const name = text(/^[a-z][a-z0-9-]{0,16}[a-z0-9]$/, "must be 2 to 18 lower-case letters, digits or hyphens");
const arn = (service: string, example: string) =>
  text(new RegExp(`^arn:aws[a-z-]*:${service}:[^*?\\s]+$`), `must be an ARN without wildcards, such as ${example}`);
const roleArn = arn("iam", "arn:aws:iam::111122223333:role/name");
const keyArn = arn("kms", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
const secretArn = arn("secretsmanager", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:name-AbCdEf");
const pathValue = text(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "must be letters, digits, dots, hyphens or underscores");

const cluster = map({
  name: text(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, "must be a cluster's name"),
  /** Absent: alarms.silenceMinutes. */
  silenceMinutes: v.optional(whole(5, 1440, "minutes")),
});

const clusters = list(cluster, "clusters");

const lifecycle = map({
  infrequentAccessAfterDays: v.optional(whole(30, 36500, "days"), 90),
  coldAfterDays: v.optional(whole(60, 36500, "days"), 365),
  expireAfterDays: v.optional(whole(1, 36500, "days"), 2555),
  /** S3 bills at least 128 KB in STANDARD_IA, and 40 KB more in GLACIER: smaller objects only cost more there. */
  minTransitionKiB: v.optional(whole(0, 1048576, "KiB"), 128),
  quarantineDays: v.optional(whole(1, 3650, "days"), 30),
  failedDays: v.optional(whole(1, 3650, "days"), 30),
  noncurrentDays: v.optional(whole(1, 3650, "days"), 30),
  incompleteUploadDays: v.optional(whole(1, 365, "days"), 7),
});

const google = map({
  name,
  serviceAccountId: text(/^\d{15,30}$/, "must be the service account's numeric unique id, in quotes"),
  audience: text(/^\S{8,}$/, "must be the audience that the function asks its identity token for"),
  projects: v.optional(list(pathValue, "Google Cloud projects")),
});

const azure = map({
  name,
  tenantId: text(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "must be the tenant's id (lower-case GUID)"),
  audience: text(/^\S{8,}$/, "must be the application's id URI, such as api://clustertrail"),
  principalId: text(
    /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    "must be the managed identity's object id (lower-case GUID)",
  ),
  subscriptions: v.optional(list(pathValue, "Azure subscriptions")),
  /** One account can hold one provider for each tenant only. */
  providerExists: v.optional(v.boolean("must be true or false"), false),
});

const lake = map({
  account,
  region,
  bucket: v.optional(text(/^[a-z0-9][a-z0-9-]{1,50}[a-z0-9]$/, "must be a bucket name of at most 52 characters")),
  /** Outputs of the lake's stack; needed by deployments elsewhere, which cannot look at it. */
  keyArn: v.optional(keyArn),
  quarantineKeyArn: v.optional(keyArn),
  lifecycle: v.optional(lifecycle, {}),
  objectLock: v.optional(
    map({
      mode: v.picklist(["governance", "compliance"], "must be governance or compliance"),
      days: whole(1, 36500, "days"),
    }),
  ),
  accessLogDays: v.optional(whole(1, 3650, "days"), 365),
  writers: v.optional(
    map({
      organization: v.optional(text(/^o-[a-z0-9]{10,32}$/, "must be an organization's id, such as o-exampleorgid")),
      roles: v.optional(list(roleArn, "role ARNs"), []),
      google: v.optional(list(google, "Google writers"), []),
      azure: v.optional(list(azure, "Azure writers"), []),
    }),
    {},
  ),
  breakGlassRoles: v.optional(list(roleArn, "role ARNs"), []),
});

const deployment = map({
  account,
  region,
  fingerprintSecretArn: v.optional(secretArn),
  eks: v.optional(map({ clusters })),
  gke: v.optional(
    map({
      audience: text(/^\S{8,}$/, "must be the audience that the push subscription sets"),
      email: text(/^[^@\s]+@[^@\s]+$/, "must be the e-mail of the push subscription's service account"),
      batchSeconds: v.optional(whole(0, 300, "seconds"), 20),
      clusters: v.optional(clusters, []),
    }),
  ),
  aks: v.optional(
    map({
      experimental: v.literal(true, "must be true: this way was never tried against Azure, prefer the Azure Function"),
      namespace: text(/^[a-z][a-z0-9-]{4,48}[a-z0-9]$/i, "must be the Event Hubs namespace, without its domain"),
      eventHub: pathValue,
      consumerGroup: v.optional(pathValue, "clustertrail"),
      secretArn,
      clusters: v.optional(clusters, []),
    }),
  ),
  webhook: v.optional(map({ clusters: v.optional(clusters, []) })),
  redriveHours: v.optional(whole(1, 168, "hours"), 1),
});

export const configSchema = map({
  name: v.optional(name, "clustertrail"),
  tags: v.optional(v.record(v.string(), v.string("must be text; put it in quotes"), "must be a map of text"), {}),
  lake,
  logRetentionDays: v.optional(
    v.picklist([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], "must be a retention that CloudWatch Logs knows"),
    30,
  ),
  alarms: v.optional(
    map({
      emails: v.optional(list(text(/^[^@\s]+@[^@\s]+$/, "must be an e-mail address"), "e-mail addresses"), []),
      lagP99Seconds: v.optional(whole(1, 86400, "seconds"), 60),
      silenceMinutes: v.optional(whole(5, 1440, "minutes"), 60),
    }),
    {},
  ),
  deployments: v.pipe(
    list(deployment, "deployments"),
    v.minLength(1, "must be a list with at least one account and Region"),
  ),
});

export type Config = v.InferOutput<typeof configSchema>;
export type LakeConfig = Config["lake"];
export type LifecycleConfig = LakeConfig["lifecycle"];
export type DeploymentConfig = Config["deployments"][number];
export type ClusterConfig = v.InferOutput<typeof cluster>;
export type GoogleWriterConfig = v.InferOutput<typeof google>;
export type AzureWriterConfig = v.InferOutput<typeof azure>;
