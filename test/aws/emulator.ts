import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Resource, Stack } from "../infra/synth.ts";

/**
 * What the emulator's CloudFormation does not know; checked by its answer, not by us. These are taken out of the
 * template, and what refers to them gets a text in place of their name (secrets: the real one's ARN).
 */
const UNKNOWN_TO_EMULATOR: ReadonlySet<string> = new Set([
  "AWS::S3::BucketPolicy",
  "AWS::IAM::OIDCProvider",
  "AWS::Lambda::Url",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Logs::SubscriptionFilter",
  "AWS::SQS::QueuePolicy",
  "AWS::SNS::TopicPolicy",
  "AWS::SNS::Subscription",
  "AWS::SecretsManager::Secret",
  "AWS::CloudWatch::Alarm",
]);

/** It stumbles over tags whose form in CloudFormation is not that of the service's own API. */
const TAGS_BREAK_EMULATOR: ReadonlySet<string> = new Set(["AWS::KMS::Key", "AWS::SSM::Parameter"]);

export interface Deployed {
  /** Names or ARNs by logical id, as `Ref` gives them. */
  readonly physical: ReadonlyMap<string, string>;
  /** Types that were left out, each once. */
  readonly leftOut: readonly string[];
}

const ENDPOINT = process.env["AWS_ENDPOINT_URL"]!;
const VERSION = "2010-05-15";

/** Deploys a synthesised template by the emulator's CloudFormation. @throws Error with its answer. */
export async function deploy(stack: Stack, template: Record<string, unknown>): Promise<Deployed> {
  const resources = stack.resources;
  const replacements = new Map<string, string>();
  for (const [id, resource] of Object.entries(resources)) {
    if (isUnknown(resource)) replacements.set(id, await standIn(id, resource));
  }
  const known = Object.fromEntries(
    Object.entries(resources)
      .filter(([id]) => !replacements.has(id))
      .map(([id, resource]) => [id, TAGS_BREAK_EMULATOR.has(resource.Type) ? withoutTags(resource) : resource]),
  );
  const { Rules: _, ...rest } = template;
  const body = JSON.stringify({ ...rest, Resources: known }, (_key, value) => replaced(value, replacements));
  await cloudFormation({
    Action: "CreateStack",
    StackName: stack.name,
    TemplateBody: body,
    "Capabilities.member.1": "CAPABILITY_NAMED_IAM",
  });
  const answer = await cloudFormation({ Action: "DescribeStackResources", StackName: stack.name });
  const physical = new Map<string, string>(replacements);
  for (const [member] of answer.matchAll(/<member>[\s\S]*?<\/member>/g)) {
    const field = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(member)?.[1];
    const id = field("LogicalResourceId");
    const name = field("PhysicalResourceId");
    if (id !== undefined && name !== undefined) physical.set(id, name);
  }
  const leftOut = Object.values(resources).filter(isUnknown).map(nameOf);
  return { physical, leftOut: [...new Set(leftOut)].sort() };
}

/** The parameter that CDK's templates look for: the account counts as bootstrapped. */
export async function bootstrap(): Promise<void> {
  await json("ssm", "AmazonSSM.PutParameter", {
    Name: "/cdk-bootstrap/hnb659fds/version",
    Value: "30",
    Type: "String",
  });
}

export async function parameter(name: string): Promise<string> {
  const answer = (await json("ssm", "AmazonSSM.GetParameter", { Name: name })) as { Parameter: { Value: string } };
  return answer.Parameter.Value;
}

// --- Internal helpers ---

/** Of event source mappings the emulator knows those with an ARN: queues, not Kafka. */
function isUnknown({ Type, Properties }: Resource): boolean {
  return UNKNOWN_TO_EMULATOR.has(Type) || Properties?.SelfManagedEventSource !== undefined;
}

const nameOf = ({ Type, Properties }: Resource): string =>
  Properties?.SelfManagedEventSource === undefined ? Type : `${Type} (Kafka)`;

async function standIn(id: string, { Type }: Resource): Promise<string> {
  if (Type !== "AWS::SecretsManager::Secret") return `not-in-the-emulator-${id}`;
  const client = new SecretsManagerClient({});
  const { ARN } = await client.send(new CreateSecretCommand({ Name: id, SecretString: "generated-by-cloudformation" }));
  return ARN!;
}

function withoutTags(resource: Resource): Resource {
  const { Tags: _, ...properties } = resource.Properties;
  return { ...resource, Properties: properties };
}

/** `Ref` and `Fn::GetAtt` of what was taken out, and `DependsOn` it. */
function replaced(value: unknown, replacements: ReadonlyMap<string, string>): unknown {
  if (value === null || typeof value !== "object") return value;
  const { Ref, DependsOn } = value as { Ref?: string; DependsOn?: string[] };
  if (Ref !== undefined && replacements.has(Ref)) return replacements.get(Ref);
  const attribute = (value as Record<string, unknown>)["Fn::GetAtt"];
  if (Array.isArray(attribute) && replacements.has(attribute[0])) return replacements.get(attribute[0]);
  if (!Array.isArray(DependsOn)) return value;
  return { ...value, DependsOn: DependsOn.filter((id) => !replacements.has(id)) };
}

async function cloudFormation(parameters: Record<string, string>): Promise<string> {
  return post("cloudformation", new URLSearchParams({ Version: VERSION, ...parameters }), {
    "content-type": "application/x-www-form-urlencoded",
  });
}

async function json(service: string, target: string, body: unknown): Promise<unknown> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  return JSON.parse(await post(service, JSON.stringify(body), headers));
}

/** The emulator reads service and Region from the signature's scope and checks no signature. */
async function post(service: string, body: string | URLSearchParams, headers: Record<string, string>): Promise<string> {
  const scope = `20261122/eu-west-1/${service}/aws4_request`;
  const answer = await fetch(ENDPOINT, {
    method: "POST",
    body,
    headers: {
      ...headers,
      authorization: `AWS4-HMAC-SHA256 Credential=testing/${scope}, SignedHeaders=host, Signature=none`,
    },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the emulator's ${service} answered ${answer.status}: ${text.slice(0, 500)}`);
  return text;
}
