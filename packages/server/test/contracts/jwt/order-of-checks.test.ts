import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenRegistration } from "../../given.js";
import { nextAddress } from "../../server/request.js";
import { specEndpoint, specErrors } from "../../specs/jwt-page.js";
import type { Sent } from "../stage.js";
import { bearing, type Stage, useStage } from "./stage.js";

/** A request in its parts, so that several things can be wrong with it at once. */
interface Draft {
  readonly path: string;
  readonly method: string;
  readonly address: string | undefined;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Stands behind the body. */
  readonly rest: string;
  readonly token: string | undefined;
}

/** One thing that is wrong: the row of the page it runs into, and what it sets. Faults that set the same thing cannot meet. */
interface Fault {
  readonly status: number;
  readonly message: string;
  readonly sets: (stage: Stage) => Promise<Partial<Draft>>;
}

const limits: Readonly<Record<string, number>> = { register: 5, login: 10, refresh: 60 };

const fault = (
  status: number,
  message: string,
  sets: Partial<Draft> | ((stage: Stage) => Promise<Partial<Draft>>),
): Fault => ({
  status,
  message,
  sets: typeof sets === "function" ? sets : async () => sets,
});

/** An address that has used its window at the endpoint up. */
const spentAddress = (stage: Stage, name: string): Promise<string> =>
  stage.shared(`spent at ${name}`, async () => {
    const address = nextAddress();
    const { method, path } = specEndpoint(name);
    const asks = Array.from({ length: limits[name] ?? 0 }, () => stage.ask({ path, method, address }));
    await Promise.all(asks);
    return address;
  });

const common = (name: string): readonly Fault[] => {
  const { path, method } = specEndpoint(name);
  const isPost = method === "POST";
  return [
    fault(404, "Not found", { path: `${path}/` }),
    fault(405, "Method not allowed", { method: isPost ? "PUT" : "DELETE" }),
    ...(isPost ? [fault(413, "Request body is too large", { rest: " ".repeat(64 * 1024) })] : []),
    ...(name in limits
      ? [
          fault(429, "Rate limit exceeded. Please try again later.", async (stage) => ({
            address: await spentAddress(stage, name),
          })),
        ]
      : []),
    ...(isPost
      ? [
          fault(415, "Content-Type must be application/json", { type: "text/plain" }),
          fault(400, "Request body is not valid JSON", { rest: "]" }),
        ]
      : []),
  ];
};

const member = (stage: Stage) => stage.shared("member", () => stage.enter());

const faultsOf: Readonly<Record<string, readonly Fault[]>> = {
  register: [
    ...common("register"),
    fault(400, "Username, email, and password are required", { body: { password: "" } }),
    fault(400, "Username, email, and password are required", { body: { username: null } }),
    fault(400, "Username, email, and password are required", { body: { email: 7 } }),
    fault(400, "Invalid email address", { body: { email: "ada" } }),
    fault(400, "Invalid username", { body: { username: "a\u202eda" } }),
    fault(400, "Password does not meet security requirements", { body: { password: "short" } }),
    fault(400, "User name already exists", async (stage) => ({
      body: { username: (await member(stage)).registration.username },
    })),
    fault(400, "Email already exists", async (stage) => ({
      body: { email: (await member(stage)).registration.email },
    })),
  ],
  login: [
    ...common("login"),
    fault(400, "Email and password are required", { body: { password: "" } }),
    fault(400, "Email and password are required", { body: { email: undefined } }),
    fault(401, "Invalid credentials", { body: { password: "wrong" } }),
    fault(401, "Invalid credentials", { body: { email: "nobody@example.org" } }),
  ],
  refresh: [
    ...common("refresh"),
    fault(401, "Token is missing or improperly formatted", { token: "" }),
    fault(401, "Invalid token", { token: "x" }),
  ],
  logout: [
    ...common("logout"),
    fault(401, "Token is missing or improperly formatted", { token: "" }),
    fault(401, "Invalid token", { token: "x" }),
  ],
  me: [
    ...common("me"),
    fault(401, "Token is missing or improperly formatted", { token: "" }),
    fault(401, "Invalid token", { token: "x" }),
  ],
  jwks: common("jwks"),
};

const draftOf = async (stage: Stage, name: string): Promise<Draft> => {
  const { path, method } = specEndpoint(name);
  const start = { path, method, address: undefined, type: "application/json", body: {}, rest: "", token: undefined };
  if (name === "register") return { ...start, body: givenRegistration() };
  if (name === "login") return { ...start, body: { ...(await member(stage)).registration } };
  if (name === "jwks") return start;
  const { access, refresh } = await member(stage);
  return { ...start, token: name === "me" ? access : refresh };
};

/** Both faults in one request, or `undefined` when they set the same part of it to different things. */
const combine = (draft: Draft, one: Partial<Draft>, other: Partial<Draft>): Draft | undefined => {
  const isSame = (name: string): boolean => name !== "body" && name !== "rest" && name in one && name in other;
  const isSameField = Object.keys(one.body ?? {}).some((field) => field in (other.body ?? {}));
  if (isSameField || Object.keys(draft).some(isSame)) return undefined;
  return {
    ...draft,
    ...one,
    ...other,
    body: { ...draft.body, ...one.body, ...other.body },
    rest: (one.rest ?? "") + (other.rest ?? ""),
  };
};

const sentOf = ({ path, method, address, type, body, rest, token }: Draft): Sent => ({
  path,
  method,
  ...(address === undefined ? {} : { address }),
  headers: {
    ...(token === undefined || token === "" ? {} : bearing(token)),
    ...(method === "POST" || method === "PUT" ? { "content-type": type } : {}),
  },
  ...(method === "POST" || method === "PUT" ? { body: JSON.stringify(body) + rest } : {}),
});

describeOnEveryEngine("the order of checks", (engine) => {
  const stage = useStage(engine);

  for (const [name, faults] of Object.entries(faultsOf)) {
    const { method, path } = specEndpoint(name);
    for (const [at, earlier] of faults.entries()) {
      test(`${method} ${path} tells ${earlier.status} ${earlier.message} before everything below it`, async () => {
        const row = specErrors.find(({ status, message }) => status === earlier.status && message === earlier.message);
        assert.ok(row, "the page has such a row");
        const draft = await draftOf(stage, name);
        const first = await earlier.sets(stage);
        const requests = [combine(draft, first, {})];
        for (const later of faults.slice(at + 1)) requests.push(combine(draft, first, await later.sets(stage)));
        const sent = requests.filter((request) => request !== undefined);
        const answers = await Promise.all(sent.map((request) => stage.ask(sentOf(request))));
        for (const [index, { status, json }] of answers.entries()) {
          const told = { status, message: Object(json)["message"] as unknown };
          assert.deepEqual(told, { status: earlier.status, message: earlier.message }, JSON.stringify(sent[index]));
        }
      });
    }
  }

  test("the faults stand in the order of the page", () => {
    for (const [name, faults] of Object.entries(faultsOf)) {
      const places = faults.map(({ status, message }) =>
        specErrors.findIndex(
          (row) =>
            row.status === status &&
            row.message === message &&
            (row.endpoints.includes("any") || row.endpoints.includes(name)),
        ),
      );
      assert.ok(!places.includes(-1), name);
      assert.deepEqual(
        places,
        places.toSorted((one, other) => one - other),
        name,
      );
    }
  });
});
