import { Duration, Validations } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { PrivateBucket } from "./private-bucket.ts";

/** Who read or wrote what in the other buckets of the stack: server access logs. */
export class AccessLogs extends PrivateBucket {
  constructor(scope: Construct, id: string, props: { readonly days: number }) {
    super(scope, id, {
      lifecycleRules: [
        {
          id: "expire",
          expiration: Duration.days(props.days),
          abortIncompleteMultipartUploadAfter: Duration.days(7),
        },
      ],
    });
    Validations.of(this).acknowledge({
      id: "AwsSolutions::AwsSolutions-S1",
      reason: "This bucket receives the access logs of the others; logging itself would add a log entry for each log.",
    });
  }
}
