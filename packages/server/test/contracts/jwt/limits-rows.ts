import { nextAddress } from "../../server/request.js";
import { specEndpoint } from "../../specs/jwt-page.js";
import { type Row, rowsFor } from "./row.js";
import type { Sent } from "../stage.js";
import { bothProfiles, prefixOf, type Stage } from "./stage.js";

/** Limits of other sizes than the standard ones, so that all their words are heard. */
export const limitMounts = [
  ...bothProfiles,
  {
    contract: "jwt",
    name: "other",
    prefix: "/other",
    addressLimits: {
      register: { limit: 1, per: "2 hours" },
      login: { limit: 2, per: "90 seconds" },
      refresh: { limit: 3, per: "1 day" },
    },
  },
  {
    contract: "jwt",
    name: "quick",
    prefix: "/quick",
    addressLimits: {
      register: { limit: 1, per: "1s" },
      login: { limit: 1, per: "1s" },
      refresh: { limit: 1, per: "1s" },
    },
  },
];

/** Uses up an address's window at an endpoint, then asks once more. */
const afterMany =
  (name: string, times: number, over: Partial<Sent> = {}) =>
  async (stage: Stage): Promise<Sent> => {
    const { method, path } = specEndpoint(name);
    const sent: Sent = { path, method, address: nextAddress(), ...over };
    for (let asked = 0; asked < times; asked += 1) await stage.ask(sent);
    return sent;
  };

const exceeded = (name: string, cases: Readonly<Record<string, Row["send"]>>, limit: string) =>
  rowsFor(name, 429, "Rate limit exceeded. Please try again later.")(cases, { beside: { rate_limit: limit } });

export const limitsRows: readonly Row[] = [
  ...exceeded("register", { "five requests came in a minute": afterMany("register", 5) }, "5 per 1 minute"),
  ...exceeded("login", { "ten requests came in a minute": afterMany("login", 10) }, "10 per 1 minute"),
  ...exceeded(
    "verify",
    { "thirty requests came in a minute": afterMany("verify", 30, prefixOf("verify")) },
    "30 per 1 minute",
  ),
  ...exceeded("refresh", { "sixty requests came in an hour": afterMany("refresh", 60) }, "60 per 1 hour"),
  ...exceeded(
    "register",
    { "its limit of two hours is used up": afterMany("register", 1, { prefix: "/other" }) },
    "1 per 2 hours",
  ),
  ...exceeded(
    "login",
    { "its limit of 90 seconds is used up": afterMany("login", 2, { prefix: "/other" }) },
    "2 per 90 seconds",
  ),
  ...exceeded(
    "refresh",
    { "its limit of a day is used up": afterMany("refresh", 3, { prefix: "/other" }) },
    "3 per 1 day",
  ),
  ...exceeded(
    "login",
    {
      "ten refused requests came in a minute": afterMany("login", 10, {
        headers: { "content-type": "text/plain" },
        body: "x",
      }),
      "every request names another address it came for": async (stage) => {
        const address = nextAddress();
        const sent = (at: number): Sent => ({
          path: "/login",
          method: "POST",
          address,
          headers: {
            "x-forwarded-for": `203.0.113.${at}`,
            forwarded: `for=203.0.113.${at}`,
            "x-real-ip": `203.0.113.${at}`,
          },
        });
        for (let at = 1; at <= 10; at += 1) await stage.ask(sent(at));
        return sent(11);
      },
    },
    "10 per 1 minute",
  ),
];
