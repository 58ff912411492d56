import assert from "node:assert/strict";
import { makeApiKey } from "#core/api-keys/make-api-key.js";
import type { RealmId } from "#core/ids.js";
import { contractDefaults } from "#settings/contract-defaults.js";
import { readKeyPolicy } from "#settings/key-policy.js";
import type { EngineUnderTest } from "../../engines/engines.js";
import { openNode, testOrigin } from "../../server/open-node.js";
import type { Response } from "../../server/request.js";
import type { ServerOptions } from "../../server/start-server.js";
import type { Language } from "../../specs/platform-page.js";
import { objectIn, type Sent, type ServerStage, useServerStage } from "../stage.js";

/** The mounts of a stage; the other contracts stand beside them, as they do by default. */
const mounts = {
  platform: { prefix: "", profile: "contract" },
  hardened: { prefix: "/hardened", profile: "hardened" },
} as const;
export type MountName = keyof typeof mounts;

/** What every stage serves. */
export const stageMounts = (over: object = {}): readonly object[] => [
  { contract: "jwt" },
  { contract: "account" },
  ...Object.entries(mounts).map(([name, { prefix, profile }]) => ({
    contract: "platform",
    name,
    prefix: prefix === "" ? "/" : prefix,
    profile,
    ...over,
  })),
];

/** A client application, as `trilithon key create` makes it. */
export interface ClientKey {
  readonly id: string;
  /** For `X-Api-Key`. */
  readonly key: string;
  /** What its signatures are made with. */
  readonly secret: string;
}

export interface KeyOptions {
  /** As in a policy file; the default where it names nothing. */
  readonly policy?: object;
  readonly isDevelopment?: boolean;
  /** The stage's own company without. */
  readonly company?: string;
}

/** A request below the company's `/v2`: with the stage's own key unless it names another, or none. */
export interface PlatformSent extends Sent {
  readonly key?: string | null;
}

/** What a test of the contract does with its server, at one of its mounts, for one company and in one language. */
export interface Stage extends ServerStage {
  readonly company: string;
  readonly language: Language;
  readonly mountName: MountName;
  /** What stands before the path of each request. */
  readonly prefix: string;
  ask(sent: PlatformSent): Promise<Response>;
  /** The same server at another place, or in another language. */
  at(place: Partial<Place>): Stage;
  /** Makes a realm. */
  realm(company: string): Promise<void>;
  /** Makes an API key. */
  makeKey(options?: KeyOptions): Promise<ClientKey>;
  /** A key of this policy, the same each time. */
  keyWith(policy: object): Promise<ClientKey>;
  /** The key that requests carry when they name none: of the default policy. */
  ownKey(): Promise<ClientKey>;
}

export interface Place {
  readonly mount: MountName;
  readonly company: string;
  readonly version: "v1" | "v2";
  readonly language: Language;
}

/** A stage for all tests of a suite: begins and ends with it. */
export function useStage(engine: EngineUnderTest, options: Omit<ServerOptions, "databaseUrl"> = {}): Stage {
  const stage = useServerStage(engine, { config: { mounts: stageMounts() }, ...options, prefix: "" });
  return stageAt(stage, { mount: "platform", company: "default", version: "v2", language: "en" });
}

function stageAt(stage: ServerStage, place: Place): Stage {
  const { mount, company, version, language } = place;
  const prefix = `${mounts[mount].prefix}/${company}/${version}`;
  const makeKey: Stage["makeKey"] = async ({ policy = {}, isDevelopment = false, company: other } = {}) => {
    made += 1;
    const name = `app ${made}`;
    return alone(async () => {
      const node = await openNode(stage.databaseUrl);
      try {
        // A realm that the test has made, or the one that is always there.
        const { transaction } = node.database.forRealm((other ?? company) as RealmId);
        const { apiKey, key, secret } = await makeApiKey(
          { ...node, transaction },
          {
            name,
            policy: await readKeyPolicy(JSON.stringify(policy), "policy", surroundings(policy)),
            isDevelopment,
            livesIn: undefined,
            origin: testOrigin,
          },
        );
        return { id: apiKey.id, key, secret: secret.secret };
      } finally {
        await node.close();
      }
    });
  };
  const keyWith: Stage["keyWith"] = (policy) =>
    stage.shared(`key ${company} ${JSON.stringify(policy)}`, () => makeKey({ policy }));
  const ownKey: Stage["ownKey"] = () => keyWith({});
  return {
    engine: stage.engine,
    get server() {
      return stage.server;
    },
    get databaseUrl() {
      return stage.databaseUrl;
    },
    shared: (name, make) => stage.shared(`${mount} ${company} ${name}`, make),
    sql: (statement) => alone(() => stage.sql(statement)),
    cli: (...args) => stage.cli(...args),
    company,
    language,
    mountName: mount,
    prefix,
    ask: async ({ headers, key, ...sent }) => {
      const carried = key === undefined ? (await ownKey()).key : key;
      return stage.ask({
        prefix,
        headers: {
          ...(language === "en" ? {} : { "accept-language": language }),
          ...(carried === null ? {} : { "x-api-key": carried }),
          ...headers,
        },
        ...sent,
      });
    },
    at: (over) => stageAt(stage, { ...place, ...over }),
    realm: async (name) => {
      await stage.cli("realm", "create", name);
    },
    makeKey,
    keyWith,
    ownKey,
  };
}
let made = 0;

/**
 * One after the other: a statement of the SQLite client blocks this thread until it has the file, and whoever has it for a transaction
 * in this process would never get to its end.
 */
function alone<T>(work: () => Promise<T>): Promise<T> {
  const done = before.then(work);
  before = done.catch(() => undefined);
  return done;
}
let before: Promise<unknown> = Promise.resolve();

/** As a server that has every captcha which a policy names. */
const surroundings = (policy: { readonly captcha?: { readonly provider?: string } }) => ({
  captchas: ["altcha", policy.captcha?.provider ?? "altcha"],
  endpoints: Object.keys(contractDefaults.platform.addressLimits),
});

/** What a success answers beside its status. */
export function successIn(answer: Response, status: 200 | 201 = 200): Readonly<Record<string, unknown>> {
  assert.equal(answer.status, status, answer.text);
  const { status: word, ...members } = objectIn(answer);
  assert.equal(word, "success");
  return members;
}

/** The header that carries a token. */
export const bearing = (token: string) => ({ authorization: `Bearer ${token}` });
