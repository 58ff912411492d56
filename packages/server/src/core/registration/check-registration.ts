import type { ParsedIdentifier } from "../identities/email.js";
import { findProvenHolder } from "../identities/find-proven-holder.js";
import { checkPassword } from "../passwords/password-policy.js";
import type { MountPolicy } from "../policy.js";
import type { CommonPasswords, Stores } from "../ports.js";
import type { PasswordFailure } from "../refusal.js";

export interface CheckRegistrationNeeds {
  readonly commonPasswords: CommonPasswords;
  readonly stores: Pick<Stores, "accounts">;
  readonly policy: Pick<MountPolicy, "profile" | "passwords">;
}

/** What is known of a registration; fields that are no value at all are left out. */
export interface WishedRegistration {
  readonly email?: ParsedIdentifier | undefined;
  readonly fullname?: string | undefined;
  readonly password?: string | undefined;
}

export interface RegistrationFaults {
  /** Only a mount of the profile `contract` ever says so. */
  readonly isEmailTaken: boolean;
  readonly passwordFailures: readonly PasswordFailure[];
}

/**
 * What `startRegistration` would refuse, all at once, for a contract that names every failing field. Decides nothing: the same is
 * checked again when the registration is kept.
 */
export const checkRegistration = async (
  needs: CheckRegistrationNeeds,
  { email, fullname, password }: WishedRegistration,
): Promise<RegistrationFaults> => {
  const asksHolder = email !== undefined && needs.policy.profile === "contract";
  const holder = asksHolder ? await findProvenHolder(needs.stores, email.normalizedValue) : undefined;
  const context = {
    ...(email === undefined ? {} : { email: email.normalizedValue }),
    ...(fullname === undefined ? {} : { fullname }),
  };
  return {
    isEmailTaken: holder !== undefined,
    passwordFailures:
      password === undefined ? [] : checkPassword(needs.policy.passwords, password, context, needs.commonPasswords),
  };
};
