import assert from "node:assert/strict";
import { after, before } from "node:test";
import type { EngineUnderTest, FreshDatabase } from "../engines/engines.js";
import { findFreePort } from "../engines/free-port.js";
import { type GivenPerson, givenPerson } from "../given.js";
import { codeFor, type InboxMessage, lettersTo } from "../server/inbox.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { type CliResult, runCli } from "../server/run-cli.js";
import { type RunningServer, type ServerOptions, startServer } from "../server/start-server.js";
import { openSqlClient, type SqlClient, type SqlRow } from "../contracts/sql-client.js";
import { type Browser, openBrowser } from "./browser.js";
import { appUri, type Started } from "./handoff-page.js";

/** A server with mounts of the account contract, and what apps and browsers do at it. */
export interface HandoffStage {
  readonly server: RunningServer;
  readonly databaseUrl: string;
  /** Of the mount `/account`. */
  readonly base: string;
  /** Registers somebody who has proven his address. */
  member(over?: Partial<GivenPerson>): Promise<Member>;
  /** Sends a browser to the sign-in page or, with `provider`, towards a provider. */
  start(over?: Start): Promise<Started>;
  exchange(tempToken: string, over?: Readonly<Record<string, unknown>>): Promise<Response>;
  /** A request to the mount that a key allows. */
  withKey(key: string, path: string, method?: string): Promise<Response>;
  /** The newest code that was mailed to an address. */
  codeFor(email: string): Promise<string>;
  letters(email: string): Promise<readonly InboxMessage[]>;
  sql(statement: string): Promise<readonly SqlRow[]>;
  /** Runs a command on the server's database, and expects it to succeed. */
  cli(...args: readonly string[]): Promise<CliResult>;
}

export interface Member extends GivenPerson {
  readonly id: string;
  readonly key: string;
}

export interface Start {
  readonly browser?: Browser;
  readonly prefix?: string;
  readonly query?: Readonly<Record<string, string>>;
}

export interface HandoffStageOptions extends Omit<ServerOptions, "databaseUrl" | "port" | "config"> {
  /** Made once the server's own address is known, since providers have to know it. */
  readonly config: (publicUrl: string) => unknown;
}

/** A stage for all tests of a suite: begins and ends with it. */
export function useHandoffStage(engine: EngineUnderTest, { config, ...options }: HandoffStageOptions): HandoffStage {
  let database: FreshDatabase | undefined;
  let server: RunningServer | undefined;
  let client: Promise<SqlClient> | undefined;
  before(async () => {
    database = await engine.freshDatabase();
    const port = await findFreePort();
    const publicUrl = `http://127.0.0.1:${port}`;
    server = await startServer({
      ...options,
      port,
      databaseUrl: database.url,
      config: await config(publicUrl),
      env: { PUBLIC_URL: publicUrl, ...options.env },
    });
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
  const base = () => started(server).origin("/account");
  const post = (path: string, json: unknown) => request(`${base()}${path}`, { json, address: nextAddress() });
  const sql = async (statement: string): Promise<readonly SqlRow[]> => {
    client ??= openSqlClient(started(database).url);
    return (await client).run(statement);
  };
  return {
    sql,
    cli: async (...args) => {
      const env = { DATABASE_URL: started(database).url, DATA_DIR: started(server).dataDir };
      const result = await runCli(args, { env });
      assert.equal(result.code, 0, `trilithon ${args.join(" ")}: ${result.stderr}`);
      return result;
    },
    letters: (email) => lettersTo(started(server), email),
    codeFor: (email) => codeFor(started(server), email),
    get server() {
      return started(server);
    },
    get databaseUrl() {
      return started(database).url;
    },
    get base() {
      return base();
    },
    member: async (over) => {
      const person = givenPerson(over);
      const asked = await post("/web/register/", person);
      assert.equal(asked.status, 200, asked.text);
      const verified = await post("/verify/", {
        email: person.email,
        code: await codeFor(started(server), person.email),
      });
      assert.equal(verified.status, 201, verified.text);
      // So that the next code need not wait for a minute.
      await sql("update sending_budget set last_at = last_at - 60000");
      const { token, user } = dataIn(verified);
      return { ...person, key: String(token), id: String((user as { readonly id: string }).id) };
    },
    start: async ({ browser = openBrowser(), prefix = "/account", query = {} } = {}) => {
      const parameters = new URLSearchParams({ redirect_uri: appUri, ...query });
      const visit = await browser.get(`${started(server).origin(prefix)}/mobile/login/?${parameters}`);
      return { ...visit, browser };
    },
    exchange: (tempToken, over = {}) => post("/exchange-token/", { temp_token: tempToken, ...over }),
    withKey: (key, path, method = "GET") =>
      request(`${base()}${path}`, { method, headers: { authorization: `Token ${key}` }, address: nextAddress() }),
  };
}

export function dataIn(answer: Response): Readonly<Record<string, unknown>> {
  // Every success of the contract has `data`.
  return (answer.json as { readonly data: Readonly<Record<string, unknown>> }).data;
}
