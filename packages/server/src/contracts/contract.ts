import type { IdentityProviders } from "#core/handoffs/identity-providers.js";
import type { AddressWindows } from "#core/limits/address-windows.js";
import type { Captchas } from "#core/captcha/captchas.js";
import type { Realms } from "#core/realms/realms.js";
import type { MountPolicy } from "#core/policy.js";
import type { PhoneNumbers } from "#core/identities/phone-numbers.js";
import type {
  AddressRanges,
  Clock,
  CommonPasswords,
  Fingerprint,
  PasswordHasher,
  PublishedKeys,
  Random,
  RequestSignatures,
  Secrets,
  Stores,
  Tokens,
  Transaction,
} from "#core/ports.js";
import type { Mount } from "#http/mount.js";

/** Where a contract is mounted. */
export interface Place {
  readonly prefix: string;
  readonly host: string | undefined;
  readonly corsOrigins: readonly string[];
}

/** All that a contract may hand to use cases; bound to its mount's realm and policy. */
export interface ContractNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly phoneNumbers: PhoneNumbers;
  readonly addressRanges: AddressRanges;
  readonly signatures: RequestSignatures;
  readonly tokens: Tokens;
  readonly publishedKeys: PublishedKeys;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly windows: AddressWindows;
  /** At which people may sign in on this mount. */
  readonly identityProviders: IdentityProviders;
  readonly policy: MountPolicy;
  /** For a contract that finds the realm in its path; the others are bound to one. */
  readonly realms: Realms;
  readonly captchas: Captchas;
}

/** A published API in front of the core: the only place that knows its paths, fields, statuses and messages. */
export interface Contract {
  readonly name: string;
  mount(place: Place, needs: ContractNeeds): Mount;
}
