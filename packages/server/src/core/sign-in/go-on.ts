import type { AccountWithIdentifiers } from "../accounts/account-store.js";
import { challengePositions } from "../factors/memorable-words.js";
import { maskAddress } from "../identities/mask-address.js";
import type { AccountId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import { type Factor, Refusal } from "../refusal.js";
import { authorize } from "./authorize.js";
import { progressOf } from "./begin-session.js";
import { factorSubject } from "./factor-subject.js";
import { stateWrong } from "./find-session.js";
import type { FlowNeeds } from "./flow-needs.js";
import { type AskedNext, askNext } from "./next-step.js";
import type { PendingSession, SessionMemory } from "./pending-session.js";
import { costsTry } from "./session-state.js";
import { sendCodeIfAllowed, sentTo } from "./send-session-code.js";
import type { NextStep, SignInProgress } from "./sign-in-progress.js";

export interface Step {
  readonly session: PendingSession;
  /** What the session knows after it. */
  readonly memory: SessionMemory;
  readonly origin: Origin;
  readonly now: Instant;
}

/** Within a transaction: moves a session on with one more factor proven. */
export const goOnWith = (
  needs: FlowNeeds,
  stores: Stores,
  { memory, proven, ...step }: Step & { readonly proven: Factor },
): Promise<SignInProgress> => {
  const { accountId } = step.session;
  if (accountId === undefined) throw new Refusal("factor-wrong", { factor: proven });
  return goOn(needs, stores, { ...step, accountId, memory: { ...memory, proven: [...memory.proven, proven] } });
};

/**
 * Within a transaction: signs in, or moves the session on to what is asked next, under a new token and for exactly one caller; everybody
 * else is refused with `session-state-wrong`, and what he wrote is undone.
 */
export const goOn = async (
  needs: FlowNeeds,
  stores: Stores,
  step: Step & { readonly accountId: AccountId },
): Promise<SignInProgress> => {
  const { session, accountId, memory, origin, now } = step;
  const found = await stores.accounts.find(accountId);
  if (found === undefined) throw new Refusal("account-gone", { accountId });
  const asked = await askNext(needs, stores, { ...found, memory, now });
  if (asked.state === "authorized") {
    // As the account was when the session began: a sign-in does not outlive a new password.
    const account = { id: accountId, passwordChangedAt: memory.passwordChangedAt };
    const done = await authorize(needs, stores, { account, accepted: memory.accepted, origin, now });
    if (!(await stores.pendingSessions.complete(session, now))) throw stateWrong(session, session.state);
    return done;
  }
  return moveOn(needs, stores, { ...step, ...found, asked });
};

type Moving = Step & AccountWithIdentifiers & { readonly asked: Exclude<AskedNext, { readonly state: "authorized" }> };

const moveOn = async (needs: FlowNeeds, stores: Stores, moving: Moving): Promise<SignInProgress> => {
  const { session, asked, origin, now } = moving;
  const token = needs.random.token(256);
  const { memory, next } = await prepare(needs, stores, moving);
  const moved = { ...session, state: asked.state, tokenHash: needs.fingerprint(token), memory };
  const to = { ...moved, givesBack: costsTry(session.state) };
  if (!(await stores.pendingSessions.advance(session, to, now))) throw stateWrong(session, session.state);
  const details = { passed: session.state, next: asked.state };
  await stores.audit.append({ at: now, kind: "sign-in-step-passed", accountId: moving.account.id, origin, details });
  return progressOf({ session: moved, token }, next);
};

/** What the next state needs to be there, and to be told. */
const prepare = async (
  needs: FlowNeeds,
  stores: Stores,
  { session, account, memory, asked, origin, now }: Moving,
): Promise<{ readonly memory: SessionMemory; readonly next: NextStep }> => {
  switch (asked.state) {
    case "checkotp": {
      const { to } = asked;
      // Without one of an earlier state.
      const { code: _, ...others } = memory;
      if (to === undefined) return { memory: others, next: {} };
      const code = { to, language: account.language, fits: "code", masked: maskAddress(to) } as const;
      await sendCodeIfAllowed(needs, stores, { session: { ...session, state: asked.state }, code, now });
      return { memory: { ...memory, code }, next: { sentTo: sentTo(code) } };
    }
    case "checkmemorable": {
      const memorablePositions = await challengePositions(
        { ...needs, stores },
        factorSubject(session, { origin, now }),
      );
      return { memory: { ...memory, memorablePositions }, next: { memorablePositions } };
    }
    case "acceptdisclaimers":
      return { memory, next: { disclaimersRequired: asked.missing } };
  }
};
