import type { Account } from "../accounts/account.js";
import { type AccountView, getAccountView } from "../accounts/account-view.js";
import { type AccountId, type Instant, keySessionId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Fingerprint, Random, Stores, Transaction } from "../ports.js";
import { keepSession, newSession } from "./keep-session.js";
import type { Session } from "./session.js";

export interface KeyNeeds {
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  readonly policy: Pick<MountPolicy, "mount" | "sessions">;
}

export interface OpenKeyNeeds extends KeyNeeds {
  readonly transaction: Transaction;
}

/** A key of a caller, and the session that it opens. Only the key's SHA-256 is kept. */
export interface Key {
  readonly key: string;
  readonly session: Session;
}

export interface OpenedKey extends Key {
  /** Of whose it is, as the transaction left it. */
  readonly view: AccountView;
}

export interface OpenKeyCommand {
  /** As it was read when the sign-in began. */
  readonly account: Pick<Account, "id" | "passwordChangedAt">;
  readonly origin: Origin;
  readonly now: Instant;
  /** What the sign-in itself has to write in the same transaction; what it throws undoes all. */
  readonly alongside?: (stores: Stores, session: Session) => Promise<void>;
}

/** Opens a key for an account whose sign-in is complete; refuses with `account-changed`. It is given out only after it is durable. */
export const openKey = async (needs: OpenKeyNeeds, command: OpenKeyCommand): Promise<OpenedKey> => {
  const { account, origin, now, alongside } = command;
  const opened = keySession(needs, { accountId: account.id, origin, now });
  const view = await needs.transaction(async (stores) => {
    await keepSession(stores, account, { session: opened.session, origin });
    await alongside?.(stores, opened.session);
    return getAccountView(stores, account.id);
  });
  return { ...opened, view };
};

/** A key and its session, kept by nobody yet. Its refresh chain is one that nobody holds. */
export const keySession = (
  needs: KeyNeeds,
  command: { readonly accountId: AccountId; readonly origin: Origin; readonly now: Instant },
): Key => {
  const key = needs.random.token(256);
  return { key, session: newSession(needs, { ...command, id: keySessionId(needs.fingerprint(key)), rotates: false }) };
};
