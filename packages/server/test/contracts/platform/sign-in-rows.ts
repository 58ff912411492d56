import type { SessionRequest, SessionState } from "#core/sign-in/session-state.js";
import { codeTo, endCode, endSession, makePerson, restSending, signIn, step, wrongCode } from "./people.js";
import { type Row, rowsFor } from "./row.js";
import { clientOf, fullClient, legalClient, sessionIn } from "./session-in.js";
import { signedSent } from "./signed.js";
import type { PlatformSent, Stage } from "./stage.js";
import { answering, changeStatus, pathOf, sentBy, spendTries } from "./step-rows.js";

const json = (path: string, body: unknown): PlatformSent => ({ method: "POST", path, json: body });
const login = (loginId: unknown) => json("/auth/login", { login_id: loginId });

/** What is wrong with a field that has to be a text. */
export const textFaults = (
  endpoint: string,
  field: string,
  sending: (value: unknown) => Row["send"] | PlatformSent,
): readonly Row[] => [
  ...rowsFor(endpoint, "request.validation.failed")(
    { [`${field} is missing`]: sending(undefined), [`${field} is null`]: sending(null) },
    { fields: { [field]: ["This field is required."] } },
  ),
  ...rowsFor(endpoint, "request.validation.failed")(
    {
      [`${field} is a number`]: sending(123_456),
      [`${field} is a list`]: sending(["a"]),
      [`${field} is an object`]: sending({ a: "b" }),
      [`${field} is true`]: sending(true),
    },
    { fields: { [field]: ["This must be a text."] } },
  ),
  ...rowsFor(endpoint, "request.validation.failed")(
    { [`${field} is blank`]: sending(" \t ") },
    { fields: { [field]: ["This must not be empty."] } },
  ),
];

/** Texts that are not the six digits. */
const notTheCode: Readonly<Record<string, (code: string) => string>> = {
  "it is another": wrongCode,
  "its digits are Persian": (code) => code.replace(/\d/g, (digit) => String.fromCodePoint(0x06f0 + Number(digit))),
  "its digits are fullwidth": (code) => code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
  "it has a digit less": (code) => code.slice(0, 5),
  "it has a digit more": (code) => `${code}0`,
  "it has a plus": (code) => `+${code}`,
  "it is in exponents": () => "1e5",
  "it has a NUL": (code) => `${code}\u0000`,
};

/** What every request of a session refuses, whatever it is told. */
export const tokenFaults = (request: SessionRequest, state: SessionState, body: object): readonly Row[] => {
  const answered = (before: Parameters<typeof answering>[2]) => async (stage: Stage) => ({
    ...(await answering(state, body, before)(stage)),
    path: pathOf(request),
  });
  return [
    ...rowsFor(
      request,
      "auth.token.expired",
    )({
      "the session began fifteen minutes ago": answered(({ stage, progress }) => endSession(stage, progress)),
    }),
    ...rowsFor(
      request,
      "auth.token.invalid",
    )({
      "the token comes with another key": async (stage) => ({
        ...(await answered(undefined)(stage)),
        key: (await stage.at({}).makeKey({ company: state === "acceptdisclaimers" ? "legal" : "default" })).key,
      }),
      "the session has been left": answered(async ({ client, progress }) => {
        await step(client, "/auth/logout", {}, progress);
      }),
    }),
    ...rowsFor(
      request,
      "auth.session.invalid",
    )({
      "the token is one of another state": async (stage) => {
        const other = state === "checkpassword" ? "signup-checkotp" : "checkpassword";
        const client = await clientOf(stage, other);
        return sentBy(client, (await sessionIn(stage, other)).progress, pathOf(request), body);
      },
      "the token is that of somebody signed in": async (stage) => {
        const client = await fullClient(stage);
        return sentBy(client, await signIn(client, await makePerson(stage)), pathOf(request), body);
      },
    }),
  ];
};

/** What is told of whoever may not act any more. */
export const statusFaults = (request: SessionRequest, state: SessionState, body: object): readonly Row[] =>
  (["restrict", "close", "deny"] as const).flatMap((act) =>
    rowsFor(
      request,
      `auth.user.${{ restrict: "restricted", close: "closed", deny: "denied" }[act]}`,
    )({
      [`the user was affected meanwhile: ${act}`]: async (stage) => ({
        ...(await answering(state, body, async ({ stage: own, person }) => {
          if (person !== undefined) await changeStatus(own, act, person);
        })(stage)),
        path: pathOf(request),
      }),
    }),
  );

/** Answers that are wrong, whatever the session waits for. */
const wrongAnswers: Readonly<Partial<Record<SessionState, object>>> = {
  checkpassword: { password: "a wrong password" },
  checkotp: { otp: "no code" },
  checkmemorable: { memorable_letters: { "1": "?", "2": "?", "3": "?" } },
  "signup-checkotp": { otp: "no code" },
  "recovery-checkotp": { otp: "no code" },
  "recovery-checkquestion": { control_answer: "a wrong answer" },
};

/** Five of them end the session; the factor may lock before. */
const spentRows: readonly Row[] = (
  ["checkpassword", "checkotp", "signup-checkotp", "recovery-checkotp"] as const
).flatMap((state) => {
  const body = wrongAnswers[state] ?? {};
  return rowsFor(
    state,
    "auth.session.invalid",
  )({
    "five answers were wrong": answering(state, body, ({ client, progress }) =>
      spendTries(client, progress, pathOf(state), body),
    ),
  });
});

/** Codes that are none, or none any more. */
export const codeFaultRows = (state: "checkotp" | "signup-checkotp" | "recovery-checkotp"): readonly Row[] => {
  const answeringWith =
    (change: (code: string) => string, before: Parameters<typeof answering>[2]) => async (stage: Stage) => {
      const client = await clientOf(stage, state);
      const there = await sessionIn(stage, state);
      const otp = change(await codeTo(stage, there.to));
      await before?.({ ...there, client, stage });
      return sentBy(client, there.progress, pathOf(state), { otp });
    };
  const same = (code: string): string => code;
  return [
    ...rowsFor(
      state,
      "auth.otp.invalid",
    )(
      Object.fromEntries(
        Object.entries(notTheCode).map(([when, change]) => [when, answeringWith(change, undefined)] as const),
      ),
    ),
    ...rowsFor(
      state,
      "auth.otp.invalid",
    )({
      "its five minutes are over": answeringWith(same, ({ stage, progress }) => endCode(stage, progress)),
      "another was sent since": answeringWith(same, async ({ client, progress, stage, to }) => {
        await restSending(stage, { phone: to });
        await step(client, "/auth/resendotp", {}, progress);
        if ((await codeTo(stage, to)) === "") throw new Error("no other code");
      }),
      "it is another session's": async (stage) => {
        const client = await clientOf(stage, state);
        const [there, other] = [await sessionIn(stage, state), await sessionIn(stage, state)];
        return sentBy(client, there.progress, pathOf(state), { otp: await codeTo(stage, other.to) });
      },
    }),
  ];
};

const loginRows: readonly Row[] = [
  ...textFaults("login", "login_id", login),
  ...rowsFor("login", "request.validation.failed")(
    { "login_id has 255 characters": login("x".repeat(255)) },
    { fields: { login_id: ["This must have at most 254 characters."] } },
  ),
  ...rowsFor(
    "login",
    "auth.loginid.notfound",
  )({
    "nobody has the e-mail": login("nobody@example.org"),
    "nobody has the number": login("+989129999999"),
    "nobody has the name": login("nobody"),
    "the text can be nothing": login("a\u0000b"),
    "the number is not the primary one": async (stage) => {
      const numbers = ["+989351112233", `+98936${String(Date.now()).slice(-7)}`];
      await stage.ask(await signedSent(stage, { method: "POST", path: "/users", json: { phones: numbers } }));
      return login(numbers[1]);
    },
    "the user is another company's": async (stage) => {
      const { stage: legal } = await legalClient(stage);
      return login((await makePerson(legal)).email);
    },
    "the user was deleted": async (stage) => {
      const person = await makePerson(stage);
      await changeStatus(stage, "delete", person);
      return login(person.email);
    },
  }),
  ...(["restrict", "close", "deny"] as const).flatMap((act) =>
    rowsFor(
      "login",
      `auth.user.${{ restrict: "restricted", close: "closed", deny: "denied" }[act]}`,
    )({
      [`an operator did it: ${act}`]: async (stage) => {
        const person = await makePerson(stage);
        await changeStatus(stage, act, person);
        return login(person.phone);
      },
    }),
  ),
  ...rowsFor(
    "login",
    "auth.captcha.missing",
  )({
    "the key wants a captcha": async (stage) => ({
      ...login("nobody@example.org"),
      key: (await stage.keyWith({ captcha: { flows: ["login"] } })).key,
    }),
  }),
  ...rowsFor(
    "login",
    "auth.captcha.invalid",
  )({
    "the captcha's answer is none": async (stage) => ({
      ...json("/auth/login", { login_id: "nobody@example.org", captcha_response: "none" }),
      key: (await stage.keyWith({ captcha: { flows: ["login"] } })).key,
    }),
  }),
  ...rowsFor("login", "request.rate.exceeded")(
    {
      "a code was sent less than a minute ago": async (stage) => {
        const { phone } = await makePerson(stage, { password: false });
        await stage.ask(login(phone));
        return login(phone);
      },
    },
    { headers: { "retry-after": /^(60|5\d)$/ } },
  ),
];

/** Ways not to accept what is required; the answer itself is right. */
export const disclaimerRows = (
  endpoint: SessionRequest,
  start: (stage: Stage) => Promise<readonly [PlatformSent, object]>,
) => {
  const accepting = (accepted: unknown) => async (stage: Stage) => {
    const [sent, answer] = await start(stage);
    return { ...sent, json: { ...answer, accept_disclaimers: accepted } };
  };
  return [
    ...rowsFor(
      endpoint,
      "auth.disclaimer.invalid",
    )({
      "nothing is accepted": accepting(undefined),
      "an empty list is accepted": accepting([]),
      "another text is accepted": accepting([{ code: "privacy", version: "2" }]),
      "the version before is accepted": accepting([{ code: "terms", version: "1" }]),
      "it is accepted twice": accepting(["terms", { code: "terms", version: "2" }]),
      "its code is spelled otherwise": accepting(["Terms"]),
    }),
    ...rowsFor(endpoint, "request.validation.failed")(
      { "accept_disclaimers is a text": accepting("terms") },
      { fields: { accept_disclaimers: ["This must be a list."] } },
    ),
    ...rowsFor(endpoint, "request.validation.failed")(
      { "an item is a number": accepting([5]) },
      { fields: { accept_disclaimers: ["This must be an object."] } },
    ),
    ...rowsFor(endpoint, "request.validation.failed")(
      { "an item has no code": accepting([{ version: "2" }]) },
      { fields: { accept_disclaimers: ["This field is required."] } },
    ),
  ];
};

/** Somebody of the company that requires its terms, who has begun to sign in. */
const beginLegal =
  (options: { readonly password: boolean }) =>
  async (stage: Stage): Promise<readonly [PlatformSent, object]> => {
    const client = await legalClient(stage);
    const person = await makePerson(client.stage, options);
    const progress = await step(client, "/auth/login", { login_id: person.email });
    const path = options.password ? "/auth/checkpassword" : "/auth/checkotp";
    const answer = options.password ? { password: person.password } : { otp: await codeTo(client.stage, person.phone) };
    return [sentBy(client, progress, path, answer), answer];
  };

export const signInRows: readonly Row[] = [
  ...loginRows,
  ...tokenFaults("checkpassword", "checkpassword", { password: "x" }),
  ...statusFaults("checkpassword", "checkpassword", { password: "x" }),
  ...textFaults("checkpassword", "password", (password) => answering("checkpassword", { password })),
  ...rowsFor(
    "checkpassword",
    "auth.password.invalid",
  )({
    "it is another": answering("checkpassword", { password: "another password" }),
    "its case is another": answering("checkpassword", { password: "correct-horse-9-battery" }),
    "it has a blank more": answering("checkpassword", { password: "Correct-Horse-9-battery " }),
    "it has a NUL": answering("checkpassword", { password: "Correct-Horse-9-battery\u0000" }),
    "nothing can be right: there is no password and nowhere to send a code to": async (stage) => {
      const client = await fullClient(stage);
      const loginName = `name.${Date.now()}`;
      await makePerson(stage, { password: false, phone: false, email: false, loginName });
      const progress = await step(client, "/auth/login", { login_id: loginName });
      return sentBy(client, progress, "/auth/checkpassword", { password: "any password" });
    },
  }),
  ...rowsFor("checkpassword", "request.rate.exceeded")(
    {
      "five wrong passwords have locked it": answering(
        "checkpassword",
        { password: "Correct-Horse-9-battery" },
        async ({ client, person }) => {
          const other = await step(client, "/auth/login", { login_id: person?.email });
          await spendTries(client, other, "/auth/checkpassword", { password: "wrong" });
        },
      ),
    },
    { headers: { "retry-after": /^(60|5\d)$/ } },
  ),
  ...disclaimerRows("checkpassword", beginLegal({ password: true })),
  ...tokenFaults("checkotp", "checkotp", { otp: "000000" }),
  ...statusFaults("checkotp", "checkotp", { otp: "000000" }),
  ...rowsFor("checkotp", "request.validation.failed")(
    { "there is neither code nor backup code": answering("checkotp", {}) },
    { fields: { otp: ["This field is required."] } },
  ),
  ...rowsFor("checkotp", "request.validation.failed")(
    { "there are both": answering("checkotp", { otp: "000000", backup_code: "0-00000-00000-00000" }) },
    { fields: { backup_code: ["Send either a code or a backup code, not both."] } },
  ),
  ...rowsFor("checkotp", "request.validation.failed")(
    {
      "otp is a number": answering("checkotp", { otp: 123_456 }),
      "otp is a list": answering("checkotp", { otp: ["000000"] }),
    },
    { fields: { otp: ["This must be a text."] } },
  ),
  ...rowsFor("checkotp", "request.validation.failed")(
    { "otp has 65 characters": answering("checkotp", { otp: "1".repeat(65) }) },
    { fields: { otp: ["This must have at most 64 characters."] } },
  ),
  ...rowsFor("checkotp", "request.validation.failed")(
    { "backup_code is a number": answering("checkotp", { backup_code: 5 }) },
    { fields: { backup_code: ["This must be a text."] } },
  ),
  ...codeFaultRows("checkotp"),
  ...rowsFor(
    "checkotp",
    "auth.backupcode.invalid",
  )({
    "there are none": answering("checkotp", { backup_code: "0-00000-00000-00000" }),
    "it is the code": async (stage) => {
      const client = await fullClient(stage);
      const { progress, to } = await sessionIn(stage, "checkotp");
      return sentBy(client, progress, "/auth/checkotp", { backup_code: await codeTo(stage, to) });
    },
  }),
  ...disclaimerRows("checkotp", beginLegal({ password: false })),
  ...tokenFaults("resendotp", "checkotp", {}),
  ...statusFaults("resendotp", "checkotp", {}),
  ...rowsFor("resendotp", "request.rate.exceeded")(
    {
      "the last code is younger than a minute": async (stage) => {
        const client = await fullClient(stage);
        return sentBy(client, (await sessionIn(stage, "signup-checkotp")).progress, "/auth/resendotp", {});
      },
    },
    { headers: { "retry-after": /^(60|5\d)$/ } },
  ),
  ...tokenFaults("checkmemorable", "checkmemorable", { memorable_letters: {} }),
  ...statusFaults("checkmemorable", "checkmemorable", { memorable_letters: {} }),
  ...rowsFor("checkmemorable", "request.validation.failed")(
    { "memorable_letters is missing": answering("checkmemorable", {}) },
    { fields: { memorable_letters: ["This field is required."] } },
  ),
  ...rowsFor("checkmemorable", "request.validation.failed")(
    {
      "memorable_letters is a text": answering("checkmemorable", { memorable_letters: "abc" }),
      "memorable_letters is a list": answering("checkmemorable", { memorable_letters: ["a"] }),
    },
    { fields: { memorable_letters: ["This must be an object."] } },
  ),
  ...rowsFor("checkmemorable", "request.validation.failed")(
    {
      "a position is none": answering("checkmemorable", { memorable_letters: { x: "a" } }),
      "a letter is a number": answering("checkmemorable", { memorable_letters: { "1": 1 } }),
      "there are eleven letters": answering("checkmemorable", {
        memorable_letters: Object.fromEntries(Array.from({ length: 11 }, (_, at) => [String(at + 1), "a"])),
      }),
    },
    { fields: { memorable_letters: ["This must name one letter for each position."] } },
  ),
  ...rowsFor(
    "checkmemorable",
    "auth.memorable.invalid",
  )({
    "all letters are wrong": answering("checkmemorable", { memorable_letters: { "1": "?", "2": "?", "3": "?" } }),
    "there is none": answering("checkmemorable", { memorable_letters: {} }),
    "the positions are its sender's own": answering("checkmemorable", { memorable_letters: { "1": "m", "2": "a" } }),
  }),
  ...tokenFaults("acceptdisclaimers", "acceptdisclaimers", {}),
  ...disclaimerRows("acceptdisclaimers", async (stage) => {
    const client = await legalClient(stage);
    const { progress } = await sessionIn(stage, "acceptdisclaimers");
    return [sentBy(client, progress, "/auth/acceptdisclaimers", {}), {}];
  }),
  ...spentRows,
];
