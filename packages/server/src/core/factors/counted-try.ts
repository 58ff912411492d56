import type { MountPolicy } from "../policy.js";
import type { PasswordHasher, Secrets, Stores } from "../ports.js";

export interface FactorNeeds {
  readonly secrets: Secrets;
  readonly passwords: PasswordHasher;
  readonly stores: Stores;
  readonly policy: Pick<MountPolicy, "mount" | "signIn" | "codes">;
}

/** A try that a factor's own row has given, before anything was compared. */
export interface CountedTry {
  /** The subject in whose row it was counted. */
  readonly row: string;
  /** Given by a device on which the owner signed in lately, beside the identity's budget. */
  readonly isBeside: boolean;
  readonly evaluate: () => Promise<Evaluation>;
}

export type Evaluation =
  /** `alongside`: uses up what is good once, gives the try back to its row. */
  | { readonly kind: "right"; readonly alongside: (stores: Stores) => Promise<void> }
  | { readonly kind: "wrong" }
  /** There was nothing to compare with: a code that is not there, over or out of tries. */
  | { readonly kind: "void"; readonly reason: string };
