import { Stack } from "aws-cdk-lib";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";

/** Where all alarms go. Messages hold names and numbers, never records. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;

  constructor(
    scope: Construct,
    id: string,
    { key, emails }: { readonly key: Key; readonly emails: readonly string[] },
  ) {
    super(scope, id);
    this.topic = new Topic(this, "Topic", { displayName: "ClusterTrail", masterKey: key, enforceSSL: true });
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
    // Services publish to an encrypted topic only if its key lets them. SNS developer guide, "Key management".
    const { account } = Stack.of(this);
    const publishers = ["cloudwatch.amazonaws.com", "events.amazonaws.com"].map((name) => new ServicePrincipal(name));
    key.addToResourcePolicy(
      new PolicyStatement({
        sid: "PublishAlarms",
        principals: publishers,
        actions: ["kms:GenerateDataKey", "kms:Decrypt"],
        // In a key's policy "*" is the key itself.
        resources: ["*"],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "AlarmsPublish",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
  }

  /** Tells when the alarm goes off and when it is over. */
  watch(alarm: Alarm): void {
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
