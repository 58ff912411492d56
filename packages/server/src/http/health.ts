import type { Endpoint } from "./mount.js";

/** What decides whether this node should get requests. */
export interface Readiness {
  /** `false` once the server has been told to stop. */
  isServing(): boolean;
  /** For each store `ok` when it answers and is migrated, else the reason why it is not. */
  checkStores(): Promise<Readonly<Record<string, string>>>;
  /** For each store that another stands in for, `ok` or what is done instead: no reason to be looked away from. */
  substitutes(): Readonly<Record<string, string>>;
}

/** `GET /healthz`: the process lives. `GET /readyz`: it should get requests. */
export const healthEndpoints = (readiness: Readiness): readonly Endpoint[] => [
  {
    name: "healthz",
    method: "GET",
    path: "/healthz",
    isProbe: true,
    answer: async () => ({ status: 200, body: { status: "ok" } }),
  },
  {
    name: "readyz",
    method: "GET",
    path: "/readyz",
    isProbe: true,
    answer: async () => {
      if (!readiness.isServing()) return notReady({ server: "stopping" });
      const needed = await readiness.checkStores();
      const stores = { ...needed, ...readiness.substitutes() };
      return Object.values(needed).every((state) => state === "ok")
        ? { status: 200, body: { status: "ready", stores } }
        : notReady(stores);
    },
  },
];

const notReady = (reasons: Readonly<Record<string, string>>) => ({
  status: 503,
  headers: { "retry-after": "1" },
  body: { status: "not ready", stores: reasons },
});
