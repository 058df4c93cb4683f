import type { Surface } from "./planting.ts";
import { OBJECTS } from "./surfaces-objects.ts";
import { REQUESTS } from "./surfaces-request.ts";
import { SECRETS } from "./surfaces-secrets.ts";

export type { Surface };

/**
 * The leak surfaces of docs/redaction.md as events: each plants a secret where it could leak. One table for the tests of
 * rules, canaries, non-interference, correlation and mutation.
 */
export const SURFACES: readonly Surface[] = [...SECRETS, ...OBJECTS, ...REQUESTS].toSorted(
  (a, b) => a.surface - b.surface,
);
