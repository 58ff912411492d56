import type { AccountId, HandoffId, Instant, SessionId } from "../ids.js";
import type { Handoff, ProviderVisit } from "./handoff.js";

/** Hand-offs of one realm. */
export interface HandoffStore {
  insert(handoff: Handoff): Promise<void>;
  find(id: HandoffId): Promise<Handoff | undefined>;
  /** Whatever its state, used and over ones included until they are purged. */
  findByToken(tokenHash: string): Promise<Handoff | undefined>;
  /** Those at which the account signed in, used and over ones included until they are purged. */
  listOf(accountId: AccountId): Promise<readonly Handoff[]>;
  /** Keeps a visit at a provider, in place of an earlier one: `false` when it is bound, used or over. */
  visit(id: HandoffId, visit: ProviderVisit, now: Instant): Promise<boolean>;
  /**
   * Takes the visit with this `state` for exactly one caller, who then evaluates the provider's answer; the state is spent.
   * `undefined` when it is unknown or spent, or its hand-off is bound, used or over.
   */
  return(mount: string, stateHash: string, now: Instant): Promise<Handoff | undefined>;
  /** Binds it to the account, once: `false` when it is bound, used or over. From then on it lives until `expiresAt`. */
  bind(
    id: HandoffId,
    accountId: AccountId,
    times: { readonly now: Instant; readonly expiresAt: Instant },
  ): Promise<boolean>;
  /** Exchanges it, for exactly one caller: `false` when it is unbound, used or over. */
  use(id: HandoffId, sessionId: SessionId, now: Instant): Promise<boolean>;
  /** Burns it without a session, as a wrong verifier does. */
  burn(id: HandoffId, now: Instant): Promise<void>;
  /** Drops at most `limit` that expired at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}
