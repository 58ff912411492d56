import { requestText } from "./http-connection.ts";
import { compareInRounds, type Figure } from "./rounds.ts";
import { askOnce, measureLoad, type OpenSession, ownHeaders, startBareFramework, type Subject } from "./subject.ts";

/** `GET /me` with a session's access token. */
export const askWho = ({ accessToken }: OpenSession): string =>
  requestText("GET", "/auth/me", { authorization: `Bearer ${accessToken}` });

/** `GET /me` beside the bare framework answering the same bytes; where the database is a server, after one bare read of the session. */
export const benchMe = async (subject: Subject): Promise<readonly Figure[]> => {
  const { engine, databaseUrl, sessions, server } = subject;
  const requests = sessions.map(askWho);
  const [first = ""] = requests;
  const answer = await askOnce(server.port, first);
  if (answer.status !== 200) throw new Error(`/me answers ${answer.status}: ${answer.body}`);
  const work = engine === "sqlite" ? "nothing" : "read-session";
  const { body } = answer;
  const bare = await startBareFramework({
    method: "GET",
    path: "/auth/me",
    headers: ownHeaders(answer),
    body,
    work,
    engine,
    databaseUrl,
    sessions,
  });
  try {
    const load = { requests, forIn: 800, callers: 32, atMost: 50_000 };
    const compared = await compareInRounds(3, {
      subject: () => measureLoad(subject, 200, load),
      limit: () => bare.run(load),
    });
    const limit = work === "nothing" ? "bare framework" : "bare framework + one bare read";
    return [{ scenario: "/me", engine, limit, bar: engine === "sqlite" ? 0.8 : 0.7, ...compared }];
  } finally {
    await bare.stop();
  }
};
