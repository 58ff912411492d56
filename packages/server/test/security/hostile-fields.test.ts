import assert from "node:assert/strict";
import { it } from "node:test";
import type { SessionState } from "#core/sign-in/session-state.js";
import { tokenOf } from "../contracts/platform/people.js";
import { clientOf, sessionIn } from "../contracts/platform/session-in.js";
import { givenUser, signedSent } from "../contracts/platform/signed.js";
import { bearing, type PlatformSent, type Stage, useStage } from "../contracts/platform/stage.js";
import { describeOnEveryEngine } from "../engines/engines.js";

/** What nobody means by any field, in values that JSON can hold. */
const hostile: readonly unknown[] = [
  "\0",
  "a\0b@example.org",
  "\u{10ffff}\u{fffe}",
  "\u202e\u2066\u200d",
  "\r\nBcc: x@example.org\r\n\r\n.\r\n",
  "' or 1=1 -- \\",
  "{{7*7}}<script>#{7*7}</script>",
  "ﷺ".repeat(200),
  "a\u0301\u0327".repeat(8_000),
  "é".repeat(8_000),
  "+".repeat(254),
  "+98 912 345 67 89;ext=1",
  "@".repeat(254),
  `${"a".repeat(64)}@${"b".repeat(180)}.example`,
  "👩‍👩‍👧‍👦".repeat(100),
  Number.MAX_VALUE,
  -0,
  1e-320,
  true,
  [],
  Array.from({ length: 15_000 }, () => 0),
  [[[[[[{}]]]]]],
  {},
  { code: "terms", version: {} },
  Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [String(at), "a"])),
];

interface Target {
  readonly path: string;
  readonly method?: string;
  readonly state?: SessionState | "authorized";
  readonly isSigned?: true;
  /** A right request, whose members are replaced one by one. */
  readonly json: () => Readonly<Record<string, unknown>>;
}

const oauth = {
  provider: "p",
  code: "c",
  state: "s",
  redirect_uri: "u",
  code_verifier: "v",
  nonce: "n",
  id_token: "i",
};
const profile = { first_name: "A", last_name: "B", birth_date: "2000-01-01", gender: "x", custom: {} };

const targets: readonly Target[] = [
  { path: "/auth/signup", json: () => ({ login_id: givenUser()["emails"], profile, language: "en" }) },
  { path: "/auth/signup/checkotp", state: "signup-checkotp", json: () => ({ otp: "0", accept_disclaimers: [] }) },
  { path: "/auth/signup/setpassword", state: "signup-setpassword", json: () => ({ password: "" }) },
  { path: "/auth/login", json: () => ({ login_id: "x", captcha_response: "" }) },
  { path: "/auth/checkpassword", state: "checkpassword", json: () => ({ password: "x", accept_disclaimers: [] }) },
  { path: "/auth/checkotp", state: "checkotp", json: () => ({ otp: "x", accept_disclaimers: [] }) },
  { path: "/auth/checkotp", state: "checkotp", json: () => ({ backup_code: "x", accept_disclaimers: [] }) },
  { path: "/auth/checkmemorable", state: "checkmemorable", json: () => ({ memorable_letters: { 1: "a" } }) },
  { path: "/auth/acceptdisclaimers", state: "acceptdisclaimers", json: () => ({ accept_disclaimers: [] }) },
  { path: "/auth/oauth", json: () => oauth },
  { path: "/auth/logout", json: () => ({ token: "x" }) },
  { path: "/auth/recovery/recover", json: () => ({ login_id: "x", method: "PHONE" }) },
  { path: "/auth/recovery/checkotp", state: "recovery-checkotp", json: () => ({ otp: "x" }) },
  { path: "/auth/recovery/checkquestion", state: "recovery-checkquestion", json: () => ({ control_answer: "x" }) },
  { path: "/auth/recovery/checklink", json: () => ({ token: "x" }) },
  { path: "/auth/recovery/setpassword", state: "recovery-setpassword", json: () => ({ password: "" }) },
  { path: "/user/password", method: "PUT", state: "authorized", json: () => ({ new_password: "" }) },
  { path: "/user/controlquestion", method: "PUT", state: "authorized", json: () => ({ question: "q", answer: "a b" }) },
  { path: "/user/memorable", method: "PUT", state: "authorized", json: () => ({ words: ["marigold"] }) },
  { path: "/user/secondfactor", method: "PUT", state: "authorized", json: () => ({ otp: false }) },
  { path: "/user/entries", state: "authorized", json: () => ({ client: "c", type: "oauth", ...oauth }) },
  { path: "/users", isSigned: true, json: () => ({ ...givenUser(), login_name: "n", language: "en", ...profile }) },
];

/** Slow machines and queues of hashes included. */
const slow = 5_000;

describeOnEveryEngine("hostile values", (engine) => {
  const stage = useStage(engine);

  for (const target of targets)
    it(`in any field of ${target.method ?? "POST"} ${target.path} are refused, and soon`, async () => {
      for (const field of Object.keys(target.json())) {
        let send = await sender(stage, target);
        for (const [at, value] of hostile.entries()) {
          // Wrong answers end a session.
          if (at % 4 === 3 && target.state !== undefined && target.state !== "authorized")
            send = await sender(stage, target);
          const began = performance.now();
          const answer = await send({ ...target.json(), [field]: value });
          const told = `${field}: ${JSON.stringify(value).slice(0, 60)}: ${answer.text.slice(0, 200)}`;
          assert.ok(answer.status < 500, told);
          assert.ok(performance.now() - began < slow, told);
        }
      }
    });
});

/** Sends a body as somebody from whom the endpoint takes one. */
async function sender(stage: Stage, target: Target) {
  const { path, method = "POST", state, isSigned } = target;
  if (isSigned === true) return async (json: unknown) => stage.ask(await signedSent(stage, { method, path, json }));
  const sent: PlatformSent = { method, path };
  if (state === undefined) return (json: unknown) => stage.ask({ ...sent, json });
  const at = await sessionIn(stage, state);
  const client = await clientOf(stage, state);
  const headers = bearing(tokenOf(at.progress));
  return (json: unknown) => client.stage.ask({ ...sent, json, headers, key: client.key.key });
}
