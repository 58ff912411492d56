import type { ParsedIdentifier } from "../identities/email.js";
import type { AccountId } from "../ids.js";
import type { Secrets } from "../ports.js";
import type { Handoff } from "./handoff.js";
import { type BrowserClaim, getOwnHandoff, type OwnHandoffNeeds } from "./own-handoff.js";
import { unsealVisit } from "./sealed-visit.js";

/** An identity that waits in a hand-off until the owner of its address wants it linked. */
export interface WaitingProof {
  readonly handoff: Handoff;
  readonly provider: string;
  readonly subject: string;
  readonly email: ParsedIdentifier;
  /** The owner, when the code was sent. */
  readonly accountId: AccountId;
}

/** Refuses with `handoff-unknown` also where nothing waits. */
export const getProof = async (
  needs: OwnHandoffNeeds & { readonly secrets: Secrets },
  claim: BrowserClaim,
): Promise<WaitingProof> => {
  const handoff = await getOwnHandoff(needs, claim);
  const { subject, email, accountId } = unsealVisit(needs, handoff, "proof");
  return { handoff, provider: handoff.provider?.name ?? "", subject, email, accountId };
};
