import { requestText } from "./http-connection.ts";
import { compareInRounds, type Figure } from "./rounds.ts";
import { quantile } from "./statistics.ts";
import { askOnce, measureLoad, ownHeaders, startBareFramework, startBelowHttp, type Subject } from "./subject.ts";

const inFlight = 32;

/**
 * The refresh of a session, twice: the use case beside the bare driver sending the same statements, and `POST /refresh` beside the
 * bare framework sending them. Over HTTP the server also counts the request of its address, which the limit does not.
 */
export const benchRefresh = async (subject: Subject): Promise<readonly Figure[]> => [
  await belowHttp(subject),
  await overHttp(subject),
];

const belowHttp = async (subject: Subject): Promise<Figure> => {
  const [useCase, driver] = [startBelowHttp(subject, "refresh"), startBelowHttp(subject, "refresh")];
  try {
    const compared = await compareInRounds(3, {
      async subject() {
        const { rate, latencies, processorTime } = await useCase.run("use-case", 700, inFlight);
        return { rate, processorTime, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
      },
      limit: () => driver.run("bare-driver", 500, inFlight),
    });
    const limit = "bare driver, same statements";
    return { scenario: "refresh, the use case", engine: subject.engine, limit, bar: 0.8, ...compared };
  } finally {
    await Promise.all([useCase.stop(), driver.stop()]);
  }
};

const overHttp = async (subject: Subject): Promise<Figure> => {
  const { engine, databaseUrl, sessions, server } = subject;
  const requests = sessions.map(({ refreshToken }) =>
    requestText("POST", "/auth/refresh", { authorization: `Bearer ${refreshToken}` }, ""),
  );
  const [first = ""] = requests;
  const answer = await askOnce(server.port, first);
  if (answer.status !== 200) throw new Error(`/refresh answers ${answer.status}: ${answer.body}`);
  const { body } = answer;
  const bare = await startBareFramework({
    method: "POST",
    path: "/auth/refresh",
    headers: ownHeaders(answer),
    body,
    work: "refresh",
    engine,
    databaseUrl,
    sessions,
  });
  try {
    const load = { requests, forIn: 800, callers: inFlight, perAddress: 50, atMost: 30_000 };
    const compared = await compareInRounds(3, {
      subject: () => measureLoad(subject, 200, load),
      limit: () => bare.run(load),
    });
    return {
      scenario: "refresh",
      engine,
      limit: "bare framework + bare driver, same statements",
      bar: 0.8,
      ...compared,
    };
  } finally {
    await bare.stop();
  }
};
