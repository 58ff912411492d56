import { parentPort } from "node:worker_threads";

/** What the thread of the pool's tests can be asked to do. */
export type Errand =
  | { readonly do: "take"; readonly milliseconds: number }
  | { readonly do: "fail" }
  | { readonly do: "die" }
  | { readonly do: "throw" };

parentPort?.on("message", (errand: Errand) => {
  if (errand.do === "die") process.exit(3);
  if (errand.do === "throw") throw new Error("thrown on purpose");
  if (errand.do === "fail") {
    parentPort?.postMessage({ fault: new Error("failed on purpose") });
    return;
  }
  // Blocks its thread, as a hash does.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, errand.milliseconds);
  parentPort?.postMessage({ result: "taken" });
});
