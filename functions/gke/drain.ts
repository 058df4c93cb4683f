/** Requests in hand, and the end of the process when there are none. */
export interface Shutdown {
  /** True once the end was asked for: whatever arrives now is sent away. */
  readonly ending: boolean;
  /** Call once when a request begins; call what it returns when its answer is on its way. */
  begin(): () => void;
}

/**
 * Takes SIGTERM and SIGINT over: first `drain`, then every request that is in hand gets its answer, then the process
 * ends with 0. Cloud Run gives ten seconds from SIGTERM to SIGKILL (cloud.google.com/run/docs/container-contract);
 * what is not answered by then is delivered again.
 *
 * The functions framework has its own handler, which answers the latest request with 500 and ends the process at once
 * (`ErrorHandler.register` in its invoker.js): every other request in hand would go unanswered although its batch may
 * have been written. That handler is registered after this module has loaded, and so it is removed when it comes.
 */
export function takeOverSignals(drain: () => Promise<void>, host: NodeJS.Process = process): Shutdown {
  let ending = false;
  let inHand = 0;
  const leave = (): void => {
    // One turn later, so that the last answer has gone to the socket.
    if (ending && inHand === 0) setImmediate(() => host.exit(0));
  };
  const end = (): void => {
    if (ending) return;
    ending = true;
    void drain().then(leave, leave);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) host.on(signal, end);
  host.on("newListener", (event: string | symbol, listener: (...args: unknown[]) => void) => {
    if (event !== "SIGTERM" && event !== "SIGINT") return;
    // The listener is added only after this call.
    if (listener !== end) queueMicrotask(() => host.removeListener(event, listener));
  });
  return {
    get ending() {
      return ending;
    },
    begin() {
      inHand++;
      let open = true;
      return () => {
        if (!open) return;
        open = false;
        inHand--;
        leave();
      };
    },
  };
}
