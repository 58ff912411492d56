import type { OutgoingHttpHeaders } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { respelled, retouched, signedByPublicKey, signedByStranger, tampered, unsigned } from "./forged-token.js";
import { outsider } from "./login-rows.js";
import { type Row, rowsFor } from "./row.js";
import type { Sent } from "../stage.js";
import { bearing, claimsOf, type Member, type Stage } from "./stage.js";

/** An endpoint that asks for a token, and the kind it takes in these rows. */
export interface TokenEndpoint {
  readonly name: "refresh" | "logout" | "me";
  readonly method: "GET" | "POST";
  readonly takes: "access" | "refresh";
}

/** What the stage of these rows serves beside `/auth`. */
export const tokenMounts = [
  { contract: "jwt", prefix: "/auth" },
  { contract: "jwt", name: "other", prefix: "/other" },
  /** Tokens of two seconds, in sessions that last. */
  { contract: "jwt", name: "brief", prefix: "/brief", lifetimes: { access: "2s", refresh: "2s" } },
  /** Sessions that are idle after a second, with tokens that would last. */
  { contract: "jwt", name: "idle", prefix: "/idle", lifetimes: { sessionIdle: "1s" } },
  /** Sessions of two seconds. */
  {
    contract: "jwt",
    name: "short",
    prefix: "/short",
    lifetimes: { access: "1s", sessionIdle: "2s", sessionAbsolute: "2s" },
  },
];

/** Waits until the token's own time is over, by the clock that it was made by. */
const expiry = async (token: string): Promise<void> => {
  const left = Number(claimsOf(token)["exp"]) * 1000 - Date.now();
  await delay(Math.max(0, left) + 20);
};

/** Every row about tokens, at one endpoint. */
export const tokenRows = ({ name, method, takes }: TokenEndpoint): readonly Row[] => {
  const path = `/${name}`;
  const sending = (headers: OutgoingHttpHeaders, prefix = "/auth"): Sent => ({ path, method, headers, prefix });
  const own = (stage: Stage): Promise<Member> => stage.shared("token owner", () => stage.enter());
  const forged = (forge: (token: string, stage: Stage) => string | Promise<string>) => async (stage: Stage) =>
    sending(bearing(await forge((await own(stage))[takes], stage)));
  const other = takes === "access" ? "refresh" : "access";
  const ofMount = (prefix: string) => (stage: Stage) =>
    stage.shared(`member of ${prefix}`, () => stage.enter({ prefix }));

  const missing = rowsFor(
    name,
    401,
    "Token is missing or improperly formatted",
  )(
    {
      "there is no Authorization": sending({}),
      "Authorization is empty": sending({ authorization: "" }),
      "it says Bearer and no more": sending({ authorization: "Bearer" }),
      "it says Bearer and blanks": sending({ authorization: "Bearer   " }),
      "the scheme is another": async (stage) => sending({ authorization: `Token ${(await own(stage))[takes]}` }),
      "the scheme is Basic": sending({ authorization: "Basic YWRhOmFkYQ==" }),
      "there is no scheme": async (stage) => sending({ authorization: (await own(stage))[takes] }),
      "there is no blank behind the scheme": async (stage) =>
        sending({ authorization: `Bearer${(await own(stage))[takes]}` }),
      "a tab stands for the blank": async (stage) => sending({ authorization: `Bearer\t${(await own(stage))[takes]}` }),
      "there are two tokens": async (stage) => sending({ authorization: `Bearer ${(await own(stage))[takes]} x` }),
      "there are two headers": async (stage) => {
        const { authorization } = bearing((await own(stage))[takes]);
        return sending({ authorization: [authorization, authorization] as unknown as string });
      },
      "the token stands in the query": async (stage) => ({
        path: `${path}?access_token=${(await own(stage))[takes]}`,
        method,
      }),
      "the token stands in a cookie": async (stage) => sending({ cookie: `access_token=${(await own(stage))[takes]}` }),
    },
    { headers: { "www-authenticate": "Bearer" } },
  );

  const invalid = rowsFor(
    name,
    401,
    "Invalid token",
  )(
    {
      "the token is a word": sending(bearing("x")),
      "the token is two dots": sending(bearing("..")),
      "the token has 8,000 letters": sending(bearing("e".repeat(8000))),
      "its signature is cut off": forged((token) => token.slice(0, token.lastIndexOf("."))),
      "its signature is empty": forged((token) => token.slice(0, token.lastIndexOf(".") + 1)),
      "a bit of its signature is turned": forged(tampered),
      "its signature is spelled another way": forged(respelled),
      "its signature is another token's": forged((token, stage) =>
        own(stage).then((member) => `${token.slice(0, token.lastIndexOf("."))}.${member[other].split(".")[2] ?? ""}`),
      ),
      "its end is put off": forged((token) => retouched(token, { claims: { exp: 9_999_999_999 } })),
      "its subject is another": forged((token) =>
        retouched(token, { claims: { sub: "acc_00000000-0000-7000-8000-000000000000" } }),
      ),
      "its kind is rewritten": forged((_, stage) =>
        own(stage).then((member) => retouched(member[other], { claims: { token_type: takes } })),
      ),
      "its algorithm is none": forged((token) => unsigned(token)),
      "its algorithm is nOnE": forged((token) => unsigned(token, "nOnE")),
      "its algorithm is another": forged((token) => retouched(token, { header: { alg: "ES512" } })),
      "it is signed with the public key": forged((token, stage) => signedByPublicKey(stage, token)),
      "it is signed with a key it brings along": forged(signedByStranger),
      "its key is unknown": forged((token) => retouched(token, { header: { kid: `key_${"A".repeat(22)}` } })),
      "its key's name is a path": forged((token) => retouched(token, { header: { kid: "../../../etc/passwd" } })),
      "its key's name is a statement": forged((token) => retouched(token, { header: { kid: "' or 1=1 --" } })),
      "a part of it is critical and unknown": forged((token) => retouched(token, { header: { crit: ["x"], x: 1 } })),
      ...(name === "logout"
        ? {}
        : {
            [`it is ${other === "access" ? "an access" : "a refresh"} token`]: async (stage: Stage) =>
              sending(bearing((await own(stage))[other])),
          }),
      "it is another mount's": async (stage) => sending(bearing((await ofMount("/other")(stage))[takes])),
      "its session has ended": async (stage) => {
        const member = await stage.enter();
        await stage.ask({ path: "/logout", method: "POST", headers: bearing(member.access) });
        return sending(bearing(member[takes]));
      },
      "an administrator ended its session": async (stage) => {
        const member = await stage.shared("thrown out", () => stage.enter());
        await stage.shared("throwing out", () => stage.cli("user", "end-sessions", member.registration.email));
        return sending(bearing(member[takes]));
      },
      "its session is not there any more": async (stage) => {
        const member = await stage.enter();
        await stage.sql(`delete from session where session_id = '${String(claimsOf(member.access)["sid"])}'`);
        return sending(bearing(member[takes]));
      },
      "its session has been idle for too long": async (stage) => {
        const member = await stage.enter({ prefix: "/idle" });
        await delay(1050);
        return sending(bearing(member[takes]), "/idle");
      },
      "its session and its own time are over": async (stage) => {
        const member = await stage.enter({ prefix: "/short" });
        await delay(2100);
        return sending(bearing(member[takes]), "/short");
      },
      "its time is over and its session has ended": async (stage) => {
        const member = await stage.enter({ prefix: "/brief" });
        // Not by a request, which would race with the token's own end.
        const session = String(claimsOf(member.access)["sid"]);
        await stage.sql(`update session set ended_at = 1, end_reason = 'signed-out' where session_id = '${session}'`);
        await expiry(member[takes]);
        return sending(bearing(member[takes]), "/brief");
      },
      "its time is over and a bit of its signature is turned": async (stage) => {
        const member = await ofMount("/brief")(stage);
        await expiry(member[takes]);
        return sending(bearing(tampered(member[takes])), "/brief");
      },
      "the account is restricted": async (stage) => sending(bearing((await outsider(stage, "restricted"))[takes])),
      "the account is denied": async (stage) => sending(bearing((await outsider(stage, "denied"))[takes])),
      "the account is closed": async (stage) => sending(bearing((await outsider(stage, "closed"))[takes])),
      "the account is deleted": async (stage) => sending(bearing((await outsider(stage, "deleted"))[takes])),
      "the account is gone": async (stage) => sending(bearing((await outsider(stage, "purged"))[takes])),
    },
    { headers: { "www-authenticate": 'Bearer error="invalid_token"' } },
  );

  const overdue = async (stage: Stage): Promise<Sent> => {
    const member = await ofMount("/brief")(stage);
    await expiry(member[takes]);
    return sending(bearing(member[takes]), "/brief");
  };
  const expired =
    name === "refresh"
      ? rowsFor(name, 401, "Invalid token")({ "its time is over": overdue })
      : rowsFor(name, 401, "Token has expired")({ "its time is over": overdue });
  return [...missing, ...expired, ...invalid];
};
