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
import { signup } from "./signup.js";
import { signupCheckotp } from "./signup-checkotp.js";
import { signupSetpassword } from "./signup-setpassword.js";
import { login } from "./login.js";
import { checkpassword } from "./checkpassword.js";
import { checkotp } from "./checkotp.js";
import { resendotp } from "./resendotp.js";
import { checkmemorable } from "./checkmemorable.js";
import { acceptdisclaimers } from "./acceptdisclaimers.js";
import { logout } from "./logout.js";
import { recoveryRecover } from "./recovery-recover.js";
import { recoveryCheckotp } from "./recovery-checkotp.js";
import { recoveryCheckquestion } from "./recovery-checkquestion.js";
import { recoveryChecklink } from "./recovery-checklink.js";
import { recoverySetpassword } from "./recovery-setpassword.js";
import { cancelRecovery, showCancelRecovery } from "./cancel-recovery.js";
import { cancelRecoveryPath, recoverPath } from "./mailed-links.js";
import { recover, showRecover } from "./recover.js";
import { showUser } from "./user.js";
import { postUserBackupcodes } from "./user-backupcodes.js";
import { putUserControlquestion } from "./user-controlquestion.js";
import { putUserMemorable } from "./user-memorable.js";
import { putUserPassword } from "./user-password.js";
import { putUserSecondfactor } from "./user-secondfactor.js";
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
  { name: "signup", method: "POST", path: "/auth/signup", limit: "signup", access: "open", answer: signup },
  {
    name: "signup-checkotp",
    method: "POST",
    path: "/auth/signup/checkotp",
    access: "session",
    takes: "signup-checkotp",
    answer: signupCheckotp,
  },
  {
    name: "signup-setpassword",
    method: "POST",
    path: "/auth/signup/setpassword",
    hashes: true,
    access: "session",
    takes: "signup-setpassword",
    answer: signupSetpassword,
  },
  { name: "login", method: "POST", path: "/auth/login", limit: "login", access: "open", answer: login },
  {
    name: "checkpassword",
    method: "POST",
    path: "/auth/checkpassword",
    hashes: true,
    access: "session",
    takes: "checkpassword",
    answer: checkpassword,
  },
  {
    name: "checkotp",
    method: "POST",
    path: "/auth/checkotp",
    access: "session",
    takes: "checkotp",
    answer: checkotp,
  },
  {
    name: "resendotp",
    method: "POST",
    path: "/auth/resendotp",
    limit: "resend",
    access: "session",
    takes: "resendotp",
    answer: resendotp,
  },
  {
    name: "checkmemorable",
    method: "POST",
    path: "/auth/checkmemorable",
    access: "session",
    takes: "checkmemorable",
    answer: checkmemorable,
  },
  {
    name: "acceptdisclaimers",
    method: "POST",
    path: "/auth/acceptdisclaimers",
    access: "session",
    takes: "acceptdisclaimers",
    answer: acceptdisclaimers,
  },
  { name: "oauth", method: "POST", path: "/auth/oauth", limit: "oauth", access: "open", answer: oauth },
  {
    name: "oauth-url",
    method: "GET",
    path: "/auth/oauth/:provider/url",
    limit: "oauth",
    access: "open",
    answer: oauthUrl,
  },
  { name: "logout", method: "POST", path: "/auth/logout", access: "token", answer: logout },
  {
    name: "recovery-recover",
    method: "POST",
    path: "/auth/recovery/recover",
    limit: "recovery",
    access: "open",
    answer: recoveryRecover,
  },
  {
    name: "recovery-checkotp",
    method: "POST",
    path: "/auth/recovery/checkotp",
    access: "session",
    takes: "recovery-checkotp",
    answer: recoveryCheckotp,
  },
  {
    name: "recovery-checkquestion",
    method: "POST",
    path: "/auth/recovery/checkquestion",
    hashes: true,
    access: "session",
    takes: "recovery-checkquestion",
    answer: recoveryCheckquestion,
  },
  {
    name: "recovery-checklink",
    method: "POST",
    path: "/auth/recovery/checklink",
    limit: "check",
    access: "open",
    answer: recoveryChecklink,
  },
  {
    name: "recovery-setpassword",
    method: "POST",
    path: "/auth/recovery/setpassword",
    hashes: true,
    access: "session",
    takes: "recovery-setpassword",
    answer: recoverySetpassword,
  },
  { name: "recover-form", method: "GET", path: recoverPath, access: "page", answer: showRecover },
  { name: "recover", method: "POST", path: recoverPath, hashes: true, access: "page", answer: recover },
  { name: "cancel-recovery-form", method: "GET", path: cancelRecoveryPath, access: "page", answer: showCancelRecovery },
  { name: "cancel-recovery", method: "POST", path: cancelRecoveryPath, access: "page", answer: cancelRecovery },
  { name: "user", method: "GET", path: "/user", access: "user", answer: showUser },
  {
    name: "user-password",
    method: "PUT",
    path: "/user/password",
    limit: "change",
    hashes: true,
    access: "user",
    isFresh: true,
    answer: putUserPassword,
  },
  {
    name: "user-controlquestion",
    method: "PUT",
    path: "/user/controlquestion",
    limit: "change",
    hashes: true,
    access: "user",
    isFresh: true,
    answer: putUserControlquestion,
  },
  {
    name: "user-memorable",
    method: "PUT",
    path: "/user/memorable",
    limit: "change",
    access: "user",
    isFresh: true,
    answer: putUserMemorable,
  },
  {
    name: "user-backupcodes",
    method: "POST",
    path: "/user/backupcodes",
    limit: "change",
    hashes: true,
    access: "user",
    isFresh: true,
    answer: postUserBackupcodes,
  },
  {
    name: "user-secondfactor",
    method: "PUT",
    path: "/user/secondfactor",
    limit: "change",
    access: "user",
    isFresh: true,
    answer: putUserSecondfactor,
  },
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
