/**
 * The HTTP framework and nothing above it, as a process of its own: answers every request with the same bytes, after one driver
 * read where a session is named. Tells its port once it listens, ends with its parent.
 */
import Fastify from "fastify";
import { type BareDriver, openBareDriver } from "./bare-driver.ts";
import { readSession, refreshBare, type RefreshableSession } from "./bare-statements.ts";
import type { EngineName } from "../packages/server/test/engines/engines.ts";

/** What the framework answers, and what it does before. */
export interface BareEndpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly work: "nothing" | "read-session" | "refresh";
  readonly engine: EngineName;
  readonly databaseUrl: string;
  readonly connections: number;
  readonly sessions: readonly RefreshableSession[];
}

process.once("message", (endpoint: BareEndpoint) => {
  void serve(endpoint).then((port) => process.send?.(port));
});
process.once("disconnect", () => process.exit(0));

const serve = async (endpoint: BareEndpoint): Promise<number> => {
  const { method, path, headers, body, work, sessions } = endpoint;
  const driver =
    work === "nothing" ? undefined : openBareDriver(endpoint.engine, endpoint.databaseUrl, endpoint.connections);
  let answered = 0;
  const server = Fastify();
  server.route({
    method,
    url: path,
    handler: async (_request, reply) => {
      const session = sessions[answered++ % sessions.length];
      if (driver !== undefined && session !== undefined) await works[work](driver, session);
      return reply.headers(headers).send(body);
    },
  });
  return Number(new URL(await server.listen({ port: 0, host: "127.0.0.1" })).port);
};

const works: Readonly<
  Record<BareEndpoint["work"], (driver: BareDriver, session: RefreshableSession) => Promise<void>>
> = {
  nothing: async () => {},
  "read-session": (driver, { sessionId }) => readSession(driver, sessionId),
  refresh: refreshBare,
};
