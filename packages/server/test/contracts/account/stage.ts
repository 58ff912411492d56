import assert from "node:assert/strict";
import type { OutgoingHttpHeaders } from "node:http";
import type { EngineUnderTest } from "../../engines/engines.js";
import { type GivenPerson, givenPerson } from "../../given.js";
import { codeFor } from "../../server/inbox.js";
import type { Response } from "../../server/request.js";
import type { ServerOptions } from "../../server/start-server.js";
import { restAddress } from "./aging.js";
import { objectIn, type Sent, type ServerStage, useServerStage } from "../stage.js";

/** The mounts of a stage, each with its Persian twin: `negotiate`, asked for Persian. */
const mounts = {
  account: { prefix: "/account", profile: "contract" },
  hardened: { prefix: "/hardened", profile: "hardened" },
} as const;
export type MountName = keyof typeof mounts;
export type Language = "en" | "fa";

const prefixIn = (language: Language, mount: MountName): string =>
  language === "en" ? mounts[mount].prefix : `/fa${mounts[mount].prefix}`;

/** What every stage serves. */
export const stageMounts = (over: object = {}): readonly object[] =>
  Object.entries(mounts).flatMap(([name, { prefix, profile }]) =>
    (
      [
        [name, prefix, "contract"],
        [`${name}-fa`, `/fa${prefix}`, "negotiate"],
      ] as const
    ).map(([mountName, place, language]) => ({
      contract: "account",
      name: mountName,
      prefix: place,
      profile,
      language,
      protectedEmails: [`admin@${mountName}.example.org`],
      ...over,
    })),
  );

/** The `user` of an answer. */
export type User = Readonly<Record<string, unknown>>;

/** Somebody who has registered. */
export interface Member {
  readonly person: GivenPerson;
  /** Of the registration. */
  readonly key: string;
  readonly user: User;
}

/** A guest, and how he got in. */
export interface Guest {
  readonly deviceId: string;
  readonly key: string;
  readonly user: User;
  readonly secret: string;
}

/** What a test of the contract does with its server, at one of its mounts and in one language. */
export interface Stage extends ServerStage {
  readonly language: Language;
  /** As codes, registrations and keys are bound to it. */
  readonly mountName: string;
  /** The same server at another mount, or in another language. */
  at(place: { readonly mount?: MountName; readonly language?: Language }): Stage;
  /** Sends a registration with a password, and expects to be let. */
  register(over?: Partial<GivenPerson>, headers?: OutgoingHttpHeaders): Promise<GivenPerson>;
  /** The newest code that was mailed to the address. */
  codeFor(email: string): Promise<string>;
  /** Sends a code for the registration of the address. */
  verify(email: string, code: string): Promise<Response>;
  /** Registers somebody and proves the address. */
  enter(over?: Partial<GivenPerson>): Promise<Member>;
  /** Signs in by password, and expects to be let: a key. */
  signIn(person: Pick<GivenPerson, "email" | "password">): Promise<string>;
  /** A new guest of a device that nobody has had. */
  guest(): Promise<Guest>;
  /** Asks for a recovery code, and proves it: a key that can only set a new password. */
  recover(email: string): Promise<string>;
}

/** A stage for all tests of a suite: begins and ends with it. */
export function useStage(engine: EngineUnderTest, options: Omit<ServerOptions, "databaseUrl"> = {}): Stage {
  const stage = useServerStage(engine, {
    config: { mounts: stageMounts() },
    ...options,
    prefix: prefixIn("en", "account"),
  });
  return stageAt(stage, "account", "en");
}

function stageAt(stage: ServerStage, mount: MountName, language: Language): Stage {
  const ask: Stage["ask"] = ({ headers, ...sent }) =>
    stage.ask({
      prefix: prefixIn(language, mount),
      headers: { ...(language === "en" ? {} : { "accept-language": language }), ...headers },
      ...sent,
    });
  const register: Stage["register"] = async (over, headers = {}) => {
    const person = givenPerson(over);
    const answer = await ask({ path: "/web/register/", json: person, headers });
    assert.equal(answer.status, 200, answer.text);
    return person;
  };
  const verify: Stage["verify"] = (email, code) => ask({ path: "/verify/", json: { email, code } });
  const here: Stage = {
    engine: stage.engine,
    get server() {
      return stage.server;
    },
    get databaseUrl() {
      return stage.databaseUrl;
    },
    shared: (name, make) => stage.shared(`${prefixIn(language, mount)} ${name}`, make),
    sql: (statement) => stage.sql(statement),
    cli: (...args) => stage.cli(...args),
    ask,
    language,
    mountName: language === "en" ? mount : `${mount}-fa`,
    at: (place) => stageAt(stage, place.mount ?? mount, place.language ?? language),
    register,
    codeFor: (email) => codeFor(stage.server, email),
    verify,
    enter: async (over) => {
      const person = await register(over);
      const answer = await verify(person.email, await codeFor(stage.server, person.email));
      assert.equal(answer.status, 201, answer.text);
      const { token, user } = dataIn(answer);
      return { person, key: String(token), user: { ...(user as User) } };
    },
    signIn: async ({ email, password }) => {
      const answer = await ask({ path: "/login/", json: { email, password } });
      assert.equal(answer.status, 200, answer.text);
      return String(dataIn(answer)["token"]);
    },
    recover: async (email) => {
      await restAddress(here, email);
      const asked = await ask({ path: "/forgot/", json: { email } });
      assert.equal(asked.status, 200, asked.text);
      const code = await codeFor(stage.server, email);
      const answer = await ask({ path: "/forgot/verify/", json: { email, code } });
      assert.equal(answer.status, 200, answer.text);
      return String(dataIn(answer)["token"]);
    },
    guest: async () => {
      const deviceId = givenDevice();
      const answer = await ask({ path: "/guest/", json: { device_id: deviceId } });
      assert.equal(answer.status, 201, answer.text);
      const { token, user, guest_secret: secret } = dataIn(answer);
      return { deviceId, key: String(token), user: { ...(user as User) }, secret: String(secret) };
    },
  };
  return here;
}

/** The `data` of an answer that was let in. */
export function dataIn(answer: Response): Readonly<Record<string, unknown>> {
  const { data } = objectIn(answer);
  assert.ok(typeof data === "object" && data !== null, answer.text);
  return { ...data };
}

/** The header that carries a key. */
export const carrying = (key: string) => ({ authorization: `Token ${key}` });

/** Six digits that are not these. */
export const otherThan = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, "0");

/** A device that no other test of this process has. */
export function givenDevice(): string {
  devices += 1;
  return `device-${process.pid}-${devices}`;
}
let devices = 0;

/** The same request to the path without its slash. */
export const withoutSlash = (sent: Sent): Sent => ({ ...sent, path: sent.path.replace(/\/(?=\?|$)/, "") });
