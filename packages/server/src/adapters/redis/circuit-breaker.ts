/** Keeps callers from waiting for a store that does not answer, and finds out by itself when it does again. */
export interface CircuitBreaker {
  /** What the store answers within its time. Otherwise, and at once while it is down, what `fallback` does. */
  run<T>(ask: () => Promise<T>, fallback: () => Promise<T>): Promise<T>;
  /** Asks the store every second from now on. */
  start(): void;
  /** Asks it now. */
  probe(): Promise<void>;
  /** Why the store is not used; `undefined` when it is. */
  fault(): string | undefined;
  stop(): void;
}

export interface CircuitBreakerOptions {
  /** Rejects when the store cannot be used. */
  probe(): Promise<unknown>;
  /** What is told of the error that was thrown: nothing secret. */
  reasonOf(error: unknown): string;
  /** Once for each time that the store goes down, and comes back. */
  onDown(fault: string): void;
  onUp(): void;
}

/** Milliseconds that a request waits for the store, once. */
const answersWithin = 100;
const probesEvery = 1_000;

/** A breaker that opens with the first failure; the store counts as up until then. */
export const createCircuitBreaker = (options: CircuitBreakerOptions): CircuitBreaker => {
  let fault: string | undefined;
  let probing: Promise<void> | undefined;
  let isStopped = false;

  const open = (error: unknown): void => {
    const wasUp = fault === undefined;
    fault = options.reasonOf(error);
    if (wasUp && !isStopped) options.onDown(fault);
  };
  const close = (): void => {
    const wasDown = fault !== undefined;
    fault = undefined;
    if (wasDown && !isStopped) options.onUp();
  };
  const probe = (): Promise<void> => {
    probing ??= inTime(options.probe())
      .then(close, open)
      .finally(() => {
        probing = undefined;
      });
    return probing;
  };
  let timer: NodeJS.Timeout | undefined;
  return {
    start: () => {
      timer ??= setInterval(() => void probe(), probesEvery).unref();
    },
    run: async (ask, fallback) => {
      if (fault !== undefined) return fallback();
      try {
        return await inTime(ask());
      } catch (error) {
        open(error);
        // A hiccup is over before the next second.
        void probe();
      }
      return fallback();
    },
    probe,
    fault: () => fault,
    stop: () => {
      isStopped = true;
      clearInterval(timer);
    },
  };
};

const inTime = <T>(work: Promise<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      // This process may have been busy itself: what has arrived meanwhile is read before anything is given up.
      setImmediate(() => reject(new Error(`no answer within ${String(answersWithin)} ms`)));
    }, answersWithin);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
