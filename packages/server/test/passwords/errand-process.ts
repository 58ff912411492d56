import { setTimeout as delay } from "node:timers/promises";
import type { Answer, Order } from "#adapters/passwords/worker-process.js";

/** What the process of the tests can be asked to do. */
export type Errand =
  | { readonly do: "take"; readonly milliseconds: number }
  | { readonly do: "fail" }
  | { readonly do: "die" };

const run = async ({ id, work }: Order<Errand>): Promise<Answer<string>> => {
  if (work.do === "die") process.exit(3);
  if (work.do === "fail") return { id, fault: new Error("failed on purpose") };
  await delay(work.milliseconds);
  return { id, result: "taken" };
};

process.once("disconnect", () => process.exit());
process.on("message", (order: Order<Errand>) => {
  void run(order).then((answer) => process.send?.(answer));
});
