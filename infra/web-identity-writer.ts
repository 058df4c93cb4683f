import { Duration, Stack, Validations } from "aws-cdk-lib";
import type { Conditions } from "aws-cdk-lib/aws-iam";
import { OidcProviderNative, Role, WebIdentityPrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { AzureWriterConfig, GoogleWriterConfig } from "./config/schema.ts";
import { grantWrite, type LakeReference, type WriterScope, writableResources } from "./writer-access.ts";

interface WriterProps {
  /** The deployment's name, before the writer's own in the role's name. */
  readonly name: string;
  readonly lake: LakeReference;
}

/** A role that one workload of another cloud takes with its own identity token: no key of ours leaves AWS. */
abstract class WebIdentityWriter extends Construct {
  readonly role: Role;

  constructor(
    scope: Construct,
    id: string,
    props: WriterProps & {
      readonly writer: string;
      readonly scope: WriterScope;
      readonly provider: (self: Construct) => string;
      readonly conditions: Conditions;
    },
  ) {
    super(scope, id);
    this.role = new Role(this, "Role", {
      roleName: `${props.name}-writer-${props.writer}`,
      description: `ClusterTrail writer ${props.writer}: creates events in its own partitions, nothing else`,
      assumedBy: new WebIdentityPrincipal(props.provider(this), props.conditions),
      maxSessionDuration: Duration.hours(1),
    });
    grantWrite(this.role, props.lake, props.scope);
    for (const resource of writableResources(props.lake, props.scope)) {
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`,
        reason: `Writer ${props.writer}: object names are made of content digests and can only be named by prefix; create-only.`,
      });
    }
  }
}

/**
 * Google's tokens need no provider of ours: AWS knows `accounts.google.com`. Of a service account's token AWS compares
 * `aud` with the `azp` claim, the account's number, and `oaud` with the audience that was asked for; so all three are
 * pinned. A policy with only `aud` and the audience string in it would never match. IAM user guide, "Available keys for
 * AWS OIDC federation".
 */
export class GoogleWriter extends WebIdentityWriter {
  constructor(scope: Construct, id: string, props: WriterProps & { readonly config: GoogleWriterConfig }) {
    const { serviceAccountId, audience, name, projects } = props.config;
    super(scope, id, {
      ...props,
      writer: name,
      scope: { providers: ["gke"], ...(projects === undefined ? {} : { accounts: projects }) },
      provider: () => "accounts.google.com",
      conditions: {
        StringEquals: {
          "accounts.google.com:aud": serviceAccountId,
          "accounts.google.com:sub": serviceAccountId,
          "accounts.google.com:oaud": audience,
        },
      },
    });
  }
}

/**
 * Entra's version 1 tokens have the issuer `https://sts.windows.net/<tenant>/`, with a slash at the end that the
 * provider's ARN and the condition keys keep. Anyone in the tenant can have a token for the audience: `sub`, the
 * managed identity's object id, is what makes it this one workload.
 */
export class AzureWriter extends WebIdentityWriter {
  constructor(scope: Construct, id: string, props: WriterProps & { readonly config: AzureWriterConfig }) {
    const { tenantId, audience, principalId, name, subscriptions, providerExists } = props.config;
    const issuer = `sts.windows.net/${tenantId}/`;
    super(scope, id, {
      ...props,
      writer: name,
      scope: { providers: ["aks"], ...(subscriptions === undefined ? {} : { accounts: subscriptions }) },
      provider: (self) => {
        const { partition, account } = Stack.of(self);
        if (providerExists) return `arn:${partition}:iam::${account}:oidc-provider/${issuer}`;
        return new OidcProviderNative(self, "Provider", { url: `https://${issuer}`, clientIds: [audience] })
          .oidcProviderArn;
      },
      conditions: { StringEquals: { [`${issuer}:aud`]: audience, [`${issuer}:sub`]: principalId } },
    });
  }
}
