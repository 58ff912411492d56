import assert from "node:assert/strict";
import type { OutgoingHttpHeaders } from "node:http";
import type { EngineUnderTest } from "../../engines/engines.js";
import { type GivenRegistration, givenRegistration } from "../../given.js";
import type { Response } from "../../server/request.js";
import type { ServerOptions } from "../../server/start-server.js";
import { objectIn, type ServerStage, useServerStage } from "../stage.js";

export interface Tokens {
  readonly access: string;
  readonly refresh: string;
}

/** Somebody who has registered, and signed in. */
export interface Member extends Tokens {
  readonly registration: GivenRegistration;
}

/** What a test of the contract does with its server. */
export interface Stage extends ServerStage {
  /** Registers, and expects to be let. */
  register(over?: Partial<GivenRegistration>): Promise<GivenRegistration>;
  /** Signs in, and expects to be let. */
  signIn(credentials: { readonly email: string; readonly password: string }, over?: SignInOver): Promise<Tokens>;
  /** Registers somebody and signs him in. */
  enter(over?: SignInOver & { readonly as?: Partial<GivenRegistration> }): Promise<Member>;
}

export interface SignInOver {
  readonly rotate?: boolean;
  readonly prefix?: string;
  readonly address?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** The mount that most tests ask, and a hardened one beside it. */
export const bothProfiles = [
  { contract: "jwt", prefix: "/auth" },
  { contract: "jwt", name: "hardened", prefix: "/hardened", profile: "hardened" },
] as const;

/** Where a row's endpoint is served: most of them by either mount. */
export const prefixOf = (endpoint: string): { readonly prefix?: string } =>
  endpoint.startsWith("verify") ? { prefix: "/hardened" } : {};

/** A stage for all tests of a suite: begins and ends with it. */
export function useStage(engine: EngineUnderTest, options: Omit<ServerOptions, "databaseUrl"> = {}): Stage {
  const stage = useServerStage(engine, { ...options, prefix: "/auth" });
  const ask: Stage["ask"] = (sent) => stage.ask(sent);
  const signIn: Stage["signIn"] = async ({ email, password }, { rotate, ...over } = {}) => {
    const json = { email, password, ...(rotate === undefined ? {} : { rotate }) };
    return tokensIn(await ask({ path: "/login", json, ...over }));
  };
  // Its getters work only once the suite has begun: they are not copied.
  return Object.assign(stage, {
    signIn,
    register: async (over?: Partial<GivenRegistration>) => {
      const registration = givenRegistration(over);
      const answer = await ask({ path: "/register", json: registration });
      assert.deepEqual([answer.status, answer.json], [201, { message: "User created successfully" }]);
      return registration;
    },
    enter: async ({ as, ...over }: Parameters<Stage["enter"]>[0] = {}) => {
      const registration = givenRegistration(as);
      const answer = await ask({
        path: "/register",
        json: registration,
        ...(over.prefix === undefined ? {} : { prefix: over.prefix }),
      });
      assert.equal(answer.status, 201, answer.text);
      return { registration, ...(await signIn(registration, over)) };
    },
  });
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

/** The header that carries a token. */
export const bearing = (token: string) => ({ authorization: `Bearer ${token}` });

/** The claims of a token, unverified. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  assert.ok(typeof claims === "object" && claims !== null);
  return { ...claims };
}
