import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before } from "node:test";
import type { EngineUnderTest, FreshDatabase } from "../engines/engines.js";
import { nextAddress, request, type RequestOptions, type Response } from "../server/request.js";
import { type CliResult, runCli } from "../server/run-cli.js";
import { type RunningServer, type ServerOptions, startServer } from "../server/start-server.js";
import { openSqlClient, type SqlClient, type SqlRow } from "./sql-client.js";

/** A request to a mount: its path below the mount's prefix, and from an address that nobody else uses unless it names one. */
export interface Sent extends RequestOptions {
  readonly path: string;
  /** The stage's own without. */
  readonly prefix?: string;
}

/** A server on a database of its own, and what a test of any contract does with it. */
export interface ServerStage {
  readonly engine: EngineUnderTest;
  readonly server: RunningServer;
  readonly databaseUrl: string;
  ask(sent: Sent): Promise<Response>;
  /** What `make` made when it was first asked for under this name. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Runs a statement on the server's database. */
  sql(statement: string): Promise<readonly SqlRow[]>;
  /** Runs a command on the server's database, and expects it to succeed. */
  cli(...args: readonly string[]): Promise<CliResult>;
}

export interface StageOptions extends Omit<ServerOptions, "databaseUrl"> {
  /** Where the contract is mounted that the tests are about. */
  readonly prefix: string;
}

/** A stage for all tests of a suite: begins and ends with it. */
export function useServerStage(engine: EngineUnderTest, { prefix: ownPrefix, ...options }: StageOptions): ServerStage {
  let database: FreshDatabase | undefined;
  let server: RunningServer | undefined;
  let client: Promise<SqlClient> | undefined;
  const memory = new Map<string, Promise<unknown>>();

  before(async () => {
    database = await engine.freshDatabase();
    const redis = database.redisUrl === undefined ? {} : { REDIS_URL: database.redisUrl };
    server = await startServer({ ...options, env: { ...redis, ...options.env }, databaseUrl: database.url });
  });
  after(async () => {
    await server?.stop();
    await (await client)?.close();
    await database?.drop();
  });

  const configOf = ({ dataDir }: RunningServer): Record<string, string> =>
    options.config === undefined ? {} : { TRILITHON_CONFIG: join(dataDir, "trilithon.config.json") };
  const started = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error("the suite has not begun");
    return thing;
  };
  return {
    engine,
    ask: ({ path, prefix = ownPrefix, ...sent }) =>
      request(started(server).origin(prefix) + path, { address: nextAddress(), ...sent }),
    get server() {
      return started(server);
    },
    get databaseUrl() {
      return started(database).url;
    },
    shared: <T>(name: string, make: () => Promise<T>) => {
      const known = memory.get(name) ?? make();
      memory.set(name, known);
      // Under one name only ever one kind of thing is made.
      return known as Promise<T>;
    },
    sql: async (statement) => {
      client ??= openSqlClient(started(database).url);
      try {
        return await (await client).run(statement);
      } catch {
        // The connection may have ended with a database that was taken down; a fault of the statement comes again.
        client = openSqlClient(started(database).url);
        return (await client).run(statement);
      }
    },
    cli: async (...args) => {
      const result = await runCli(args, {
        env: { DATABASE_URL: started(database).url, DATA_DIR: started(server).dataDir, ...configOf(started(server)) },
      });
      assert.equal(result.code, 0, `trilithon ${args.join(" ")}: ${result.stderr}`);
      return result;
    },
  };
}

/** The answer's body, which has to be a JSON object. */
export function objectIn(answer: Response): Readonly<Record<string, unknown>> {
  const body = answer.json;
  assert.ok(typeof body === "object" && body !== null && !Array.isArray(body), answer.text);
  return { ...body };
}
