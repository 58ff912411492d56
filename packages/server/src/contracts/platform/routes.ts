import type { Scope } from "#core/api-keys/key-policy.js";
import type { SessionRequest } from "#core/sign-in/session-state.js";
import type { Answer } from "#http/answer.js";
import type { Endpoint } from "#http/mount.js";
import type {
  PageNeeds,
  PageRequest,
  PlatformNeeds,
  PlatformRequest,
  SessionRequestOf,
  TokenRequest,
  UserRequest,
} from "./platform-request.js";
import { captcha } from "./captcha.js";
import { oauth } from "./oauth.js";
import { oauthUrl } from "./oauth-url.js";
import { addUserEntry, listUserEntries, removeUserEntry, showUserEntry } from "./user-entries.js";
import { showUser } from "./user.js";
import { createUsers } from "./users.js";
import { showUsersId } from "./users-id.js";

interface RouteFrame extends Pick<Endpoint, "name" | "method"> {
  /** Below `/{company_code}/v2`. */
  readonly path: string;
  /** The limit per client address that counts it; endpoints that do the same share one. `limitOf` says which where none is named. */
  readonly limit?: string;
  /** It hashes a password: while no more hashes are taken on, it is refused before anything is spent on it. */
  readonly hashes?: true;
}

/** Who may ask: what is checked before the endpoint is reached, and what it is handed. */
export type PlatformRoute =
  | (RouteFrame & {
      /** Any client application; `Authorization` is not looked at. */
      readonly access: "open";
      readonly answer: (needs: PlatformNeeds, request: PlatformRequest) => Promise<Answer>;
    })
  | (RouteFrame & {
      /** A session whose state takes this request. */
      readonly access: "session";
      readonly takes: SessionRequest;
      readonly answer: (needs: PlatformNeeds, request: SessionRequestOf) => Promise<Answer>;
    })
  | (RouteFrame & {
      /** A signed-in user. */
      readonly access: "user";
      /** Who signed in at most five minutes ago. */
      readonly isFresh?: true;
      readonly answer: (needs: PlatformNeeds, request: UserRequest) => Promise<Answer>;
    })
  | (RouteFrame & {
      /** Whoever has a token, of a session in any state or of a signed-in user. */
      readonly access: "token";
      readonly answer: (needs: PlatformNeeds, request: TokenRequest) => Promise<Answer>;
    })
  | (RouteFrame & {
      /** A server, whose signature has been verified. */
      readonly access: "signature";
      readonly scope: Scope;
      readonly answer: (needs: PlatformNeeds, request: PlatformRequest) => Promise<Answer>;
    })
  | (RouteFrame & {
      /** A browser behind a mailed link: no API key, and HTML. */
      readonly access: "page";
      readonly answer: (needs: PageNeeds, request: PageRequest) => Promise<Answer>;
    });

/** The endpoint tables of `specs/platform.md`, in their order. */
export const routes: readonly PlatformRoute[] = [
  { name: "captcha", method: "GET", path: "/auth/captcha", limit: "captcha", access: "open", answer: captcha },
  { name: "oauth", method: "POST", path: "/auth/oauth", limit: "oauth", access: "open", answer: oauth },
  {
    name: "oauth-url",
    method: "GET",
    path: "/auth/oauth/:provider/url",
    limit: "oauth",
    access: "open",
    answer: oauthUrl,
  },
  { name: "user", method: "GET", path: "/user", access: "user", answer: showUser },
  { name: "user-entries", method: "GET", path: "/user/entries", access: "user", answer: listUserEntries },
  {
    name: "user-entries",
    method: "POST",
    path: "/user/entries",
    limit: "oauth",
    access: "user",
    isFresh: true,
    answer: addUserEntry,
  },
  { name: "user-entry", method: "GET", path: "/user/entries/:id", access: "user", answer: showUserEntry },
  {
    name: "user-entry",
    method: "DELETE",
    path: "/user/entries/:id",
    access: "user",
    isFresh: true,
    answer: removeUserEntry,
  },
  {
    name: "users",
    method: "POST",
    path: "/users",
    limit: "signed",
    hashes: true,
    access: "signature",
    scope: "users.write",
    answer: createUsers,
  },
  {
    name: "users-id",
    method: "GET",
    path: "/users/:id",
    limit: "signed",
    access: "signature",
    scope: "users.read",
    answer: showUsersId,
  },
];

/** The limit per client address that counts an endpoint: answers of a session share one, signed requests another. */
export const limitOf = ({ limit, access }: PlatformRoute): string | undefined => {
  if (limit !== undefined) return limit;
  if (access === "session" || access === "page") return "check";
  return access === "signature" ? "signed" : undefined;
};
