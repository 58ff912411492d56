import { mayAct } from "../accounts/account.js";
import { primaryAddress } from "../identities/reachable-address.js";
import type { Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import { Refusal } from "../refusal.js";
import { isWellFormed } from "../sessions/find-client-session.js";
import { newPendingSession, progressOf, recordRefusedBeginning } from "../sign-in/begin-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";
import { recoveryLinkHash } from "./mail-recovery-link.js";

/** Milliseconds for which a link that is over is told from one that never was. */
const rememberedIn = 86_400_000;

/**
 * `checklink`: uses a mailed link up, for exactly one caller, and begins the session in which a new password is set. Refuses with
 * `token-invalid`, `link-invalid` and `link-expired`, and with `account-inactive`, which spends nothing.
 */
export const openRecoveryLink = async (
  needs: FlowNeeds,
  { token, origin }: { readonly token: string; readonly origin: Origin },
): Promise<SignInProgress> => {
  if (!isWellFormed(token)) throw new Refusal("token-invalid", { reason: "malformed" });
  const now = needs.clock.now();
  const tokenHash = recoveryLinkHash(needs, { clientId: needs.apiKey.id, token });
  const accountId = await needs.stores.links.find(tokenHash, "recover", now);
  if (accountId === undefined) throw await notLive(needs, tokenHash, now);
  try {
    return await needs.transaction(async (stores) => {
      if ((await stores.links.consume(tokenHash, "recover", now)) === undefined) throw linkInvalid();
      const found = await stores.accounts.find(accountId);
      if (found === undefined) throw linkInvalid();
      const { account, identifiers } = found;
      if (!mayAct(account)) throw new Refusal("account-inactive", { status: account.status, accountId });
      const begun = newPendingSession(needs, {
        state: "recovery-setpassword",
        accountId,
        memory: {
          via: "recovery",
          identifier: primaryAddress(needs, identifiers, "email") ?? {
            kind: "email",
            displayValue: "",
            normalizedValue: "",
          },
          // What was mailed came back.
          proven: ["code"],
          accepted: [],
          isBegun: true,
          passwordChangedAt: account.passwordChangedAt,
        },
        now,
      });
      await stores.pendingSessions.insert(begun.session);
      await stores.audit.append({ at: now, kind: "recovery-proven", accountId, origin, details: { by: "link" } });
      return progressOf(begun, {});
    });
  } catch (error) {
    if (error instanceof Refusal)
      await recordRefusedBeginning(needs, error, { via: "recovery", accountId, origin, now });
    throw error;
  }
};

const notLive = async ({ stores }: FlowNeeds, tokenHash: string, now: Instant): Promise<Refusal> =>
  (await stores.links.find(tokenHash, "recover", now - rememberedIn)) === undefined
    ? linkInvalid()
    : new Refusal("link-expired", { purpose: "recover" });

const linkInvalid = (): Refusal => new Refusal("link-invalid", { purpose: "recover" });
