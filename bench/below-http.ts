/**
 * Repeats one piece of work below HTTP, as a process of its own: the server's use case on its own stores, or the bare driver
 * sending the same statements. Answers each order it gets with what it measured; ends with its parent.
 */
import { randomUUID } from "node:crypto";
import { inspect } from "node:util";
import type * as Compose from "../packages/server/src/compose.ts";
import type * as LoadSettings from "../packages/server/src/settings/load-settings.ts";
import type * as RegisterAccount from "../packages/server/src/core/registration/register-account.ts";
import type * as RefreshSession from "../packages/server/src/core/sessions/refresh-session.ts";
import type * as LogModule from "../packages/server/src/adapters/system/log.ts";
import type * as KeyRingModule from "../packages/server/src/adapters/tokens/key-ring.ts";
import type * as TokensModule from "../packages/server/src/adapters/tokens/tokens.ts";
import type { EngineName } from "../packages/server/test/engines/engines.ts";
import { openBareDriver } from "./bare-driver.ts";
import { refreshBare, registerBare, type RefreshableSession } from "./bare-statements.ts";

export interface BelowHttpOrder {
  readonly side: "use-case" | "bare-driver";
  readonly work: "register" | "refresh";
  readonly engine: EngineName;
  readonly databaseUrl: string;
  readonly connections: number;
  readonly sessions: readonly (RefreshableSession & { readonly refreshToken: string })[];
  readonly inFlight: number;
  /** Milliseconds. */
  readonly forIn: number;
}

export interface BelowHttpReport {
  /** Pieces of work a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly latencies: readonly number[];
  /** Microseconds of processor time each. */
  readonly processorTime: number;
}

type Work = (at: number) => Promise<unknown>;

let ready: Promise<Work> | undefined;
process.on("message", (order: BelowHttpOrder) => {
  ready ??= order.side === "use-case" ? prepareUseCase(order) : prepareBareDriver(order);
  void ready
    .then((work) => repeat(work, order))
    .then((report) => process.send?.(report))
    .catch((error: unknown) => {
      process.stderr.write(`${inspect(error)}\n`);
      process.exit(1);
    });
});
process.once("disconnect", () => process.exit(0));

const repeat = async (work: Work, { inFlight, forIn }: BelowHttpOrder): Promise<BelowHttpReport> => {
  const latencies: number[] = [];
  const began = performance.now();
  const used = process.cpuUsage();
  let at = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - began < forIn) {
      const since = performance.now();
      await work(at++);
      latencies.push(performance.now() - since);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  const { user, system } = process.cpuUsage(used);
  return {
    rate: (latencies.length * 1000) / (performance.now() - began),
    latencies,
    processorTime: (user + system) / latencies.length,
  };
};

const sessionAt = <Session>(sessions: readonly Session[], at: number): Session => {
  const session = sessions[at % sessions.length];
  if (session === undefined) throw new Error("no sessions to refresh");
  return session;
};

const prepareBareDriver = async ({
  work,
  engine,
  databaseUrl,
  connections,
  sessions,
}: BelowHttpOrder): Promise<Work> => {
  const driver = openBareDriver(engine, databaseUrl, connections);
  return work === "register" ? () => registerBare(driver) : (at) => refreshBare(driver, sessionAt(sessions, at));
};

/** The compiled server, as it is shipped: its own import map leads there. */
const compiled = async <Module>(path: string): Promise<Module> =>
  (await import(new URL(`../packages/server/dist/src/${path}.js`, import.meta.url).href)) as Module;

const prepareUseCase = async ({ work, sessions }: BelowHttpOrder): Promise<Work> => {
  const { compose } = await compiled<typeof Compose>("compose");
  const { loadSettings } = await compiled<typeof LoadSettings>("settings/load-settings");
  const { createLog } = await compiled<typeof LogModule>("adapters/system/log");
  const loaded = await loadSettings({ ...process.env });
  const administration = await compose(loaded, createLog({ level: "warn", out: process.stderr, form: "json" }));
  const [mount] = loaded.configuration.mounts;
  if (mount === undefined) throw new Error("no mount is configured");
  const { policy } = mount;
  const origin = { mount: policy.mount, requestId: "bench", address: "127.0.0.1", userAgent: "" };
  if (work === "register") {
    const { createAccount } = await compiled<typeof RegisterAccount>("core/registration/register-account");
    const passwordHash =
      "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g";
    return () => {
      const name = `use-case-${randomUUID()}`;
      const [username, email] = [name, `${name}@example.org`].map((text) => ({
        displayValue: text,
        normalizedValue: text,
      }));
      if (username === undefined || email === undefined) throw new Error("a name and an e-mail were made");
      return createAccount({ ...administration, policy }, { username, email, language: "en", origin, passwordHash });
    };
  }
  const { refreshSession } = await compiled<typeof RefreshSession>("core/sessions/refresh-session");
  const { createKeyRing } = await compiled<typeof KeyRingModule>("adapters/tokens/key-ring");
  const { createTokens } = await compiled<typeof TokensModule>("adapters/tokens/tokens");
  const ring = createKeyRing({ ...administration, store: administration.stores.signingKeys });
  const tokens = createTokens({ ring, clock: administration.clock, policy: policy.tokens });
  return (at) =>
    refreshSession({ ...administration, policy, tokens }, { token: sessionAt(sessions, at).refreshToken, origin });
};
