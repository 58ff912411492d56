import type { SessionRequest, SessionState } from "#core/sign-in/session-state.js";
import { type Client, type Person, type Progress, tokenOf } from "./people.js";
import { clientOf, type InState, sessionIn } from "./session-in.js";
import { bearing, type PlatformSent, type Stage } from "./stage.js";

/** The path of a request of a session. */
export const pathOf = (request: SessionRequest | "login" | "signup" | "recover" | "checklink"): string => {
  if (request === "recover" || request === "checklink") return `/auth/recovery/${request}`;
  return `/auth/${request.replace(/^(signup|recovery)-/, "$1/")}`;
};

/** A request of somebody who is that far. */
export const sentBy = ({ stage, key }: Client, progress: Progress, path: string, json: unknown): PlatformSent => ({
  prefix: stage.prefix,
  method: "POST",
  path,
  json,
  key: key.key,
  headers: bearing(tokenOf(progress)),
});

/** The answer of a session in its state, to be refused; `before` changes the world first. */
export const answering =
  (
    state: SessionState,
    json: unknown,
    before: (there: InState & { readonly client: Client; readonly stage: Stage }) => Promise<unknown> = async () => {},
  ) =>
  async (stage: Stage): Promise<PlatformSent> => {
    const client = await clientOf(stage, state);
    const there = await sessionIn(stage, state);
    await before({ ...there, client, stage: client.stage });
    return sentBy(client, there.progress, pathOf(state), json);
  };

/** Changes the status of a person, as an operator does. */
export const changeStatus = (stage: Stage, act: string, person: Pick<Person, "id">): Promise<unknown> =>
  stage.cli("user", act, person.id, "--reason", "test");

/** Five wrong answers. */
export const spendTries = async (client: Client, progress: Progress, path: string, json: unknown): Promise<void> => {
  for (let tries = 0; tries < 5; tries += 1) await client.stage.ask(sentBy(client, progress, path, json));
};
