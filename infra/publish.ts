import { CfnOutput, type Stack } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";

/**
 * Publishes a value twice: as an output of the stack, for people, and as a parameter `/<name>/<path>`, for Terraform
 * (`data "aws_ssm_parameter"`). Nothing secret: addresses and ARNs only.
 *
 * @param path lower-case words with slashes, such as "lake/key-arn"; the output is named LakeKeyArn.
 */
export function publish(stack: Stack, name: string, path: string, value: string, description: string): void {
  const id = path
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
  new CfnOutput(stack, id, { value, description });
  new StringParameter(stack, `${id}Parameter`, { parameterName: `/${name}/${path}`, stringValue: value, description });
}
