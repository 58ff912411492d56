import type { ApiKey } from "#core/api-keys/api-key.js";
import type { IdentityProviders } from "#core/handoffs/identity-providers.js";
import type { RealmId } from "#core/ids.js";
import type { Origin } from "#core/origin.js";
import type { SessionWithAccount } from "#core/sessions/session-store.js";
import type { PendingSession } from "#core/sign-in/pending-session.js";
import type { SentHeaders } from "#http/answer.js";
import type { JsonObject } from "#http/strict-json.js";
import type { ContractNeeds } from "../contract.js";

/** What use cases get for one request of a page: bound to the realm of its path. */
export interface PageNeeds extends Omit<ContractNeeds, "realms" | "tokens" | "publishedKeys" | "identityProviders"> {
  readonly realmId: RealmId;
  identityProviders(): Promise<IdentityProviders>;
}

/** What use cases get for one request of a client application: bound to the realm of its path and to the policy of its API key. */
export interface PlatformNeeds extends PageNeeds {
  readonly apiKey: ApiKey;
}

/** In which the words of an answer are. */
export type Language = "en" | "fa" | "ru";

/** A request of a page, which no client application sends: no API key, and any body. */
export interface PageRequest extends SentHeaders {
  readonly origin: Origin;
  /** Raw bytes; empty when there is no body. */
  readonly body: Uint8Array;
  readonly query: Readonly<Record<string, unknown>>;
  /** Of the path, by name; `company` is always there. */
  readonly params: Readonly<Record<string, string>>;
  readonly language: Language;
}

/** A request whose company, key, address window, type and JSON have been checked. */
export interface PlatformRequest extends Omit<PageRequest, "body"> {
  readonly body: JsonObject;
}

/** At an endpoint of a session's state. */
export interface SessionRequestOf extends PlatformRequest {
  readonly session: PendingSession;
}

/** At an endpoint of signed-in users. */
export interface UserRequest extends PlatformRequest {
  readonly user: SessionWithAccount;
}

/** Where a session in any state will do. */
export interface TokenRequest extends PlatformRequest {
  readonly bearer: Bearer;
}

/** Whose token a request carries. */
export type Bearer =
  | { readonly kind: "session"; readonly session: PendingSession }
  | { readonly kind: "user"; readonly user: SessionWithAccount };
