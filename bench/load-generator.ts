/** Sends the load of one plan after another, as a process of its own, so that what it takes is never taken for the server's. */
import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { HttpConnection } from "./http-connection.ts";
import type { LoadPlan, LoadReport } from "./load.ts";

process.once("disconnect", () => process.exit(0));
process.on("message", (plan: LoadPlan) => {
  void (plan.pace === undefined ? closedLoop(plan) : openLoop(plan, plan.pace)).then(
    (report) => process.send?.(report),
    (error: unknown) => {
      process.stderr.write(`${inspect(error)}\n`);
      process.exit(1);
    },
  );
});

/** Loopback address number `at`: none ends in 0 or 255. */
const address = (at: number): string =>
  `127.${1 + (Math.floor(at / 64_516) % 253)}.${1 + (Math.floor(at / 254) % 254)}.${1 + (at % 254)}`;

class Sender {
  readonly #plan: LoadPlan;
  readonly #idle: { readonly connection: HttpConnection; uses: number }[] = [];
  readonly #statuses: number[] = [];
  readonly #latencies: number[] = [];
  readonly #began = performance.now();
  #sent = 0;
  #addresses = 0;
  #body = "";

  constructor(plan: LoadPlan) {
    this.#plan = plan;
  }

  get sent(): number {
    return this.#sent;
  }

  get runsFor(): number {
    return performance.now() - this.#began;
  }

  /** Latency counts from `due`: what a request waited here, because the generator was late, is no less a wait. */
  async send(due: number): Promise<void> {
    const { requests } = this.#plan;
    const request = requests[this.#sent % requests.length] ?? "";
    this.#sent += 1;
    const place = this.#takeConnection();
    const { status, body } = await place.connection.exchange(request);
    this.#statuses.push(status);
    this.#latencies.push(performance.now() - due);
    this.#body = body;
    if (place.uses < (this.#plan.perAddress ?? Number.POSITIVE_INFINITY)) this.#idle.push(place);
    else place.connection.close();
  }

  report(): LoadReport {
    for (const { connection } of this.#idle) connection.close();
    return { statuses: this.#statuses, latencies: this.#latencies, tookIn: this.runsFor, lastBody: this.#body };
  }

  #takeConnection() {
    for (;;) {
      const place = this.#idle.pop() ?? { connection: this.#connect(), uses: 0 };
      if (!place.connection.isOpen) continue;
      place.uses += 1;
      return place;
    }
  }

  #connect(): HttpConnection {
    this.#addresses += 1;
    return new HttpConnection(this.#plan.port, address(this.#plan.firstAddress + this.#addresses));
  }
}

/** So many callers, each sending its next request when it has its answer. */
const closedLoop = async (plan: LoadPlan): Promise<LoadReport> => {
  const sender = new Sender(plan);
  const caller = async (): Promise<void> => {
    while (sender.runsFor < plan.forIn && sender.sent < plan.atMost) await sender.send(performance.now());
  };
  await Promise.all(Array.from({ length: plan.callers }, caller));
  return sender.report();
};

/** So many requests a second, whether or not the earlier ones are answered. */
const openLoop = async (plan: LoadPlan, pace: number): Promise<LoadReport> => {
  const sender = new Sender(plan);
  const began = performance.now();
  const all = Math.min(plan.atMost, Math.floor((pace * plan.forIn) / 1000));
  const answers: Promise<void>[] = [];
  while (answers.length < all) {
    const due = began + (answers.length * 1000) / pace;
    const waitIn = due - performance.now();
    if (waitIn > 0) await delay(waitIn);
    answers.push(sender.send(due));
  }
  await Promise.all(answers);
  return sender.report();
};
