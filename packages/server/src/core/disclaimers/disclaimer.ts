import type { AccountId, Instant } from "../ids.js";

/** One version of a legal text. Never changes once it is there. */
export interface Disclaimer {
  readonly code: string;
  readonly version: string;
  /** By language, at least in one. */
  readonly titles: Readonly<Record<string, string>>;
  readonly url: string;
  /** From when it has to be accepted; until then the version before it has. */
  readonly requiredFrom: Instant;
  readonly createdAt: Instant;
}

/** That somebody accepted one version. Never changes. */
export interface Acceptance {
  readonly accountId: AccountId;
  readonly code: string;
  readonly version: string;
  /** In which the texts were offered. */
  readonly language: string;
  readonly acceptedAt: Instant;
  readonly requestId: string;
}
