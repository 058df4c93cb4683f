import { type Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { FunctionAssets, FunctionName } from "./function-assets.ts";
import { METRICS_NAMESPACE } from "./metric-names.ts";
import {
  grantWrite,
  type LakeReference,
  lakeEnvironment,
  type WriterScope,
  writableResources,
} from "./writer-access.ts";

/** What all functions of one account and Region share. */
export interface CollectorContext {
  readonly name: string;
  readonly assets: FunctionAssets;
  readonly lake: LakeReference;
  readonly logRetentionDays: RetentionDays;
  readonly fingerprintSecretArn?: string | undefined;
}

interface CollectorProps {
  readonly context: CollectorContext;
  readonly function: FunctionName;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeout: Duration;
  /** Absent: the function does not touch the lake. */
  readonly writes?: WriterScope;
  readonly environment?: Record<string, string>;
}

/**
 * One Lambda function from one bundle: Node 24 on arm64, a role with nothing but what is granted here or by the caller,
 * its own log group.
 *
 * Its name is fixed. Whoever invokes it (a subscription filter, the permission for it) names it, and CloudWatch Logs
 * drops what it cannot deliver for want of a permission: with a fixed name no update can put another function there.
 */
export class CollectorFunction extends Construct {
  readonly function: LambdaFunction;
  readonly functionName: string;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: CollectorProps) {
    super(scope, id);
    const { context } = props;
    this.functionName = `${context.name}-${props.function}`;
    const logGroup = new LogGroup(this, "Logs", {
      logGroupName: `/aws/lambda/${this.functionName}`,
      retention: context.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("lambda.amazonaws.com"),
      description: `ClusterTrail function ${props.function}`,
    });
    this.allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [logGroup.logGroupArn]);
    this.function = new LambdaFunction(this, "Function", {
      functionName: this.functionName,
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: "index.handler",
      code: Code.fromAsset(context.assets.path(props.function)),
      memorySize: props.memoryMiB,
      timeout: props.timeout,
      role: this.role,
      logGroup,
      environment: {
        CLUSTERTRAIL_ACCOUNT: Stack.of(this).account,
        CLUSTERTRAIL_REGION: Stack.of(this).region,
        CLUSTERTRAIL_METRICS_NAMESPACE: METRICS_NAMESPACE,
        NODE_OPTIONS: "--enable-source-maps",
        ...(props.writes === undefined ? {} : lakeEnvironment(context.lake)),
        ...(props.writes === undefined ? {} : this.#fingerprints(context.fingerprintSecretArn)),
        ...props.environment,
      },
    });
    if (props.writes !== undefined) this.#grantLake(context.lake, props.writes);
  }

  allow(sid: string, actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>) {
    this.role.addToPolicy(
      new PolicyStatement({
        sid,
        effect: Effect.ALLOW,
        actions,
        resources,
        ...(conditions === undefined ? {} : { conditions }),
      }),
    );
  }

  /** Acknowledges one wildcard in the role's policy. @param finding as cdk-nag prints it, without the rule's name. */
  accept(finding: string, reason: string): void {
    Validations.of(this.role).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[${finding}]`, reason });
  }

  #fingerprints(secretArn: string | undefined): Record<string, string> {
    if (secretArn === undefined) return {};
    this.allow("ReadFingerprintKey", ["secretsmanager:GetSecretValue"], [secretArn]);
    return { CLUSTERTRAIL_FINGERPRINT_SECRET_ARN: secretArn };
  }

  #grantLake(lake: LakeReference, scope: WriterScope): void {
    grantWrite(this.role, lake, scope);
    for (const resource of writableResources(lake, scope)) {
      this.accept(
        `Resource::${resource}`,
        "Object names are made of content digests and can only be named by prefix; create-only, no reading.",
      );
    }
  }
}
