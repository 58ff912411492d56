import type { Answer } from "#http/answer.js";
import type { Endpoint } from "#http/mount.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";
import { exchangeToken } from "./exchange-token.js";
import { forgot } from "./forgot.js";
import { forgotVerify } from "./forgot-verify.js";
import { guest } from "./guest.js";
import { login } from "./login.js";
import { logout } from "./logout.js";
import { mobileLogin } from "./mobile-login.js";
import { profileDelete } from "./profile-delete.js";
import { patchProfile, putProfile, showProfile } from "./profile-update.js";
import { register } from "./register.js";
import { resend } from "./resend.js";
import { reset } from "./reset.js";
import { verify } from "./verify.js";
import { webGuest } from "./web-guest.js";
import { webRegister } from "./web-register.js";

export interface AccountRoute extends Pick<Endpoint, "name" | "method"> {
  /** With its trailing slash; it is served without as well. */
  readonly path: string;
  /** The limit per client address that counts it; endpoints that do the same share one. */
  readonly limit?: string;
  /** It asks for `Authorization: Token <key>`, told before the body is looked at. */
  readonly needsKey?: true;
  /** It hashes a password: while no more hashes are taken on, it is refused before anything is spent on it. */
  readonly hashes?: true;
  readonly answer: (needs: AccountNeeds, request: AccountRequest) => Promise<Answer>;
}

/** The endpoint table of `specs/account.md`, in its order. */
export const routes: readonly AccountRoute[] = [
  { name: "register", method: "POST", path: "/register/", limit: "register", answer: register },
  {
    name: "web-register",
    method: "POST",
    path: "/web/register/",
    limit: "register",
    hashes: true,
    answer: webRegister,
  },
  { name: "verify", method: "POST", path: "/verify/", limit: "verify", answer: verify },
  { name: "resend", method: "POST", path: "/resend/", limit: "resend", answer: resend },
  { name: "login", method: "POST", path: "/login/", limit: "login", hashes: true, answer: login },
  { name: "logout", method: "POST", path: "/logout/", needsKey: true, answer: logout },
  { name: "guest", method: "POST", path: "/guest/", limit: "guest", answer: guest },
  { name: "web-guest", method: "POST", path: "/web/guest/", limit: "guest", answer: webGuest },
  {
    name: "exchange-token",
    method: "POST",
    path: "/exchange-token/",
    limit: "exchange-token",
    answer: exchangeToken,
  },
  { name: "mobile-login", method: "GET", path: "/mobile/login/", limit: "mobile-login", answer: mobileLogin },
  { name: "profile-update", method: "GET", path: "/profile/update/", needsKey: true, answer: showProfile },
  { name: "profile-update", method: "PUT", path: "/profile/update/", needsKey: true, answer: putProfile },
  { name: "profile-update", method: "PATCH", path: "/profile/update/", needsKey: true, answer: patchProfile },
  { name: "forgot", method: "POST", path: "/forgot/", limit: "forgot", answer: forgot },
  { name: "forgot-verify", method: "POST", path: "/forgot/verify/", limit: "forgot-verify", answer: forgotVerify },
  { name: "reset", method: "POST", path: "/reset/", limit: "reset", needsKey: true, hashes: true, answer: reset },
  { name: "profile-delete", method: "DELETE", path: "/profile/delete/", needsKey: true, answer: profileDelete },
];
