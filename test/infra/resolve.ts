import type { Stack } from "./synth.ts";

/**
 * A template's value with its intrinsic functions replaced, as far as our templates use them: names where the template
 * gives one, else `<logical id>`.
 * @param physical names of what is deployed, by logical id; they win.
 */
export function resolve(stack: Stack, value: unknown, physical: ReadonlyMap<string, string> = NONE): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(stack, item, physical));
  if (value === null || typeof value !== "object") return value;
  const [key, argument] = Object.entries(value)[0] ?? [];
  if (key === "Ref") return physical.get(argument as string) ?? nameOf(stack, argument as string);
  if (key === "Fn::GetAtt") return attribute(stack, argument as [string, string], physical);
  if (key === "Fn::Join") {
    const [separator, parts] = argument as [string, unknown[]];
    return (resolve(stack, parts, physical) as string[]).join(separator);
  }
  if (key === "Fn::ImportValue") return `<import ${String(resolve(stack, argument, physical))}>`;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(stack, item, physical)]));
}

const NONE: ReadonlyMap<string, string> = new Map();

function nameOf(stack: Stack, id: string): string {
  if (id === "AWS::Partition") return "aws";
  const properties = stack.resources[id]?.Properties ?? {};
  return properties.BucketName ?? properties.FunctionName ?? properties.RoleName ?? `<${id}>`;
}

function attribute(stack: Stack, [id, name]: [string, string], physical: ReadonlyMap<string, string>): string {
  if (name === "Arn" && stack.resources[id]?.Type === "AWS::S3::Bucket")
    return `arn:aws:s3:::${physical.get(id) ?? nameOf(stack, id)}`;
  return `<${id}.${name}>`;
}
