import { nextAddress } from "../../server/request.js";
import { specEndpoint } from "../../specs/account-page.js";
import type { Sent } from "../stage.js";
import { type Row, rowsFor } from "./row.js";
import type { Stage } from "./stage.js";

/** Requests a minute from one address, by the endpoint's name; an endpoint that shares a window is asked in its partner's stead. */
export const addressLimits: Readonly<Record<string, { readonly limit: number; readonly spentAt?: string }>> = {
  register: { limit: 5, spentAt: "web-register" },
  "web-register": { limit: 5, spentAt: "register" },
  verify: { limit: 30 },
  resend: { limit: 5 },
  login: { limit: 10 },
  guest: { limit: 10, spentAt: "web-guest" },
  "web-guest": { limit: 10, spentAt: "guest" },
  "exchange-token": { limit: 30 },
  forgot: { limit: 5 },
  "forgot-verify": { limit: 30 },
  reset: { limit: 10 },
};

/** A request that its endpoint refuses, at once. */
export const refusedAt = (name: string, address: string): Sent => {
  const { methods, path } = specEndpoint(name);
  return { path, method: methods[0] ?? "POST", address };
};

/** Uses an address's window at the endpoint up. */
export const spend = async (stage: Stage, name: string, address: string): Promise<void> => {
  const { limit } = addressLimits[name] ?? { limit: 0 };
  await Promise.all(Array.from({ length: limit }, () => stage.ask(refusedAt(name, address))));
};

export const limitsRows: readonly Row[] = Object.entries(addressLimits).flatMap(([name, { limit, spentAt }]) =>
  rowsFor(
    name,
    429,
    undefined,
    "Request was throttled. Expected available in N seconds.",
  )({
    [`${limit} requests came from the address in a minute`]: async (stage) => {
      const address = nextAddress();
      await spend(stage, name, address);
      return refusedAt(name, address);
    },
    ...(spentAt === undefined
      ? {}
      : {
          [`${limit} requests came from the address to ${specEndpoint(spentAt).path}`]: async (stage: Stage) => {
            const address = nextAddress();
            await spend(stage, spentAt, address);
            return refusedAt(name, address);
          },
        }),
    "requests of any kind came from the address, its path without a slash": async (stage) => {
      const address = nextAddress();
      const sent = refusedAt(name, address);
      for (let asked = 0; asked < limit; asked += 1)
        await stage.ask(asked % 2 === 0 ? sent : { ...sent, path: sent.path.replace(/\/$/, "") });
      return sent;
    },
  }),
);
