import { describeOnEveryStore } from "../../engines/engines.js";
import { givenPerson } from "../../given.js";
import { nextAddress, type Response } from "../../server/request.js";
import { specEndpoints } from "../../specs/account-page.js";
import { type Draft, emptyDraft, type Fault, testOrder } from "../order-of-checks.js";
import { ageKey } from "./aging.js";
import { bystander, fieldsFor } from "./drafts.js";
import { addressLimits, spend } from "./limits-rows.js";
import { carrying, type Stage, useStage } from "./stage.js";

type Sets = Partial<Draft> | ((stage: Stage) => Promise<Partial<Draft>>);

const fault = (told: string, sets: Sets): Fault<Stage> => ({
  told,
  sets: typeof sets === "function" ? sets : async () => sets,
});

/** The status, the code, and what was said of the first field. */
const toldBy = ({ status, json }: Response): string => {
  const { code, errors } = Object(json) as { code: string; errors: readonly { field: string; message: string }[] };
  const [first] = errors;
  return first === undefined ? `${status} ${code}` : `${status} ${first.field}: ${first.message}`;
};

const spent = (name: string) => (stage: Stage) =>
  stage.shared(`spent at ${name}`, async () => {
    const address = nextAddress();
    await spend(stage, name, address);
    return { address };
  });

const denied = (stage: Stage): Promise<Partial<Draft>> =>
  stage.shared("denied", async () => {
    const { person, key } = await stage.enter();
    await stage.cli("user", "deny", person.email);
    return carrying(key);
  });

const fieldFaults: Readonly<Record<string, readonly Fault<Stage>[]>> = {
  register: [
    fault("400 email: This field may not be blank.", { body: { email: "" } }),
    fault("400 email: This email is already registered.", async (stage) => ({
      body: { email: (await bystander(stage)).person.email },
    })),
    fault("400 fullname: Not a valid string.", { body: { fullname: {} } }),
    fault("401 authentication_failed", carrying("x")),
  ],
  "web-register": [
    fault("400 email: Enter a valid email address.", { body: { email: "ada" } }),
    fault("400 fullname: This field may not be null.", { body: { fullname: null } }),
    fault("400 password: This password is too short. It must contain at least 8 characters.", {
      body: { password: "aB3$xyz" },
    }),
    fault("400 language: Not a valid string.", { body: { language: true } }),
    fault("401 authentication_failed", carrying("x")),
  ],
  verify: [
    fault("400 email: This field may not be blank.", { body: { email: " " } }),
    fault("400 code: enter code numeric", { body: { code: "x" } }),
  ],
  login: [
    fault("400 email: This field may not be null.", { body: { email: null } }),
    fault("400 password: This field may not be blank.", { body: { password: "" } }),
  ],
  "profile-update": [fault("400 fullname: This field may not be blank.", { body: { fullname: "" } })],
  reset: [
    fault("400 password: This field may not be blank.", { body: { password: "" } }),
    fault("400 password: This password is too short. It must contain at least 8 characters.", {
      body: { password: "aB3$xyz" },
    }),
    fault("400 old_password: The old password is incorrect.", { body: { old_password: "wrong" } }),
  ],
};

/** Everything that can be wrong with a request to the endpoint, in the order of the page. */
const faultsOf = ({ name, path, methods, needsKey }: (typeof specEndpoints)[number]): readonly Fault<Stage>[] => {
  const reads = methods.some((method) => ["POST", "PUT", "PATCH"].includes(method));
  return [
    fault("404 not_found", { path: `${path}x` }),
    fault("405 method_not_allowed", { method: methods.includes("POST") ? "PUT" : "POST" }),
    ...(reads ? [fault("413 payload_too_large", { rest: " ".repeat(64 * 1024) })] : []),
    ...(name in addressLimits ? [fault("429 throttled", spent(name))] : []),
    ...(needsKey ? [fault("401 not_authenticated", { authorization: undefined })] : []),
    ...(reads
      ? [fault("415 unsupported_media_type", { type: "text/plain" }), fault("400 parse_error", { rest: "]" })]
      : []),
    ...(needsKey ? [fault("401 authentication_failed", carrying("x")), fault("403 permission_denied", denied)] : []),
    ...(fieldFaults[name] ?? []),
  ];
};

const draftOf = async (stage: Stage, { name, path, methods }: (typeof specEndpoints)[number]): Promise<Draft> => {
  const start = emptyDraft(path, methods.at(-1) ?? "POST");
  if (name === "login") return { ...start, body: { ...(await bystander(stage)).person } };
  if (name === "register") return { ...start, body: fieldsFor(name, { email: givenPerson().email }) };
  const { key } = await stage.shared("settled", async () => {
    const member = await stage.enter();
    // Whose old password is needed.
    await ageKey(stage, member.key, 301_000);
    return member;
  });
  return { ...start, body: fieldsFor(name), ...carrying(key) };
};

describeOnEveryStore("the order of checks", (engine) => {
  const stage = useStage(engine);
  // What a browser is told is a page's.
  for (const endpoint of specEndpoints.filter(({ name }) => name !== "mobile-login"))
    testOrder(stage, `${endpoint.methods.join("/")} ${endpoint.path}`, {
      faults: faultsOf(endpoint),
      draft: () => draftOf(stage, endpoint),
      toldBy,
    });
});
