import type { ApiKey } from "#core/api-keys/api-key.js";
import type { IdentityProviders } from "#core/handoffs/identity-providers.js";
import type { RealmId } from "#core/ids.js";
import type { Origin } from "#core/origin.js";
import type { SessionWithAccount } from "#core/sessions/session-store.js";
import type { PendingSession } from "#core/sign-in/pending-session.js";
import type { JsonObject } from "#http/strict-json.js";
import type { ContractNeeds } from "../contract.js";

/** What use cases get for one request: bound to the realm of its path and to the policy of its API key. */
export interface PlatformNeeds
  extends Omit<ContractNeeds, "realms" | "tokens" | "publishedKeys" | "identityProviders"> {
  readonly realmId: RealmId;
  readonly apiKey: ApiKey;
  identityProviders(): Promise<IdentityProviders>;
}

/** In which the words of an answer are. */
export type Language = "en" | "fa" | "ru";

/** A request whose company, key, address window, type and JSON have been checked. */
export interface PlatformRequest {
  readonly origin: Origin;
  readonly body: JsonObject;
  readonly query: Readonly<Record<string, unknown>>;
  /** Of the path, by name. */
  readonly params: Readonly<Record<string, string>>;
  readonly language: Language;
  /** A header that was sent exactly once. */
  header(name: string): string | undefined;
}

/** At an endpoint of a session's state. */
export interface SessionRequestOf extends PlatformRequest {
  readonly session: PendingSession;
}

/** At an endpoint of signed-in users. */
export interface UserRequest extends PlatformRequest {
  readonly user: SessionWithAccount;
}
