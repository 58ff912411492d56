import type { Answer } from "#http/answer.js";
import type { Endpoint } from "#http/mount.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";
import { login } from "./login.js";
import { logout } from "./logout.js";
import { me } from "./me.js";
import { refresh } from "./refresh.js";
import { register } from "./register.js";
import { verify, verifyPage } from "./verify.js";
import { wellKnownJwks } from "./well-known-jwks.js";

export interface JwtRoute extends Pick<Endpoint, "name" | "method" | "path"> {
  /** It hashes a password: while no more hashes are taken on, it is refused before anything is spent on it. */
  readonly hashes: boolean;
  /** A page may post to it: it reads forms as well, and then answers with a page. */
  readonly takesForms?: true;
  readonly answer: (needs: JwtNeeds, request: JwtRequest) => Promise<Answer>;
}

/** The endpoint table of `specs/jwt.md`, in its order. */
export const routes: readonly JwtRoute[] = [
  { name: "register", method: "POST", path: "/register", hashes: true, answer: register },
  { name: "login", method: "POST", path: "/login", hashes: true, answer: login },
  { name: "refresh", method: "POST", path: "/refresh", hashes: false, answer: refresh },
  { name: "logout", method: "POST", path: "/logout", hashes: false, answer: logout },
  { name: "me", method: "GET", path: "/me", hashes: false, answer: me },
  { name: "jwks", method: "GET", path: "/.well-known/jwks.json", hashes: false, answer: wellKnownJwks },
];

/** What mounts of the profile `hardened` have beside them, in the order of the page. */
export const hardenedRoutes: readonly JwtRoute[] = [
  { name: "verify-page", method: "GET", path: "/verify", hashes: false, answer: verifyPage },
  { name: "verify", method: "POST", path: "/verify", hashes: false, takesForms: true, answer: verify },
];
