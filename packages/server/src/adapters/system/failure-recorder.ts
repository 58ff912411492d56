import type { FailureRecord, FailureStore } from "#core/failures/failure-store.js";

export interface RecorderOptions {
  /** Told when records are lost because the store is down or the flood too high; how many since it was last told. */
  onDropped(count: number, error: unknown): void;
}

/** Keeps failure records for an operator without making any caller wait for the disk: they are written in batches soon after. */
export interface FailureRecorder {
  record(record: FailureRecord): void;
  /** Writes what is still held. */
  flush(): Promise<void>;
}

// A flood of refused requests must not become a flood of writes: what is beyond is counted, and stands in the log all the same.
const held = 2000;
const perAddressAndSecond = 50;
const batch = 200;
const everyIn = 50;

export const createFailureRecorder = (store: FailureStore, options: RecorderOptions): FailureRecorder => {
  let waiting: FailureRecord[] = [];
  let dropped = 0;
  let second = 0;
  const inSecond = new Map<string, number>();
  let writing: Promise<void> | undefined;

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const next = waiting.slice(0, batch);
      waiting = waiting.slice(batch);
      try {
        await store.append(next);
      } catch (error) {
        options.onDropped(next.length, error);
      }
    }
    if (dropped > 0) options.onDropped(dropped, undefined);
    dropped = 0;
  };

  const isFlooding = ({ at, address }: FailureRecord): boolean => {
    const now = Math.floor(at / 1000);
    if (now !== second) inSecond.clear();
    second = now;
    const count = (inSecond.get(address) ?? 0) + 1;
    inSecond.set(address, count);
    return count > perAddressAndSecond;
  };

  const flush = (): Promise<void> => {
    writing ??= writeAll().finally(() => {
      writing = undefined;
    });
    return writing;
  };

  return {
    record(record) {
      if (waiting.length >= held || isFlooding(record)) {
        dropped += 1;
        return;
      }
      waiting.push(record);
      if (waiting.length === 1) setTimeout(() => void flush(), everyIn).unref();
    },
    async flush() {
      await flush();
      await flush();
    },
  };
};
