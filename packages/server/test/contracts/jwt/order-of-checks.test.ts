import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenRegistration } from "../../given.js";
import { nextAddress } from "../../server/request.js";
import { specEndpoint, specErrors } from "../../specs/jwt-page.js";
import { type Draft, emptyDraft, type Fault, testOrder } from "../order-of-checks.js";
import { bearing, type Stage, useStage } from "./stage.js";

/** One thing that is wrong, and the row of the page it runs into. */
interface RowFault extends Fault<Stage> {
  readonly status: number;
  readonly message: string;
}

const limits: Readonly<Record<string, number>> = { register: 5, login: 10, refresh: 60 };

const fault = (
  status: number,
  message: string,
  sets: Partial<Draft> | ((stage: Stage) => Promise<Partial<Draft>>),
): RowFault => ({
  status,
  message,
  told: `${status} ${message}`,
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

const common = (name: string): readonly RowFault[] => {
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

const faultsOf: Readonly<Record<string, readonly RowFault[]>> = {
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
    fault(401, "Token is missing or improperly formatted", { authorization: undefined }),
    fault(401, "Invalid token", bearing("x")),
  ],
  logout: [
    ...common("logout"),
    fault(401, "Token is missing or improperly formatted", { authorization: undefined }),
    fault(401, "Invalid token", bearing("x")),
  ],
  me: [
    ...common("me"),
    fault(401, "Token is missing or improperly formatted", { authorization: undefined }),
    fault(401, "Invalid token", bearing("x")),
  ],
  jwks: common("jwks"),
};

const draftOf = async (stage: Stage, name: string): Promise<Draft> => {
  const { path, method } = specEndpoint(name);
  const start = emptyDraft(path, method);
  if (name === "register") return { ...start, body: givenRegistration() };
  if (name === "login") return { ...start, body: { ...(await member(stage)).registration } };
  if (name === "jwks") return start;
  const { access, refresh } = await member(stage);
  return { ...start, ...bearing(name === "me" ? access : refresh) };
};

describeOnEveryEngine("the order of checks", (engine) => {
  const stage = useStage(engine);

  for (const [name, faults] of Object.entries(faultsOf)) {
    const { method, path } = specEndpoint(name);
    testOrder(stage, `${method} ${path}`, {
      faults,
      draft: () => draftOf(stage, name),
      toldBy: ({ status, json }) => `${status} ${String(Object(json)["message"])}`,
    });
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
