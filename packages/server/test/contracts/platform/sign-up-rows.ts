import { codeTo, makePerson, newAddresses, restSending, step } from "./people.js";
import { type Row, rowsFor } from "./row.js";
import { fullClient, legalClient } from "./session-in.js";
import { codeFaultRows, disclaimerRows, textFaults, tokenFaults } from "./sign-in-rows.js";
import type { PlatformSent } from "./stage.js";
import { answering, sentBy } from "./step-rows.js";

const signup = (over: object): PlatformSent => ({
  method: "POST",
  path: "/auth/signup",
  json: { login_id: newAddresses().email, ...over },
});

const withCaptcha = async (stage: Parameters<Row["send"]>[0], over: object): Promise<PlatformSent> => ({
  ...signup(over),
  key: (await stage.keyWith({ captcha: { flows: ["signup"] } })).key,
});

/** What breaks a rule for passwords, and what is said of it. */
const weakPasswords: Readonly<Record<string, readonly [password: string, said: readonly string[]]>> = {
  "it has seven characters": ["tQ8!zk3", ["The password must have at least 8 characters."]],
  "everybody has it": ["password123", ["This password is too common."]],
  "it is of digits": ["8301947265", ["The password must not consist of digits only."]],
  "it has 1001 characters": ["tQ8!".repeat(251), ["This must have at most 1000 characters."]],
};

export const weakPasswordRows = (endpoint: "signup-setpassword" | "recovery-setpassword"): readonly Row[] =>
  Object.entries(weakPasswords).flatMap(([when, [password, said]]) =>
    rowsFor(endpoint, "request.validation.failed")(
      { [when]: answering(endpoint, { password }) },
      { fields: { password: said } },
    ),
  );

export const signUpRows: readonly Row[] = [
  ...textFaults("signup", "login_id", (loginId) => signup({ login_id: loginId })),
  ...rowsFor("signup", "request.validation.failed")(
    { "profile is a text": signup({ profile: "x" }), "profile is a list": signup({ profile: [] }) },
    { fields: { profile: ["This must be an object."] } },
  ),
  ...rowsFor("signup", "request.validation.failed")(
    { "a name is a number": signup({ profile: { first_name: 5 } }) },
    { fields: { profile: ["This must be a text."] } },
  ),
  ...rowsFor("signup", "request.validation.failed")(
    { "a name has 151 characters": signup({ profile: { last_name: "x".repeat(151) } }) },
    { fields: { profile: ["This must have at most 150 characters."] } },
  ),
  ...rowsFor("signup", "request.validation.failed")(
    { "the month has no such day": signup({ profile: { birth_date: "2001-02-29" } }) },
    { fields: { profile: ["This must be a date in the form YYYY-MM-DD."] } },
  ),
  ...rowsFor("signup", "request.validation.failed")(
    {
      "nobody speaks the language": signup({ language: "tlh" }),
      "the language is a path": signup({ language: "../x" }),
    },
    { fields: { language: ["This is not one of the possible values."] } },
  ),
  ...rowsFor("signup", "request.validation.failed")(
    { "several fields are wrong": signup({ login_id: 5, profile: 5, language: 5 }) },
    {
      fields: {
        login_id: ["This must be a text."],
        profile: ["This must be an object."],
        language: ["This must be a text."],
      },
    },
  ),
  ...rowsFor(
    "signup",
    "profile.identifier.invalid",
  )({
    "it is a name": signup({ login_id: "ada" }),
    "the number has no country": signup({ login_id: "09121234567" }),
    "the number is too short": signup({ login_id: "+98912" }),
    "the address has no domain": signup({ login_id: "ada@" }),
    "the address has two": signup({ login_id: "a@b.org,c@d.org" }),
    "the address looks like another": signup({ login_id: "ada＠example.org" }),
    "it has a line more": signup({ login_id: "ada@example.org\nbcc:x" }),
  }),
  ...rowsFor(
    "signup",
    "profile.identifier.used",
  )({
    "somebody has the e-mail": async (stage) => signup({ login_id: (await makePerson(stage)).email }),
    "somebody has it, spelled otherwise": async (stage) =>
      signup({ login_id: ` ${(await makePerson(stage)).email.toUpperCase()} ` }),
    "somebody has the number": async (stage) => signup({ login_id: (await makePerson(stage)).phone }),
    "somebody has the number, written with blanks": async (stage) => {
      const { phone } = await makePerson(stage);
      return signup({ login_id: `${phone.slice(0, 3)} ${phone.slice(3, 6)} ${phone.slice(6)}` });
    },
  }),
  ...rowsFor("signup", "auth.captcha.missing")({ "the key wants a captcha": (stage) => withCaptcha(stage, {}) }),
  ...rowsFor(
    "signup",
    "auth.captcha.invalid",
  )({
    "the captcha's answer is none": (stage) => withCaptcha(stage, { captcha_response: "none" }),
  }),
  ...rowsFor("signup", "request.rate.exceeded")(
    {
      "a code was sent there less than a minute ago": async (stage) => {
        const sent = signup({});
        await stage.ask(sent);
        return sent;
      },
    },
    { headers: { "retry-after": /^(60|5\d)$/ } },
  ),
  ...tokenFaults("signup-checkotp", "signup-checkotp", { otp: "000000" }),
  ...textFaults("signup-checkotp", "otp", (otp) => answering("signup-checkotp", { otp })),
  ...codeFaultRows("signup-checkotp"),
  ...disclaimerRows("signup-checkotp", async (stage) => {
    const client = await legalClient(stage);
    const { email } = newAddresses();
    const progress = await step(client, "/auth/signup", { login_id: email });
    const answer = { otp: await codeTo(client.stage, email) };
    return [sentBy(client, progress, "/auth/signup/checkotp", answer), answer];
  }),
  ...rowsFor(
    "signup-checkotp",
    "profile.identifier.used",
  )({
    "somebody else has proven the number since": async (stage) => {
      const client = { stage, key: await stage.ownKey() };
      const { email } = newAddresses();
      const one = await step(client, "/auth/signup", { login_id: email });
      const first = await codeTo(stage, email);
      await restSending(stage, { email });
      const other = await step(client, "/auth/signup", { login_id: email });
      await step(client, "/auth/signup/checkotp", { otp: await codeTo(stage, email) }, other);
      return sentBy(client, one, "/auth/signup/checkotp", { otp: first });
    },
  }),
  ...tokenFaults("signup-setpassword", "signup-setpassword", { password: "x" }),
  ...textFaults("signup-setpassword", "password", (password) => answering("signup-setpassword", { password })),
  ...weakPasswordRows("signup-setpassword"),
  ...rowsFor("signup-setpassword", "request.validation.failed")(
    {
      "it is the address": async (stage) => {
        const client = await fullClient(stage);
        const { email } = newAddresses();
        const begun = await step(client, "/auth/signup", { login_id: email });
        const proven = await step(client, "/auth/signup/checkotp", { otp: await codeTo(stage, email) }, begun);
        return sentBy(client, proven, "/auth/signup/setpassword", { password: email });
      },
    },
    { fields: { password: ["The password is too similar to your own data."] } },
  ),
];
