import assert from "node:assert/strict";
import type { OutgoingHttpHeaders } from "node:http";
import { after, before } from "node:test";
import type { EngineUnderTest, FreshDatabase } from "../../engines/engines.js";
import { type GivenRegistration, givenRegistration } from "../../given.js";
import { nextAddress, request, type RequestOptions, type Response } from "../../server/request.js";
import { type CliResult, runCli } from "../../server/run-cli.js";
import { type RunningServer, type ServerOptions, startServer } from "../../server/start-server.js";
import { openSqlClient, type SqlClient, type SqlRow } from "../sql-client.js";

/** A request to a mount: its path below the mount's prefix, and from an address that nobody else uses unless it names one. */
export interface Sent extends RequestOptions {
  readonly path: string;
  /** `/auth` without. */
  readonly prefix?: string;
}

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** Somebody who has registered, and signed in. */
export interface Member extends Tokens {
  readonly registration: GivenRegistration;
}

/** A server on a database of its own, and what a test does with it. */
export interface Stage {
  readonly engine: EngineUnderTest;
  readonly server: RunningServer;
  readonly databaseUrl: string;
  ask(sent: Sent): Promise<Response>;
  /** Registers, and expects to be let. */
  register(over?: Partial<GivenRegistration>): Promise<GivenRegistration>;
  /** Signs in, and expects to be let. */
  signIn(credentials: { readonly email: string; readonly password: string }, over?: SignInOver): Promise<Tokens>;
  /** Registers somebody and signs him in. */
  enter(over?: SignInOver & { readonly as?: Partial<GivenRegistration> }): Promise<Member>;
  /** What `make` made when it was first asked for under this name. */
  shared<T>(name: string, make: () => Promise<T>): Promise<T>;
  /** Runs a statement on the server's database. */
  sql(statement: string): Promise<readonly SqlRow[]>;
  /** Runs a command on the server's database, and expects it to succeed. */
  cli(...args: readonly string[]): Promise<CliResult>;
}

export interface SignInOver {
  readonly rotate?: boolean;
  readonly prefix?: string;
  readonly address?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** A stage for all tests of a suite: begins and ends with it. */
export function useStage(engine: EngineUnderTest, options: Omit<ServerOptions, "databaseUrl"> = {}): Stage {
  let database: FreshDatabase | undefined;
  let server: RunningServer | undefined;
  let client: Promise<SqlClient> | undefined;
  const memory = new Map<string, Promise<unknown>>();

  before(async () => {
    database = await engine.freshDatabase();
    server = await startServer({ ...options, databaseUrl: database.url });
  });
  after(async () => {
    await server?.stop();
    await (await client)?.close();
    await database?.drop();
  });

  const started = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error("the suite has not begun");
    return thing;
  };
  const ask: Stage["ask"] = ({ path, prefix = "/auth", ...sent }) =>
    request(started(server).origin(prefix) + path, { address: nextAddress(), ...sent });
  const register: Stage["register"] = async (over) => {
    const registration = givenRegistration(over);
    const answer = await ask({ path: "/register", json: registration });
    assert.deepEqual([answer.status, answer.json], [201, { message: "User created successfully" }]);
    return registration;
  };
  const signIn: Stage["signIn"] = async ({ email, password }, { rotate, ...over } = {}) => {
    const json = { email, password, ...(rotate === undefined ? {} : { rotate }) };
    return tokensIn(await ask({ path: "/login", json, ...over }));
  };
  return {
    engine,
    ask,
    register,
    signIn,
    enter: async ({ as, ...over } = {}) => {
      const registration = givenRegistration(as);
      const answer = await ask({
        path: "/register",
        json: registration,
        ...(over.prefix === undefined ? {} : { prefix: over.prefix }),
      });
      assert.equal(answer.status, 201, answer.text);
      return { registration, ...(await signIn(registration, over)) };
    },
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
      return (await client).run(statement);
    },
    cli: async (...args) => {
      const result = await runCli(args, {
        env: { DATABASE_URL: started(database).url, DATA_DIR: started(server).dataDir },
      });
      assert.equal(result.code, 0, `trilithon ${args.join(" ")}: ${result.stderr}`);
      return result;
    },
  };
}

/** The tokens of a sign-in that was let in: its body holds them and the contract's message, nothing else. */
export function tokensIn(answer: Response): Tokens {
  assert.equal(answer.status, 200, answer.text);
  const body = objectIn(answer);
  assert.deepEqual(Object.keys(body), ["message", "access_token", "refresh_token"]);
  assert.equal(body["message"], "Login successful");
  const [access, refresh] = [body["access_token"], body["refresh_token"]];
  assert.ok(typeof access === "string" && typeof refresh === "string");
  return { access, refresh };
}

/** The answer's body, which has to be a JSON object. */
export function objectIn(answer: Response): Readonly<Record<string, unknown>> {
  const body = answer.json;
  assert.ok(typeof body === "object" && body !== null && !Array.isArray(body), answer.text);
  return { ...body };
}

/** The header that carries a token. */
export const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

/** The claims of a token, unverified. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  assert.ok(typeof claims === "object" && claims !== null);
  return { ...claims };
}
