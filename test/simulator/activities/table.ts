import type { Activity } from "../scene.ts";
import { discover, probe, readAuthentication, renewNodeCertificate, reviewAccess, reviewToken } from "./api.ts";
import {
  collectGarbage,
  renewLeadership,
  replacePod,
  runCronJob,
  scale,
  updateEndpoints,
  updateReplicaSet,
} from "./controllers.ts";
import { applyDefinition, deploy, helmUpgrade } from "./delivery.ts";
import {
  denied,
  duplicateCreate,
  invalid,
  lostUpdate,
  missing,
  refusedByAdmission,
  unauthenticated,
} from "./failures.ts";
import {
  readMounted,
  recordEvent,
  renewNodeLease,
  reportNodeStatus,
  reportPodStatus,
  requestToken,
  watchMounted,
} from "./kubelet.ts";
import { loopbackWatch, manageAddons, readRoles, relist, renewCertificate, renewWatch } from "./operators.ts";
import { deletePod, editAwsAuth, execute, forwardPort, impersonate, lookAround, readLogs } from "./people.ts";

/** `office`: done by people and their pipelines, so four times as often by day (07 to 19 UTC) as by night. */
type Hours = "always" | "office";

/** How often each thing happens, relative to the others. */
export const ACTIVITIES: readonly (readonly [weight: number, hours: Hours, activity: Activity])[] = [
  [190, "always", renewNodeLease],
  [150, "always", renewLeadership],
  [45, "always", reportNodeStatus],
  [40, "always", reportPodStatus],
  [45, "always", readMounted],
  [30, "always", watchMounted],
  [35, "always", requestToken],
  [25, "always", recordEvent],
  [50, "always", updateEndpoints],
  [14, "always", updateReplicaSet],
  [6, "always", replacePod],
  [30, "always", scale],
  [5, "always", runCronJob],
  [20, "always", collectGarbage],
  [45, "always", renewWatch],
  [25, "always", loopbackWatch],
  [24, "always", relist],
  [4, "always", renewCertificate],
  [12, "always", readRoles],
  [20, "always", manageAddons],
  [40, "always", discover],
  [25, "always", probe],
  [15, "always", reviewToken],
  [20, "always", reviewAccess],
  [2, "always", renewNodeCertificate],
  [6, "always", readAuthentication],
  [4, "office", deploy],
  [3, "office", helmUpgrade],
  [2, "office", applyDefinition],
  [8, "office", lookAround],
  [4, "office", readLogs],
  [2, "office", execute],
  [1, "office", forwardPort],
  [1, "office", deletePod],
  [1, "office", impersonate],
  [0.3, "office", editAwsAuth],
  [4, "always", unauthenticated],
  [8, "always", denied],
  [8, "always", missing],
  [6, "always", lostUpdate],
  [3, "always", duplicateCreate],
  [1, "office", invalid],
  [1, "office", refusedByAdmission],
];

const NIGHT_SHARE = 0.25;

/** Running totals of the weights, by day or by night. */
export function cumulative(day: boolean): Float64Array {
  const totals = new Float64Array(ACTIVITIES.length);
  let total = 0;
  ACTIVITIES.forEach(([weight, hours], index) => {
    total += hours === "office" && !day ? weight * NIGHT_SHARE : weight;
    totals[index] = total;
  });
  return totals;
}
