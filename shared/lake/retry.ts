/** How long and how often to try a call again. */
export interface RetryPolicy {
  /** Calls in all. */
  readonly maxAttempts: number;
  /** Upper bound of the first pause; doubles with each further one. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** No further call is started when its pause would end later than this after the first one began. */
  readonly deadlineMs: number;
}

/** Time and chance, replaced in tests. */
export interface RetryClock {
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

const SYSTEM_CLOCK: RetryClock = {
  now: () => performance.now(),
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Calls until it succeeds, fails for good, or the policy ends. Pauses with full jitter (uniform between 0 and the
 * bound), which spreads writers that were all refused at the same moment.
 * Source: AWS Architecture Blog, "Exponential Backoff And Jitter".
 *
 * @throws what `call` threw last.
 */
export async function withRetries<T>(
  call: () => Promise<T>,
  isRetryable: (error: unknown) => boolean,
  policy: RetryPolicy,
  clock: RetryClock = SYSTEM_CLOCK,
): Promise<T> {
  const started = clock.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (attempt >= policy.maxAttempts || !isRetryable(error)) throw error;
      const bound = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
      const pause = clock.random() * bound;
      if (clock.now() - started + pause > policy.deadlineMs) throw error;
      await clock.sleep(pause);
    }
  }
}
