import type { AccountId, IdentifierId, Instant } from "../ids.js";
import type { IdentifierKind } from "../refusal.js";

/** What an account is found by. */
export interface Identifier {
  readonly id: IdentifierId;
  readonly accountId: AccountId;
  readonly kind: IdentifierKind;
  /** As the user wrote it. */
  readonly displayValue: string;
  /** What is compared. */
  readonly normalizedValue: string;
  /** When its holder proved it; an unproven one works only on the mount that made it. */
  readonly provenAt: Instant | undefined;
  /** The mount that made it. */
  readonly mount: string;
  readonly isPrimary: boolean;
  /** `undefined` once its account is deleted, so that the value is free. */
  readonly liveKey: string | undefined;
  readonly createdAt: Instant;
}

/** The live key of a proven e-mail, or of a username: one holder in the realm. */
export const realmWideKey = (kind: IdentifierKind, normalizedValue: string): string => `${kind}=${normalizedValue}`;

/** The live key of an unproven e-mail: one holder on the mount, and no obstacle to whoever proves it. */
export const mountKey = (kind: IdentifierKind, mount: string, normalizedValue: string): string =>
  `${kind}@${mount}=${normalizedValue}`;

/** Where an e-mail is looked up for sign-in on a mount: its proven holder first. */
export const emailKeys = (mount: string, normalizedEmail: string): readonly [proven: string, unproven: string] => [
  realmWideKey("email", normalizedEmail),
  mountKey("email", mount, normalizedEmail),
];

/** The live key that this identifier has while its account is live. */
export const liveKeyOf = (identifier: Pick<Identifier, "kind" | "mount" | "normalizedValue" | "provenAt">): string =>
  identifier.kind === "device" || (identifier.kind === "email" && identifier.provenAt === undefined)
    ? mountKey(identifier.kind, identifier.mount, identifier.normalizedValue)
    : realmWideKey(identifier.kind, identifier.normalizedValue);
