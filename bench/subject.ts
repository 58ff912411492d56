import { once } from "node:events";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { builtEnvironment, type RunningServer, startServer } from "../packages/server/test/server/start-server.ts";
import type { EngineName } from "../packages/server/test/engines/engines.ts";
import type { BareEndpoint } from "./bare-framework.ts";
import type { BelowHttpOrder, BelowHttpReport } from "./below-http.ts";
import { HttpConnection, requestText, type WireAnswer } from "./http-connection.ts";
import { firstMessage, latencyOf, type LoadReport, rateOf, runLoad, startProcess } from "./load.ts";
import { cores, processorTime } from "./machine.ts";
import type { Measured } from "./rounds.ts";

/** A server under measurement, with accounts and sessions made through its own front door. */
export interface Subject {
  readonly engine: EngineName;
  readonly databaseUrl: string;
  readonly server: RunningServer;
  readonly emails: readonly string[];
  readonly sessions: readonly OpenSession[];
}

export interface OpenSession {
  readonly sessionId: string;
  readonly refreshId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Every account's password: the hash costs the same for all. */
export const password = "Correct-Horse-7-Battery";
const accounts = 256;
const openSessions = 64;
/** As many as the server opens by default. */
export const connections = 10;

/** Starts a server on the database and makes its accounts and sessions. */
export const startSubject = async (
  engine: EngineName,
  databaseUrl: string,
  under: readonly string[] = [],
): Promise<Subject> => {
  const server = await startServer({ databaseUrl, under });
  const emails = Array.from({ length: accounts }, (_, at) => `bench-${at}@example.org`);
  await register(
    server.port,
    emails.map((email, at) => ({ email, username: `bench-${at}` })),
  );
  const sessions: OpenSession[] = [];
  for (const [at, email] of emails.slice(0, openSessions).entries())
    sessions.push(await openSession(server.port, email, at));
  return { engine, databaseUrl, server, emails, sessions };
};

/** Registers accounts, a few from each source address. */
export const register = async (
  port: number,
  wanted: readonly { readonly email: string; readonly username: string }[],
): Promise<void> => {
  const requests = wanted.map((account) => post("/auth/register", { ...account, password }));
  const report = await runLoad({
    port,
    requests,
    forIn: 120_000,
    atMost: requests.length,
    callers: cores * 2,
    perAddress: 5,
  });
  rateOf(report, 201);
};

/** A POST of JSON as it goes over the wire. */
export const post = (path: string, body: object): string =>
  requestText("POST", path, { "content-type": "application/json" }, JSON.stringify(body));

/** Sign-ins of all the accounts in turn. */
export const signIns = ({ emails }: Pick<Subject, "emails">): readonly string[] =>
  emails.map((email) => post("/auth/login", { email, password }));

/** A load on the subject, and the processor time that its server took meanwhile. */
export const measureLoad = async (
  { server }: Subject,
  status: number,
  load: Omit<Parameters<typeof runLoad>[0], "port">,
): Promise<Measured & { readonly report: LoadReport }> => {
  const before = processorTime(server.pid);
  const report = await runLoad({ ...load, port: server.port });
  return {
    report,
    rate: rateOf(report, status),
    p50: latencyOf(report, status, 0.5),
    p99: latencyOf(report, status, 0.99),
    processorTime: (processorTime(server.pid) - before) / report.statuses.length,
  };
};

/** One request to the server, on a connection of its own. */
export const askOnce = async (port: number, request: string, address = "127.0.0.1"): Promise<WireAnswer> => {
  const connection = new HttpConnection(port, address);
  try {
    return await connection.exchange(request);
  } finally {
    connection.close();
  }
};

/** A load on the bare framework, started for this alone. */
export const startBareFramework = async (endpoint: Omit<BareEndpoint, "connections">) => {
  const child = startProcess("./bare-framework.ts");
  child.send({ connections, ...endpoint } satisfies BareEndpoint);
  const port = await firstMessage<number>("the bare framework", child);
  return {
    async run(load: Omit<Parameters<typeof runLoad>[0], "port">): Promise<Pick<Measured, "rate" | "processorTime">> {
      const before = processorTime(child.pid ?? 0);
      const report = await runLoad({ ...load, port });
      return {
        rate: rateOf(report, 200),
        processorTime: (processorTime(child.pid ?? 0) - before) / report.statuses.length,
      };
    },
    stop: () => leave(child),
  };
};

/** Use case and bare driver below HTTP, each in a process of its own that stays for all rounds. */
export const startBelowHttp = ({ engine, databaseUrl, sessions, server }: Subject, work: BelowHttpOrder["work"]) => {
  const environment = builtEnvironment({
    DATABASE_URL: databaseUrl,
    DATA_DIR: server.dataDir,
    PORT: String(server.port),
    // Without the paths that lead scripts to the sources: the compiled server is what is measured.
    TSX_TSCONFIG_PATH: fileURLToPath(new URL("../tsconfig.base.json", import.meta.url)),
  });
  const child = startProcess("./below-http.ts", environment);
  return {
    async run(side: BelowHttpOrder["side"], forIn: number, inFlight: number): Promise<BelowHttpReport> {
      child.send({ side, work, engine, databaseUrl, connections, sessions, inFlight, forIn } satisfies BelowHttpOrder);
      return await firstMessage<BelowHttpReport>(`the ${side}`, child);
    },
    stop: () => leave(child),
  };
};

/** What of an answer's headers the framework would not add by itself. */
export const ownHeaders = ({ head }: WireAnswer): Record<string, string> =>
  Object.fromEntries(
    head
      .split("\r\n")
      .slice(1)
      .map((line): readonly [string, string] => [
        line.slice(0, line.indexOf(":")).toLowerCase(),
        line.slice(line.indexOf(":") + 1).trim(),
      ])
      .filter(([name]) => !["date", "connection", "keep-alive", "content-length"].includes(name)),
  );

const leave = async (child: ChildProcess): Promise<void> => {
  if (!child.connected) return;
  const gone = once(child, "exit");
  child.disconnect();
  await gone;
};

const openSession = async (port: number, email: string, at: number): Promise<OpenSession> => {
  const { status, body } = await askOnce(port, post("/auth/login", { email, password }), `127.254.1.${1 + (at % 250)}`);
  if (status !== 200) throw new Error(`a sign-in was answered ${status}: ${body}`);
  // The contract's answer, and the claims of a token that was just signed for us.
  const answer = JSON.parse(body) as { readonly access_token: string; readonly refresh_token: string };
  const payload = answer.refresh_token.split(".")[1] ?? "";
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
    readonly sid: string;
    readonly jti: string;
  };
  return {
    sessionId: claims.sid,
    refreshId: claims.jti,
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
  };
};
