import type { Origin } from "../origin.js";
import type { Clock, Fingerprint, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";

export interface StopRecoveryNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
}

/** What is kept of the token of a link that stops a recovery. */
export const cancelLinkHash = ({ fingerprint }: Pick<StopRecoveryNeeds, "fingerprint">, token: string): string =>
  fingerprint(`cancel-recovery ${token}`);

/** Whether the link still works; spends nothing, so that a mail scanner's GET stops nothing. */
export const isCancelLinkLive = async (
  needs: Pick<StopRecoveryNeeds, "clock" | "fingerprint" | "stores">,
  token: string,
): Promise<boolean> =>
  (await needs.stores.links.find(cancelLinkHash(needs, token), "cancel-recovery", needs.clock.now())) !== undefined;

/**
 * An owner's stop of a recovery that he did not ask for: every session of his account that is under way ends, the recovery among them.
 * Refuses with `link-invalid`.
 */
export const stopRecovery = async (
  needs: StopRecoveryNeeds,
  { token, origin }: { readonly token: string; readonly origin: Origin },
): Promise<void> => {
  const now = needs.clock.now();
  await needs.transaction(async ({ links, pendingSessions, audit }) => {
    const accountId = await links.consume(cancelLinkHash(needs, token), "cancel-recovery", now);
    if (accountId === undefined) throw new Refusal("link-invalid", { purpose: "cancel-recovery" });
    const ended = await pendingSessions.endAll(accountId, undefined, now);
    await audit.append({ at: now, kind: "recovery-cancelled", accountId, origin, details: { ended } });
  });
};
