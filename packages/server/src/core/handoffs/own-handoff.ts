import type { HandoffId, Instant } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Secrets, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Handoff } from "./handoff.js";

export interface OwnHandoffNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly policy: Pick<MountPolicy, "mount">;
}

/** What a browser shows: the hand-off that its form names, and the secret in its cookie. */
export interface BrowserClaim {
  readonly handoffId: string;
  readonly browserSecret: string | undefined;
}

const wellFormed = /^hnd_[\w-]{22}$/;

/** A hand-off that still waits for somebody to sign in, in the browser that began it; refuses any other with `handoff-unknown`. */
export const getOwnHandoff = async (needs: OwnHandoffNeeds, claim: BrowserClaim): Promise<Handoff> => {
  if (!wellFormed.test(claim.handoffId)) throw new Refusal("handoff-unknown", { reason: "malformed" });
  // Checked just above.
  const handoff = await needs.stores.handoffs.find(claim.handoffId as HandoffId);
  if (handoff === undefined || handoff.mount !== needs.policy.mount)
    throw new Refusal("handoff-unknown", { reason: "unknown" });
  assertOwn(needs, handoff, claim.browserSecret);
  assertWaits(handoff, needs.clock.now());
  return handoff;
};

/** Refuses another browser than the one that began: a link or form that was sent to somebody signs nobody in. */
export const assertOwn = (
  { fingerprint }: Pick<OwnHandoffNeeds, "fingerprint">,
  { browserHash }: Handoff,
  browserSecret: string | undefined,
): void => {
  if (browserSecret === undefined || fingerprint(browserSecret) !== browserHash)
    throw new Refusal("handoff-unknown", { reason: "another-browser" });
};

const assertWaits = ({ accountId, usedAt, expiresAt }: Handoff, now: Instant): void => {
  if (usedAt !== undefined) throw new Refusal("handoff-unknown", { reason: "used" });
  if (accountId !== undefined) throw new Refusal("handoff-unknown", { reason: "bound" });
  if (now >= expiresAt) throw new Refusal("handoff-unknown", { reason: "over" });
};

/** The way back to the app. */
export interface HandoffReturn {
  readonly redirectUri: string;
  readonly tempToken: string;
  /** As the app gave it. */
  readonly clientState: string | undefined;
  /** `cancelled`: the temporary token is bound to nobody. */
  readonly outcome: "signed-in" | "cancelled";
}

export const returnOf = (
  { secrets }: { readonly secrets: Secrets },
  { id, redirectUri, sealedToken, clientState }: Handoff,
  outcome: HandoffReturn["outcome"],
): HandoffReturn => ({ redirectUri, clientState, outcome, tempToken: secrets.unseal("handoff", id, sealedToken) });
