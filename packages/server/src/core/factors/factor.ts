import type { AccountId, Instant, SignInId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Stores } from "../ports.js";
import type { CodePurpose } from "../refusal.js";

/** Whose factor is asked for. */
export interface FactorSubject {
  /** `undefined`: nobody is there, and every answer is wrong, in the same steps. */
  readonly accountId: AccountId | undefined;
  /** Whose tries they are, where the answer is nobody's: it is he who is told of a lock. */
  readonly holder?: AccountId | undefined;
  /** Whose tries are counted: the account's id, or what was asked for, such as `phone:+98…`. */
  readonly identity: string;
  /** Whose code it is, where a code was sent for a session. */
  readonly sessionId: SignInId;
  readonly origin: Origin;
  readonly now: Instant;
}

/** What a session's code is for; one that was sent for another purpose is wrong. */
export type SessionCodePurpose = Extract<CodePurpose, "sign-in" | "recovery" | "registration">;

/** An answer as it was sent; its form has been checked by the contract. */
export type FactorAnswer =
  | { readonly factor: "password"; readonly password: string }
  | { readonly factor: "code"; readonly code: string; readonly purpose: SessionCodePurpose }
  | { readonly factor: "backup-code"; readonly code: string }
  /** Letters by position, the first being 1. `positions`: those that its session was asked for. */
  | {
      readonly factor: "memorable";
      readonly letters: ReadonlyMap<number, string>;
      readonly positions: readonly number[];
    }
  | { readonly factor: "control-answer"; readonly answer: string };

/** A right answer. */
export interface ProvenFactor {
  /**
   * To be written in the transaction that goes on: uses up what is good once (and throws `factor-wrong` when somebody else was faster),
   * gives the counted try back.
   */
  readonly alongside: (stores: Stores) => Promise<void>;
  /** The right answer led nowhere, and what was written alongside is undone: gives the counted try back, since nothing was guessed. */
  readonly withdraw: () => Promise<void>;
}
