import { nextAddress } from "../../server/request.js";
import { specLimits } from "../../specs/platform-page.js";
import { type CalledEndpoint, endpoints } from "./endpoints.js";
import { type Row, rowsFor } from "./row.js";
import type { PlatformSent, Stage } from "./stage.js";

/** A request that is counted, and refused without anything having been done, wherever there is a body. */
const counted = ({ path, method, reads }: CalledEndpoint): PlatformSent => ({
  path,
  method,
  ...(reads ? { headers: { "content-type": "text/plain" }, body: "{}" } : {}),
});

/** Uses up the window of an address. */
export const spend = async (stage: Stage, sent: PlatformSent, times: number): Promise<void> => {
  for (let done = 0; done < times; done += 50)
    await Promise.all(Array.from({ length: Math.min(50, times - done) }, () => stage.ask(sent)));
};

/** An address that has used up the endpoint's window. */
const spentAt = async (stage: Stage, endpoint: CalledEndpoint): Promise<PlatformSent> => {
  const sent = { ...counted(endpoint), address: nextAddress() };
  await spend(stage, sent, specLimits[endpoint.limit ?? ""] ?? 0);
  return sent;
};

/** Those that nobody needs hundreds of requests to use up. */
const limited = endpoints.filter(({ limit }) => limit !== undefined && (specLimits[limit] ?? 0) < 100);

export const limitsRows: readonly Row[] = [
  ...limited.flatMap((endpoint) =>
    rowsFor(endpoint.name, "request.rate.exceeded")(
      { "its address asked too often": (stage) => spentAt(stage, endpoint) },
      { headers: { "retry-after": /^[1-9]\d?$/ } },
    ),
  ),
  ...endpoints
    .filter(({ limit }) => limit !== undefined)
    .flatMap((endpoint) =>
      rowsFor(endpoint.name, "request.rate.exceeded")(
        {
          "its address asked more often than its key allows": async (stage) => {
            const { key } = await stage.keyWith({ limits: { [endpoint.limit ?? ""]: { limit: 2, per: "1 minute" } } });
            const sent = { ...counted(endpoint), address: nextAddress(), key };
            await spend(stage, sent, 2);
            return sent;
          },
        },
        { headers: { "retry-after": /^[1-9]\d?$/ } },
      ),
    ),
];
