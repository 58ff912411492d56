import { specEndpoints } from "../../specs/account-page.js";
import type { Sent } from "../stage.js";
import { ageKey, restKey } from "./aging.js";
import { bystander, fieldsFor } from "./drafts.js";
import { type Row, rowsFor } from "./row.js";
import { carrying, type Stage } from "./stage.js";

const day = 86_400_000;

/** A key of nobody's. */
const strangeKey = "x".repeat(43);

/** The key of somebody whose account was given this status after he signed in. */
const keyAfter = (stage: Stage, command: "restrict" | "deny" | "close"): Promise<string> =>
  stage.shared(`key after ${command}`, async () => {
    const { person, key } = await stage.enter();
    await stage.cli("user", command, person.email);
    return key;
  });

/** Every row about keys, at every endpoint that needs one. */
export const keyRows: readonly Row[] = specEndpoints
  .filter(({ needsKey }) => needsKey)
  .flatMap(({ name, path, methods }) =>
    methods.flatMap((method) => {
      const by = methods.length > 1 ? `, by ${method}` : "";
      const sending = (headers: NonNullable<Sent["headers"]>, over: Partial<Sent> = {}): Sent => ({
        path,
        method,
        headers,
        ...(method === "GET" ? {} : { json: fieldsFor(name) }),
        ...over,
      });
      const with_ = (find: (stage: Stage) => Promise<string>) => async (stage: Stage) =>
        sending(carrying(await find(stage)));
      const rows = (status: number, message: string, cases: Readonly<Record<string, Row["send"] | Sent>>) =>
        rowsFor(
          name,
          status,
          undefined,
          message,
        )(
          Object.fromEntries(Object.entries(cases).map(([when, send]) => [`${when}${by}`, send])),
          status === 401 ? { headers: { "www-authenticate": "Token" } } : {},
        );
      const own = async (stage: Stage): Promise<string> => (await bystander(stage)).key;

      return [
        ...rows(401, "Authentication credentials were not provided.", {
          "there is no Authorization": sending({}),
          "Authorization is empty": sending({ authorization: "" }),
          "it says Token and no more": sending({ authorization: "Token" }),
          "it says Token and blanks": sending({ authorization: "Token   " }),
          "the scheme is another": async (stage) => sending({ authorization: `Bearer ${await own(stage)}` }),
          "there is no scheme": async (stage) => sending({ authorization: await own(stage) }),
          "there is no blank behind the scheme": async (stage) =>
            sending({ authorization: `Token${await own(stage)}` }),
          "there are two keys": async (stage) => sending({ authorization: `Token ${await own(stage)} x` }),
          "there are two headers": async (stage) => {
            const { authorization } = carrying(await own(stage));
            return sending({ authorization: [authorization, authorization] as unknown as string });
          },
          "the key stands in the query": async (stage) =>
            sending({}, { path: `${path}?token=${await own(stage)}&key=${await own(stage)}` }),
          "the key stands in a cookie": async (stage) => sending({ cookie: `token=${await own(stage)}` }),
          ...(method === "GET"
            ? {}
            : {
                "there is none, and the body is of another type": sending(
                  { "content-type": "text/plain" },
                  { body: "x", json: undefined },
                ),
                "there is none, and the body is no JSON": sending(
                  { "content-type": "application/json" },
                  { body: "x", json: undefined },
                ),
              }),
        }),
        ...rows(401, "Invalid token.", {
          "the key is nobody's": sending(carrying(strangeKey)),
          "the key is a letter": sending(carrying("x")),
          "the key has 8,000 letters": sending(carrying("x".repeat(8000))),
          "the key is SQL": sending(carrying("'or'1'='1")),
          "the key is a session's id": with_(async (stage) => {
            const { user } = await bystander(stage);
            const [session] = await stage.sql(
              `select session_id from session where account_id = '${String(user["id"])}'`,
            );
            return String(session?.["session_id"]);
          }),
          "the key is in other letters": with_(async (stage) => swapCase(await own(stage))),
          "a letter of it is another": with_(async (stage) => {
            const key = await own(stage);
            return `${key.startsWith("A") ? "B" : "A"}${key.slice(1)}`;
          }),
          "it was revoked": with_(async (stage) => {
            const { key } = await stage.enter();
            await stage.ask({ path: "/logout/", method: "POST", headers: carrying(key) });
            return key;
          }),
          "it is another mount's": with_(async (stage) => (await bystander(stage.at({ mount: "hardened" }))).key),
          "it was not used for 14 days": with_(async (stage) => {
            const { key } = await stage.enter();
            await restKey(stage, key, 14 * day);
            return key;
          }),
          "it was given 30 days ago": with_(async (stage) => {
            const { key } = await stage.enter();
            await ageKey(stage, key, 30 * day);
            return key;
          }),
          "its account has been closed": with_((stage) => keyAfter(stage, "close")),
          "its account has been deleted": with_(async (stage) => {
            const { key } = await stage.enter();
            await stage.ask({ path: "/profile/delete/", method: "DELETE", headers: carrying(key) });
            return key;
          }),
          "it is a guest's who has registered": with_((stage) =>
            stage.shared("key of a former guest", async () => {
              const guest = await stage.guest();
              const { email } = await stage.register({}, carrying(guest.key));
              const answer = await stage.verify(email, await stage.codeFor(email));
              if (answer.status !== 201) throw new Error(answer.text);
              return guest.key;
            }),
          ),
        }),
        ...rows(403, "You do not have permission to perform this action.", {
          "its account is restricted": with_((stage) => keyAfter(stage, "restrict")),
          "its account is denied": with_((stage) => keyAfter(stage, "deny")),
          ...(name === "reset"
            ? { "it is a guest's": with_(async (stage) => (await stage.shared("guest", () => stage.guest())).key) }
            : {
                "it can only set a new password": with_((stage) =>
                  stage.shared("recovery key", async () => stage.recover((await stage.enter()).person.email)),
                ),
              }),
        }),
      ];
    }),
  );

function swapCase(text: string): string {
  return [...text]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join("");
}
