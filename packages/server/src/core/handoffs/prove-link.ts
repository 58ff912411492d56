import { mayAct } from "../accounts/account.js";
import { codeHash, codeSubject } from "../factors/draw-code.js";
import { recordRefusedGuess, takeCodeTry } from "../factors/take-code-try.js";
import { realmWideKey } from "../identities/identifier.js";
import { type AccountId, newMessageId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Random, Secrets, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { bindHandoff } from "./bind-handoff.js";
import { claimExternal } from "./external-identifier.js";
import type { IdentityProviders } from "./identity-providers.js";
import { getProof } from "./get-proof.js";
import { type BrowserClaim, type HandoffReturn, type OwnHandoffNeeds, returnOf } from "./own-handoff.js";

export interface ProveLinkNeeds extends OwnHandoffNeeds {
  readonly random: Random;
  readonly secrets: Secrets;
  readonly transaction: Transaction;
  readonly identityProviders: IdentityProviders;
  readonly policy: MountPolicy;
}

/** Milliseconds after which nobody needs to be told any more. */
const noticeLivesIn = 86_400_000;

/**
 * Links the identity that waits in this hand-off to the owner of its address, by the code in the owner's mail, and signs him in.
 * The guess is counted before it is compared, against the code and against the owner; a refused one leaves the form as it is.
 */
export const proveLink = async (
  needs: ProveLinkNeeds,
  command: BrowserClaim & { readonly code: string; readonly origin: Origin },
): Promise<HandoffReturn> => {
  const { origin } = command;
  const { handoff, provider, subject: external, email, accountId } = await getProof(needs, command);
  // It may have been taken from the configuration since.
  const title = needs.identityProviders.all.find(({ name }) => name === provider)?.title;
  if (title === undefined) throw new Refusal("handoff-refused", { reason: "provider" });
  const now = needs.clock.now();
  const subject = codeSubject(needs, { purpose: "identity-link", owner: handoff.id });
  const { outcome, giveBack } = await takeCodeTry(needs, { subject, identity: accountId, now });
  try {
    if (outcome !== "counted") throw refusalOf(outcome, accountId);
    await needs.transaction(async (stores) => {
      if (!(await stores.codes.consume(subject, codeHash(needs, subject, command.code), now)))
        throw new Refusal("code-wrong", { purpose: "identity-link", wasEvaluated: true, accountId });
      const [owner] = await stores.accounts.findByLiveKeys([realmWideKey("email", email.normalizedValue)]);
      // The address or the account may have changed hands or state since the code was sent, or needs more than a code now.
      if (owner?.account.id !== accountId || !mayAct(owner.account) || owner.hasSecondFactor)
        throw new Refusal("account-changed", { accountId });
      await claimExternal(needs, stores, { provider, subject: external, accountId, now });
      await bindHandoff(stores, { handoff, accountId, by: provider, origin, now });
      await giveBack(stores);
      await stores.audit.append({ at: now, kind: "identity-linked", accountId, origin, details: { provider } });
      await stores.outbox.append({
        id: newMessageId(needs.random),
        channel: "mail",
        to: owner.identifier.displayValue,
        language: owner.account.language,
        letter: { kind: "identity-linked", provider: title, at: now },
        accountId,
        createdAt: now,
        expiresAt: now + noticeLivesIn,
        fate: "send",
      });
    });
  } catch (error) {
    if (error instanceof Refusal) await recordRefusedGuess(needs, error, { accountId, origin, now });
    throw error;
  }
  return returnOf(needs, handoff, "signed-in");
};

const refusalOf = (outcome: "spent" | "over" | "absent", accountId: AccountId): Refusal => {
  const purpose = "identity-link";
  if (outcome === "spent") return new Refusal("code-wrong", { purpose, wasEvaluated: false, accountId });
  if (outcome === "over") return new Refusal("code-expired", { purpose });
  return new Refusal("code-unknown", { purpose, reason: "absent" });
};
