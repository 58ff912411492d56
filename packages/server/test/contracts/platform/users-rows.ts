import { secondsNow } from "../../server/signing.js";
import { type Row, rowsFor } from "./row.js";
import { givenUser, serverKey, signedSent, type ToSign, withHeaders } from "./signed.js";
import { bearing, type PlatformSent, type Stage, successIn } from "./stage.js";

const someId = "01234567-89ab-7cde-8f01-23456789abcd";

/** Each signed endpoint, with a request that it would take. */
const calls = {
  users: () => ({ method: "POST", path: "/users", json: givenUser() }),
  "users-id": () => ({ method: "GET", path: `/users/${someId}` }),
} as const satisfies Readonly<Record<string, () => ToSign>>;

const create = (over: object) => (stage: Stage) => signedSent(stage, { ...calls.users(), json: givenUser(over) });
const signedBy = (policy: object, call: ToSign) => async (stage: Stage) =>
  signedSent(stage, { ...call, key: await stage.keyWith(policy) });

/** What is wrong with the signature of a request, whichever endpoint it is for. */
const signatureRows = (endpoint: keyof typeof calls): readonly Row[] => {
  const call = calls[endpoint];
  const changed =
    (over: Readonly<Record<string, string | undefined>>) =>
    async (stage: Stage): Promise<PlatformSent> =>
      withHeaders(await signedSent(stage, call()), over);
  const at = (over: number) => (stage: Stage) => signedSent(stage, { ...call(), over: { at: secondsNow() + over } });
  return [
    ...rowsFor(endpoint, "auth.header.missing")({ "Authorization is missing": changed({ authorization: undefined }) }),
    ...rowsFor(
      endpoint,
      "auth.header.invalid",
    )({
      "a token is sent": changed(bearing("a-token")),
      "Authorization has another scheme": changed({ authorization: "Basic YTpi" }),
      "Authorization has no signature": changed({ authorization: "Signature" }),
      "Authorization has two": changed({ authorization: "Signature a b" }),
    }),
    ...rowsFor(
      endpoint,
      "auth.signature.expired",
    )({
      "the time is 302 s ago": at(-302),
      "the time is 330 s ahead": at(330),
      "the time is years ahead": at(100_000_000),
    }),
    ...rowsFor(
      endpoint,
      "auth.signature.invalid",
    )({
      "the signature is none": changed({ authorization: "Signature none" }),
      "X-Timestamp is missing": changed({ "x-timestamp": undefined }),
      "X-Timestamp is no number": changed({ "x-timestamp": "now" }),
      "X-Nonce is missing": changed({ "x-nonce": undefined }),
      "X-Nonce is short": changed({ "x-nonce": "short" }),
      "X-Nonce is another": changed({ "x-nonce": "another-nonce-than-signed" }),
      "the nonce was used before": async (stage) => {
        const sent = await signedSent(stage, call());
        await stage.ask(sent);
        return sent;
      },
      "another key's secret signed": async (stage) => {
        const other = await stage.makeKey();
        const own = await serverKey(stage);
        return signedSent(stage, { ...call(), key: { ...own, secret: other.secret } });
      },
    }),
    ...rowsFor(
      endpoint,
      "auth.restricted",
    )({
      "the key has no scope": signedBy({}, call()),
      "the key has another scope": signedBy({ scopes: ["search", "personal-data", "users.status"] }, call()),
    }),
    ...rowsFor(
      endpoint,
      "request.validation.failed",
    )({
      "the body is no JSON": async (stage) => ({
        ...(await signedSent(stage, { ...call(), body: "{" })),
        body: "{",
      }),
    }),
  ];
};

export const usersRows: readonly Row[] = [
  ...signatureRows("users"),
  ...signatureRows("users-id"),
  ...rowsFor("users", "request.validation.failed")(
    { "a field is of another type": create({ first_name: 1 }) },
    { fields: { first_name: ["This must be a text."] } },
  ),
  ...rowsFor("users", "request.validation.failed")(
    {
      "every field is wrong": create({
        login_name: "x".repeat(151),
        phones: "+989121234567",
        emails: ["a", "b", "c", "d", "e", "f"],
        password: false,
        language: "xx",
        last_name: "\u202ea",
        birth_date: "2001-02-30",
        custom: [],
      }),
    },
    {
      fields: {
        login_name: ["This must have at most 150 characters."],
        phones: ["This must be a list."],
        emails: ["This must have at most 5 items."],
        password: ["This must be a text."],
        language: ["This is not one of the possible values."],
        last_name: ["This holds characters that are not allowed."],
        birth_date: ["This must be a date in the form YYYY-MM-DD."],
        custom: ["This must be an object."],
      },
    },
  ),
  ...rowsFor("users", "request.validation.failed")(
    { "custom is over 8 KiB": create({ custom: { a: "x".repeat(8_192) } }) },
    { fields: { custom: ["This is too large."] } },
  ),
  ...rowsFor("users", "request.validation.failed")(
    {
      "nothing is named to sign in with": (stage) =>
        signedSent(stage, { ...calls.users(), json: { first_name: "Ada" } }),
      "what could sign in is empty": create({ emails: [], phones: [], login_name: null }),
    },
    { fields: { login_name: ["This field is required."] } },
  ),
  ...rowsFor("users", "request.validation.failed")(
    { "the password is common": create({ password: "password" }) },
    { fields: { password: ["This password is too common."] } },
  ),
  ...rowsFor(
    "users",
    "profile.identifier.invalid",
  )({
    "a phone is none": create({ phones: ["+98 12"] }),
    "an e-mail is none": create({ emails: ["ada"] }),
    "a login name looks like an e-mail": create({ login_name: "ada@example.org" }),
    "a login name looks like a phone": create({ login_name: "+98 912 123 4567" }),
  }),
  ...rowsFor(
    "users",
    "profile.identifier.used",
  )(
    Object.fromEntries(
      (["emails", "phones", "login_name"] as const).map((field) => [
        `${field} is another user's`,
        async (stage: Stage) => {
          const given = givenUser({ login_name: `name-${process.pid}-${Math.random()}` });
          successIn(await stage.ask(await signedSent(stage, { ...calls.users(), json: given })), 201);
          return create({ [field]: given[field] })(stage);
        },
      ]),
    ),
  ),
  ...rowsFor(
    "users-id",
    "object.id.notfound",
  )({
    "nobody has the id": (stage) => signedSent(stage, calls["users-id"]()),
    "the id is malformed": (stage) => signedSent(stage, { method: "GET", path: "/users/1" }),
    "the id is in capitals": async (stage) => {
      const made = await stage.ask(await signedSent(stage, calls.users()));
      const { id } = Object(successIn(made, 201)["user"]) as { readonly id: string };
      return signedSent(stage, { method: "GET", path: `/users/${id.toUpperCase()}` });
    },
  }),
];
