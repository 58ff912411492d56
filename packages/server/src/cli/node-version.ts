import type { Instant } from "#core/ids.js";

/** The last day on which each major version of Node.js gets security fixes (nodejs/Release). */
const endsOfLife: Readonly<Record<number, string>> = { 20: "2026-04-30", 22: "2027-04-30", 24: "2028-04-30" };
const recommended = 24;

/** A warning about a version, such as `20.19.0`, that gets no security fixes at `now`. */
export const nodeWarning = (version: string, now: Instant): string | undefined => {
  const endsOn = endsOfLife[Number(version.split(".")[0])];
  if (endsOn === undefined || now < Date.parse(endsOn) + 86_400_000) return undefined;
  return `Node.js ${version} is past its end of life (${endsOn}) and gets no security fixes: Node.js ${recommended} is recommended`;
};
