import { makePerson, type Person, type PersonOptions, type Progress, signIn, step, tokenOf } from "./people.js";
import { type Row, rowsFor } from "./row.js";
import { fullClient } from "./session-in.js";
import { bearing, type PlatformSent, type Stage } from "./stage.js";
import { changeStatus } from "./step-rows.js";

interface Enrolment {
  readonly method: "PUT" | "POST";
  readonly path: string;
  /** What is accepted. */
  readonly body: object;
}

/** The endpoints by which users set up what they sign in with. */
export const enrolments: Readonly<Record<string, Enrolment>> = {
  "user-password": { method: "PUT", path: "/user/password", body: { new_password: "Another-Horse-9-battery" } },
  "user-controlquestion": {
    method: "PUT",
    path: "/user/controlquestion",
    body: { question: "What did you ride?", answer: "a blue bicycle" },
  },
  "user-memorable": { method: "PUT", path: "/user/memorable", body: { words: ["marigold", "سپیده‌دمان"] } },
  "user-backupcodes": { method: "POST", path: "/user/backupcodes", body: {} },
  "user-secondfactor": { method: "PUT", path: "/user/secondfactor", body: { otp: true } },
};

interface There {
  readonly stage: Stage;
  readonly person: Person;
  readonly progress: Progress;
}

/** A request of somebody who has just signed in, to be refused; `before` changes the world first. */
const asking =
  (
    endpoint: string,
    json: unknown,
    before: (there: There) => Promise<unknown> = async () => {},
    options: PersonOptions = {},
  ): Row["send"] =>
  async (stage): Promise<PlatformSent> => {
    const client = await fullClient(stage);
    const person = await makePerson(stage, options);
    const progress = await signIn(client, { ...person, email: options.loginName ?? person.email });
    await before({ stage, person, progress });
    const { method, path } = enrolmentAt(endpoint);
    return { method, path, json, key: client.key.key, headers: bearing(tokenOf(progress)) };
  };

const enrolmentAt = (endpoint: string): Enrolment => {
  const found = enrolments[endpoint];
  if (found === undefined) throw new Error(`no enrolment ${endpoint}`);
  return found;
};

/** As if everybody of the account had signed in five minutes and a second ago. */
const age = ({ stage, person }: There): Promise<unknown> =>
  stage.sql(`update session set created_at = created_at - 301000 where account_id = '${person.id}'`);

/** As if the account's sessions were at their absolute end. */
const expire = ({ stage, person }: There): Promise<unknown> =>
  stage.sql(`update session set expires_at = created_at where account_id = '${person.id}'`);

const everywhere: readonly Row[] = Object.entries(enrolments).flatMap(([endpoint, { method, path, body }]) => [
  ...rowsFor(endpoint, "auth.restricted")({ "the sign-in is more than five minutes old": asking(endpoint, body, age) }),
  ...rowsFor(endpoint, "auth.token.expired")({ "the token's time is over": asking(endpoint, body, expire) }),
  ...rowsFor(
    endpoint,
    "auth.token.invalid",
  )({
    "its user has signed out": asking(endpoint, body, async ({ stage, progress }) =>
      step({ stage, key: (await fullClient(stage)).key }, "/auth/logout", {}, progress),
    ),
    "the key is another": async (stage) => ({
      ...(await asking(endpoint, body)(stage)),
      key: (await stage.ownKey()).key,
    }),
  }),
  ...rowsFor(
    endpoint,
    "auth.session.invalid",
  )({
    "the token is that of a session under way": async (stage) => {
      const client = await fullClient(stage);
      const { email } = await makePerson(stage);
      const progress = await step(client, "/auth/login", { login_id: email });
      return { method, path, json: body, key: client.key.key, headers: bearing(tokenOf(progress)) };
    },
  }),
  ...(["restrict", "close", "deny"] as const).flatMap((act) =>
    rowsFor(
      endpoint,
      `auth.user.${{ restrict: "restricted", close: "closed", deny: "denied" }[act]}`,
    )({
      [`the user was affected meanwhile: ${act}`]: asking(endpoint, body, ({ stage, person }) =>
        changeStatus(stage, act, person),
      ),
    }),
  ),
]);

const fieldRows = (
  endpoint: string,
  field: string,
  cases: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
): readonly Row[] =>
  Object.entries(cases).flatMap(([said, bodies]) =>
    rowsFor(endpoint, "request.validation.failed")(
      Object.fromEntries(Object.entries(bodies).map(([when, json]) => [when, asking(endpoint, json)])),
      { fields: { [field]: [said] } },
    ),
  );

const word = "marigold";

export const enrolmentRows: readonly Row[] = [
  ...everywhere,
  ...fieldRows("user-password", "new_password", {
    "This field is required.": { "new_password is missing": {}, "new_password is null": { new_password: null } },
    "This must be a text.": {
      "new_password is a list": { new_password: ["Another-Horse-9-battery"] },
      "new_password is an object": { new_password: { length: 20 } },
      "new_password is a number": { new_password: 123_456_789_012 },
    },
    "This must not be empty.": { "new_password is blank": { new_password: "   " } },
    "This must have at most 1000 characters.": { "new_password has 1001": { new_password: "aB3$".repeat(251) } },
    "The password must have at least 8 characters.": { "new_password has 7": { new_password: "qZ8$wT2" } },
    "This password is too common.": { "new_password is common": { new_password: "password123" } },
  }),
  ...rowsFor("user-password", "request.validation.failed")(
    { "new_password breaks every rule at once": asking("user-password", { new_password: "7777777" }) },
    {
      fields: {
        new_password: [
          "The password must have at least 8 characters.",
          "This password is too common.",
          "The password must not consist of digits only.",
        ],
      },
    },
  ),
  ...rowsFor("user-password", "request.validation.failed")(
    {
      "new_password is the e-mail": async (stage) => {
        const sent = asking("user-password", {});
        const client = await fullClient(stage);
        const person = await makePerson(stage);
        const progress = await signIn(client, person);
        return {
          ...(await sent(stage)),
          json: { new_password: person.email },
          headers: bearing(tokenOf(progress)),
        };
      },
    },
    { fields: { new_password: ["The password is too similar to your own data."] } },
  ),

  ...rowsFor(
    "user-controlquestion",
    "auth.restricted",
  )({
    "the key's policy has no control questions": async (stage) => {
      const key = await stage.ownKey();
      const progress = await signIn({ stage, key }, await makePerson(stage));
      const { body, ...sent } = enrolmentAt("user-controlquestion");
      return { ...sent, json: body, key: key.key, headers: bearing(tokenOf(progress)) };
    },
    "the key's policy has none, and the fields are wrong, too": async (stage) => {
      const key = await stage.ownKey();
      const progress = await signIn({ stage, key }, await makePerson(stage));
      const { body: _, ...sent } = enrolmentAt("user-controlquestion");
      return { ...sent, json: {}, key: key.key, headers: bearing(tokenOf(progress)) };
    },
  }),
  ...rowsFor("user-controlquestion", "request.validation.failed")(
    { "everything is missing": asking("user-controlquestion", {}) },
    { fields: { question: ["This field is required."], answer: ["This field is required."] } },
  ),
  ...fieldRows("user-controlquestion", "question", {
    "This must be a text.": { "question is a list": { question: ["Where?"], answer: "there" } },
    "This must not be empty.": { "question is blank": { question: " ", answer: "there" } },
    "This must have at most 200 characters.": { "question has 201": { question: "?".repeat(201), answer: "there" } },
    "This holds characters that are not allowed.": {
      "question has a line break": { question: "Where\nto?", answer: "there" },
      "question turns its direction": { question: "Where\u202e?", answer: "there" },
      "question has a NUL": { question: "Where\u0000?", answer: "there" },
    },
  }),
  ...fieldRows("user-controlquestion", "answer", {
    "This must be a text.": { "answer is a number": { question: "How many?", answer: 5 } },
    "This must have at most 200 characters.": { "answer has 201": { question: "How?", answer: "a".repeat(201) } },
    "This answer is too easy to guess.": {
      "answer is the question": { question: "A blue bicycle?", answer: " a BLUE bicycle" },
      "answer is punctuation": { question: "What?", answer: "..." },
    },
  }),
  ...rowsFor("user-controlquestion", "request.validation.failed")(
    Object.fromEntries(
      (["email", "phone", "loginName"] as const).map((name) => [
        `answer is the user's own ${name}`,
        async (stage: Stage) => {
          const client = await fullClient(stage);
          const person = await makePerson(stage, { loginName: `owner.${process.pid}.${Math.random()}` });
          const progress = await signIn(client, person);
          const { body: _, ...sent } = enrolmentAt("user-controlquestion");
          const json = { question: "Who?", answer: ` ${String(person[name]).toUpperCase()}` };
          return { ...sent, json, key: client.key.key, headers: bearing(tokenOf(progress)) };
        },
      ]),
    ),
    { fields: { answer: ["This answer is too easy to guess."] } },
  ),

  ...fieldRows("user-memorable", "words", {
    "This field is required.": { "words is missing": {}, "words is null": { words: null } },
    "This must be a list.": { "words is a text": { words: word }, "words is an object": { words: { 0: word } } },
    "This must have at least 1 items.": { "there is no word": { words: [] } },
    "This must have at most 2 items.": { "there are three words": { words: [word, word, word] } },
    "This must be a text.": {
      "a word is a number": { words: [word, 12_345_678] },
      "a word is a list": { words: [[word]] },
    },
    "This must not be empty.": { "a word is blank": { words: [word, "  "] } },
    "Each word must have 8 to 30 letters.": {
      "a word has 7 letters": { words: ["marigol"] },
      "a word has 31 letters": { words: [word, "a".repeat(31)] },
      "a word has 7 letters in 14 code points": { words: ["e\u0308".repeat(7)] },
      "a word is two": { words: ["mari gold"] },
      "a word holds what shows nothing": { words: ["\u200bmarigold"] },
      "a word has a NUL": { words: ["mari\u0000gold"] },
    },
    "This must have at most 2000 characters.": { "a word has 10,000": { words: ["a".repeat(10_000)] } },
  }),

  ...fieldRows("user-secondfactor", "otp", {
    "This field is required.": { "otp is missing": {}, "otp is null": { otp: null } },
    "This must be true or false.": {
      "otp is a text": { otp: "true" },
      "otp is a number": { otp: 1 },
      "otp is a list": { otp: [true] },
    },
  }),
  ...rowsFor("user-secondfactor", "request.validation.failed")(
    {
      "there is nowhere to send a code to": async (stage) => {
        const loginName = `alone.${process.pid}.${Math.random()}`;
        return asking("user-secondfactor", { otp: true }, undefined, { phone: false, email: false, loginName })(stage);
      },
    },
    { fields: { otp: ["Add a phone number or an email address and confirm it first."] } },
  ),
];
