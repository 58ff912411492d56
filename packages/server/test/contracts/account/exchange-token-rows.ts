import { createHash } from "node:crypto";
import { openBrowser, type Visit } from "../../identity-providers/browser.js";
import { appUri, cancelOn, signInOn, type Started, tempTokenIn } from "../../identity-providers/handoff-page.js";
import type { Sent } from "../stage.js";
import { type Row, rowsFor } from "./row.js";
import type { Member, Stage } from "./stage.js";

const path = "/exchange-token/";
const missing = "توکن ارسال نشده است";
const unknown = "توکن نامعتبر یا منقضی شده است";
const unbound = "توکن نامعتبر است";
const gone = "کاربر یافت نشد";
const denied = "You do not have permission to perform this action.";

/** A verifier, and its challenge (RFC 7636). */
export const verifier = "a-verifier-of-the-app-0123456789-abcdefghijklm";
export const challenge = createHash("sha256").update(verifier).digest("base64url");

/** A browser at the sign-in page of this stage's mount. */
export const startAt = async (stage: Stage, query: Readonly<Record<string, string>> = {}): Promise<Started> => {
  const browser = openBrowser();
  const prefix = `${stage.language === "fa" ? "/fa" : ""}/${stage.mountName.replace(/-fa$/, "")}`;
  const parameters = new URLSearchParams({ redirect_uri: appUri, ...query });
  const visit: Visit = await browser.get(`${stage.server.origin(prefix)}/mobile/login/?${parameters}`);
  return { ...visit, browser };
};

/** A temporary token for which somebody has signed in. */
export const boundToken = async (
  stage: Stage,
  { person }: Pick<Member, "person">,
  query: Readonly<Record<string, string>> = {},
): Promise<string> => tempTokenIn(await signInOn(await startAt(stage, query), person));

/** Somebody whose sign-ins here are not another row's. */
const owner = (stage: Stage): Promise<Member> => stage.shared("owner of tokens", () => stage.enter());

/** A temporary token for which the sign-in was cancelled. */
export const cancelledToken = async (stage: Stage, query: Readonly<Record<string, string>> = {}): Promise<string> =>
  tempTokenIn(await cancelOn(await startAt(stage, query)));

/** As if so many milliseconds had passed since the token was made and bound. */
export const ageToken = async (stage: Stage, token: string, agedIn: number): Promise<void> => {
  const hash = createHash("sha256").update(token).digest("base64url");
  const columns = ["created_at", "expires_at", "bound_at"].map((column) => `${column} = ${column} - ${agedIn}`);
  await stage.sql(`update handoff set ${columns.join(", ")} where token_hash = '${hash}'`);
};

const sending = (json: Readonly<Record<string, unknown>>): Sent => ({ path, json });
const form = (body: string): Sent => ({
  path,
  body,
  headers: { "content-type": "application/x-www-form-urlencoded" },
});
const withChallenge = async (stage: Stage): Promise<string> =>
  boundToken(stage, await owner(stage), { code_challenge: challenge });

/** An account that signed in, and was then changed by an administrator. */
const afterwards = (command: "restrict" | "deny" | "close" | "delete") => async (stage: Stage) => {
  const member = await stage.enter();
  const token = await boundToken(stage, member);
  await stage.cli("user", command, member.person.email);
  return sending({ temp_token: token });
};

export const exchangeTokenRows: readonly Row[] = [
  ...rowsFor(
    "exchange-token",
    400,
    undefined,
    missing,
  )({
    "the body is empty": { path, method: "POST" },
    "temp_token is absent": sending({}),
    "temp_token is null": sending({ temp_token: null }),
    "temp_token is empty": sending({ temp_token: "" }),
    "temp_token is blank": sending({ temp_token: " \t\n" }),
    "temp_token is a list": sending({ temp_token: ["x"] }),
    "temp_token is an object": sending({ temp_token: { x: 1 } }),
    "temp_token is true": sending({ temp_token: true }),
    "temp_token is empty in a form": form("temp_token="),
    "the token has another name": sending({ token: "x" }),
    "the token stands in the query": { path: `${path}?temp_token=x`, json: {} },
  }),
  ...rowsFor(
    "exchange-token",
    404,
    undefined,
    unknown,
  )({
    "the token is unknown": sending({ temp_token: "A".repeat(43) }),
    "the token is a number": sending({ temp_token: 1 }),
    "the token has 60,000 letters": sending({ temp_token: "a".repeat(60_000) }),
    "the token is a statement": sending({ temp_token: "' or 1=1 --" }),
    "the token has a NUL": sending({ temp_token: "a\u0000" }),
    "the token is unknown, in a form": form("temp_token=x"),
    "the token has been exchanged": async (stage) => {
      const token = await boundToken(stage, await owner(stage));
      await stage.ask(sending({ temp_token: token }));
      return sending({ temp_token: token });
    },
    "the token is over since a minute passed": async (stage) => {
      const token = await boundToken(stage, await owner(stage));
      await ageToken(stage, token, 60_000);
      return sending({ temp_token: token });
    },
    "the token is over, and the clock was set back": async (stage) => {
      const token = await boundToken(stage, await owner(stage));
      await ageToken(stage, token, 61_000);
      await stage.ask(sending({ temp_token: token }));
      await ageToken(stage, token, -3_600_000);
      return sending({ temp_token: token });
    },
    "the token was bound in a time to come": async (stage) => {
      const token = await boundToken(stage, await owner(stage));
      await ageToken(stage, token, -3_600_000);
      return sending({ temp_token: token });
    },
    "nobody signed in within ten minutes": async (stage) => {
      const token = await cancelledToken(stage);
      await ageToken(stage, token, 600_000);
      return sending({ temp_token: token });
    },
    "the token is another mount's": async (stage) => {
      const other = stage.at({ mount: "hardened" });
      const token = await boundToken(other, await other.enter(), { code_challenge: challenge });
      return sending({ temp_token: token, code_verifier: verifier });
    },
    "the verifier is missing": async (stage) => sending({ temp_token: await withChallenge(stage) }),
    "the verifier is null": async (stage) => sending({ temp_token: await withChallenge(stage), code_verifier: null }),
    "the verifier is blank": async (stage) => sending({ temp_token: await withChallenge(stage), code_verifier: " " }),
    "the verifier is wrong": async (stage) =>
      sending({ temp_token: await withChallenge(stage), code_verifier: verifier.toUpperCase() }),
    "the verifier is the challenge": async (stage) =>
      sending({ temp_token: await withChallenge(stage), code_verifier: challenge }),
    "the verifier is a list": async (stage) =>
      sending({ temp_token: await withChallenge(stage), code_verifier: [verifier] }),
    "the verifier has a character that none has": async (stage) =>
      sending({ temp_token: await withChallenge(stage), code_verifier: `${verifier}+` }),
    "there is a verifier, and was no challenge: the token was planted": async (stage) =>
      sending({ temp_token: await boundToken(stage, await owner(stage)), code_verifier: verifier }),
    "the verifier is right, after a wrong one": async (stage) => {
      const token = await withChallenge(stage);
      await stage.ask(sending({ temp_token: token, code_verifier: "x".repeat(43) }));
      return sending({ temp_token: token, code_verifier: verifier });
    },
    "the verifier is missing, and nobody has signed in": async (stage) =>
      sending({ temp_token: await cancelledToken(stage, { code_challenge: challenge }) }),
    "the password was changed since": async (stage) => {
      const member = await stage.enter();
      const token = await boundToken(stage, member);
      const recovery = await stage.recover(member.person.email);
      const reset = await stage.ask({
        path: "/reset/",
        json: { password: "Another-Horse-8-battery" },
        headers: { authorization: `Token ${recovery}` },
      });
      if (reset.status !== 200) throw new Error(reset.text);
      return sending({ temp_token: token });
    },
  }),
  ...rowsFor(
    "exchange-token",
    400,
    undefined,
    unbound,
  )({
    "the sign-in was cancelled": async (stage) => sending({ temp_token: await cancelledToken(stage) }),
    "the sign-in was cancelled, in a form": async (stage) =>
      form(new URLSearchParams({ temp_token: await cancelledToken(stage) }).toString()),
    "the sign-in was cancelled, and the verifier is right": async (stage) =>
      sending({ temp_token: await cancelledToken(stage, { code_challenge: challenge }), code_verifier: verifier }),
    "the token was tried before": async (stage) => {
      const token = await cancelledToken(stage);
      await stage.ask(sending({ temp_token: token }));
      return sending({ temp_token: token });
    },
    "the token is a second short of ten minutes": async (stage) => {
      const token = await cancelledToken(stage);
      await ageToken(stage, token, 590_000);
      return sending({ temp_token: token });
    },
  }),
  ...rowsFor(
    "exchange-token",
    404,
    undefined,
    gone,
  )({
    "the account has been deleted": afterwards("delete"),
    "the account has been closed": afterwards("close"),
    "the account has deleted itself": async (stage) => {
      const member = await stage.enter();
      const token = await boundToken(stage, member);
      const deleted = await stage.ask({
        path: "/profile/delete/",
        method: "DELETE",
        headers: { authorization: `Token ${member.key}` },
      });
      if (deleted.status !== 200) throw new Error(deleted.text);
      return sending({ temp_token: token });
    },
  }),
  ...rowsFor(
    "exchange-token",
    403,
    undefined,
    denied,
  )({
    "the account has been restricted": afterwards("restrict"),
    "the account has been denied": afterwards("deny"),
  }),
];
