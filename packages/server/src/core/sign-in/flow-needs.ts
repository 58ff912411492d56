import type { ApiKey } from "../api-keys/api-key.js";
import type { MountPolicy } from "../policy.js";
import type { PhoneNumbers } from "../identities/phone-numbers.js";
import type {
  Clock,
  CommonPasswords,
  Fingerprint,
  PasswordHasher,
  Random,
  Secrets,
  Stores,
  Transaction,
} from "../ports.js";

/** What every step of a sign-in, sign-up or recovery needs: bound to one realm, and to the policy of the API key with which it goes on. */
export interface FlowNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly passwords: PasswordHasher;
  readonly commonPasswords: CommonPasswords;
  readonly phoneNumbers: PhoneNumbers;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: MountPolicy;
  readonly apiKey: ApiKey;
}
