import type { Secrets } from "../ports.js";
import { type BrowserClaim, getOwnHandoff, type HandoffReturn, type OwnHandoffNeeds, returnOf } from "./own-handoff.js";

/** Sends the browser back without anybody signed in. The temporary token lives on, unbound, so that the app learns of it. */
export const cancelHandoff = async (
  needs: OwnHandoffNeeds & { readonly secrets: Secrets },
  claim: BrowserClaim,
): Promise<HandoffReturn> => returnOf(needs, await getOwnHandoff(needs, claim), "cancelled");
