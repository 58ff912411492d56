import { Refusal } from "#core/refusal.js";

const firstProbeIn = 250;
const longestProbeIn = 1000;

/** Whether the store answers. Set down by the statements that notice, set up again by a probe of its own. */
export class StoreHealth {
  readonly #probe: () => Promise<void>;
  #isDown = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  /** `probe` uses a connection of its own, is bounded in time, and throws while the store does not answer. */
  constructor(probe: () => Promise<void>) {
    this.#probe = probe;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** From here on statements are refused without waiting, until a probe succeeds. */
  markDown(): void {
    if (this.#isDown || this.#isClosed) return;
    this.#isDown = true;
    this.#probeLater(firstProbeIn);
  }

  /** Refuses at once while the store is known to be down. */
  assertUp(during: string): void {
    if (this.#isDown) throw new Refusal("store-unavailable", { retryIn: 1, during });
  }

  /** Asks the store now: throws `store-unavailable` when it does not answer. */
  async check(): Promise<void> {
    this.assertUp("health");
    try {
      await this.#probe();
    } catch (cause) {
      this.markDown();
      throw new Refusal("store-unavailable", { retryIn: 1, during: "health" }, { cause });
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #probeLater(delay: number): void {
    this.#timer = setTimeout(() => {
      this.#probe().then(
        () => {
          this.#isDown = false;
        },
        () => {
          if (!this.#isClosed) this.#probeLater(Math.min(delay * 2, longestProbeIn));
        },
      );
    }, delay);
    this.#timer.unref();
  }
}
