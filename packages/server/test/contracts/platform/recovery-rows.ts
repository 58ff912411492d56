import { fingerprint } from "#adapters/system/fingerprint.js";
import { linkTo, linkToken, makePerson, type Person, restSending, setUp, signIn, step } from "./people.js";
import { type Row, rowsFor } from "./row.js";
import { controlAnswer, fullClient, openLink } from "./session-in.js";
import { codeFaultRows, statusFaults, textFaults, tokenFaults } from "./sign-in-rows.js";
import { weakPasswordRows } from "./sign-up-rows.js";
import type { PlatformSent, Stage } from "./stage.js";
import { answering, changeStatus, sentBy, spendTries } from "./step-rows.js";

const recover = (over: object): PlatformSent => ({ method: "POST", path: "/auth/recovery/recover", json: over });
const checklink = (token: unknown): PlatformSent => ({
  method: "POST",
  path: "/auth/recovery/checklink",
  json: { token },
});

const withKey = async (stage: Stage, policy: object, sent: PlatformSent): Promise<PlatformSent> => ({
  ...sent,
  key: (await stage.keyWith(policy)).key,
});

/** A mailed link of somebody, asked for with the stage's own key. */
const mailedLink = async (stage: Stage, person?: Person): Promise<string> => {
  const { email } = person ?? (await makePerson(stage));
  await step({ stage, key: await stage.ownKey() }, "/auth/recovery/recover", { login_id: email, method: "MAIL" });
  return linkToken(await linkTo(stage, email));
};

const hashOfLink = async (stage: Stage, token: string): Promise<string> =>
  fingerprint(`recover ${(await stage.ownKey()).id} ${token}`);

const askingPolicy = {
  factors: { controlQuestion: true },
  recovery: { methods: ["QUESTION"], defaultMethod: "QUESTION" },
};

export const recoveryRows: readonly Row[] = [
  ...textFaults("recovery-recover", "login_id", (loginId) => recover({ login_id: loginId })),
  ...rowsFor("recovery-recover", "request.validation.failed")(
    {
      "the method is another": recover({ login_id: "x", method: "PIGEON" }),
      "the method is in small letters": recover({ login_id: "x", method: "phone" }),
    },
    { fields: { method: ["This is not one of the possible values."] } },
  ),
  ...rowsFor(
    "recovery-recover",
    "auth.loginid.notfound",
  )({
    "nobody has the e-mail": recover({ login_id: "nobody@example.org" }),
    "nobody has the number": recover({ login_id: "+989129999999", method: "MAIL" }),
    "the user was deleted": async (stage) => {
      const person = await makePerson(stage);
      await changeStatus(stage, "delete", person);
      return recover({ login_id: person.email });
    },
  }),
  ...(["restrict", "close", "deny"] as const).flatMap((act) =>
    rowsFor(
      "recovery-recover",
      `auth.user.${{ restrict: "restricted", close: "closed", deny: "denied" }[act]}`,
    )({
      [`an operator did it: ${act}`]: async (stage) => {
        const person = await makePerson(stage);
        await changeStatus(stage, act, person);
        return recover({ login_id: person.email, method: "MAIL" });
      },
    }),
  ),
  ...rowsFor(
    "recovery-recover",
    "recovery.phone.notset",
  )({
    "the user has no number": async (stage) =>
      recover({ login_id: (await makePerson(stage, { phone: false })).email, method: "PHONE" }),
    "the user has no number, and the key's default wants one": async (stage) =>
      recover({ login_id: (await makePerson(stage, { phone: false })).email }),
  }),
  ...rowsFor(
    "recovery-recover",
    "recovery.email.notset",
  )({
    "the user has no address": async (stage) =>
      recover({ login_id: (await makePerson(stage, { email: false })).phone, method: "MAIL" }),
  }),
  ...rowsFor(
    "recovery-recover",
    "recovery.question.notset",
  )({
    "the user has no question": async (stage) =>
      withKey(stage, askingPolicy, recover({ login_id: (await makePerson(stage)).email })),
  }),
  ...rowsFor(
    "recovery-recover",
    "recovery.method.restricted",
  )({
    "nothing was said of questions": recover({ login_id: "nobody@example.org", method: "QUESTION" }),
    "the key has the number alone": (stage) =>
      withKey(
        stage,
        { recovery: { methods: ["PHONE"], defaultMethod: "PHONE" } },
        recover({ login_id: "nobody@example.org", method: "MAIL" }),
      ),
  }),
  ...rowsFor(
    "recovery-recover",
    "auth.captcha.missing",
  )({
    "the key wants a captcha": (stage) =>
      withKey(stage, { captcha: { flows: ["recovery"] } }, recover({ login_id: "nobody@example.org" })),
  }),
  ...rowsFor(
    "recovery-recover",
    "auth.captcha.invalid",
  )({
    "the captcha's answer is none": (stage) =>
      withKey(
        stage,
        { captcha: { flows: ["recovery"] } },
        recover({ login_id: "nobody@example.org", captcha_response: "none" }),
      ),
  }),
  ...rowsFor("recovery-recover", "request.rate.exceeded")(
    {
      "a code was sent less than a minute ago": async (stage) => {
        const sent = recover({ login_id: (await makePerson(stage)).email });
        await stage.ask(sent);
        return sent;
      },
      "a link was mailed less than a minute ago": async (stage) => {
        const sent = recover({ login_id: (await makePerson(stage)).email, method: "MAIL" });
        await stage.ask(sent);
        return sent;
      },
    },
    { headers: { "retry-after": /^(60|5\d)$/ } },
  ),

  ...tokenFaults("recovery-checkotp", "recovery-checkotp", { otp: "000000" }),
  ...statusFaults("recovery-checkotp", "recovery-checkotp", { otp: "000000" }),
  ...textFaults("recovery-checkotp", "otp", (otp) => answering("recovery-checkotp", { otp })),
  ...codeFaultRows("recovery-checkotp"),

  ...tokenFaults("recovery-checkquestion", "recovery-checkquestion", { control_answer: "x" }),
  ...statusFaults("recovery-checkquestion", "recovery-checkquestion", { control_answer: "x" }),
  ...textFaults("recovery-checkquestion", "control_answer", (answer) =>
    answering("recovery-checkquestion", { control_answer: answer }),
  ),
  ...rowsFor(
    "recovery-checkquestion",
    "auth.controlanswer.invalid",
  )({
    "it is another": answering("recovery-checkquestion", { control_answer: "red tricycle" }),
    "a word is missing": answering("recovery-checkquestion", { control_answer: "bicycle" }),
  }),
  ...rowsFor(
    "recovery-checkquestion",
    "request.rate.exceeded",
  )({
    "five answers a day were wrong": async (stage) => {
      const client = await fullClient(stage);
      const person = await makePerson(stage);
      const question = { question: "What did you ride?", answer: controlAnswer };
      await setUp(client, await signIn(client, person), "/user/controlquestion", question);
      const begin = () => step(client, "/auth/recovery/recover", { login_id: person.phone, method: "QUESTION" });
      const [one, other] = [await begin(), await begin()];
      const path = "/auth/recovery/checkquestion";
      await spendTries(client, one, path, { control_answer: "wrong" });
      return sentBy(client, other, path, { control_answer: controlAnswer });
    },
  }),

  ...textFaults("recovery-checklink", "token", checklink),
  ...rowsFor(
    "recovery-checklink",
    "auth.token.invalid",
  )({
    "it is none": checklink("none"),
    "nobody got it": checklink("x".repeat(43)),
    "it was used": async (stage) => {
      const token = await mailedLink(stage);
      await stage.ask(checklink(token));
      return checklink(token);
    },
    "a newer one was mailed": async (stage) => {
      const person = await makePerson(stage);
      const token = await mailedLink(stage, person);
      await restSending(stage, person);
      await mailedLink(stage, person);
      return checklink(token);
    },
    "it comes with another key": async (stage) => ({
      ...checklink(await mailedLink(stage)),
      key: (await stage.makeKey()).key,
    }),
    "it is a session's": async (stage) => {
      const client = { stage, key: await stage.ownKey() };
      return checklink((await openLink(client, await makePerson(stage)))["session_token"]);
    },
    "it stands in the query": async (stage) => ({
      ...checklink(undefined),
      path: `/auth/recovery/checklink?token=${await mailedLink(stage)}`,
    }),
  }),
  ...rowsFor(
    "recovery-checklink",
    "auth.token.expired",
  )({
    "its hour is over": async (stage) => {
      const token = await mailedLink(stage);
      const hash = await hashOfLink(stage, token);
      await stage.sql(`update account_link set expires_at = expires_at - 3600000 where token_hash = '${hash}'`);
      return checklink(token);
    },
  }),
  ...(["restrict", "close", "deny"] as const).flatMap((act) =>
    rowsFor(
      "recovery-checklink",
      `auth.user.${{ restrict: "restricted", close: "closed", deny: "denied" }[act]}`,
    )({
      [`an operator did it since: ${act}`]: async (stage) => {
        const person = await makePerson(stage);
        const token = await mailedLink(stage, person);
        await changeStatus(stage, act, person);
        return checklink(token);
      },
    }),
  ),

  ...tokenFaults("recovery-setpassword", "recovery-setpassword", { password: "x" }),
  ...statusFaults("recovery-setpassword", "recovery-setpassword", { password: "x" }),
  ...textFaults("recovery-setpassword", "password", (password) => answering("recovery-setpassword", { password })),
  ...weakPasswordRows("recovery-setpassword"),
  ...rowsFor(
    "recovery-setpassword",
    "auth.session.invalid",
  )({
    "the question was answered less than a day ago": async (stage) => {
      const client = await fullClient(stage);
      const person = await makePerson(stage);
      const question = { question: "What did you ride?", answer: controlAnswer };
      await setUp(client, await signIn(client, person), "/user/controlquestion", question);
      const begun = await step(client, "/auth/recovery/recover", { login_id: person.phone, method: "QUESTION" });
      const answered = { control_answer: " blue bicycle " };
      const proven = await step(client, "/auth/recovery/checkquestion", answered, begun);
      return sentBy(client, proven, "/auth/recovery/setpassword", { password: "Another-Horse-9-battery" });
    },
  }),
];
