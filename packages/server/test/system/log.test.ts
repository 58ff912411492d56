import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { createLog, type Log, type LogFields } from "#adapters/system/log.js";

const written = (form: "json" | "terminal", work: (log: Log) => void): string => {
  const parts: string[] = [];
  const out = new Writable({
    write(part, _encoding, done) {
      parts.push(String(part));
      done();
    },
  });
  work(createLog({ level: "info", out, form }));
  return parts.join("");
};

const secret = randomBytes(32).toString("base64url");
const jwt = `eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.${randomBytes(64).toString("base64url")}`;
const password = "Correct-Horse-9-Battery";
const phc = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$RdescudvJCsgt3ub+b27Hg";

/** What an error's message might carry, and the part of it that must not be written. */
const planted: readonly [string, string, string][] = [
  ["a token", `cannot read ${jwt}`, jwt.slice(-40)],
  ["a cut token", `cannot read ${jwt.slice(0, 30)}`, jwt.slice(0, 30)],
  ["a bearer header", "Authorization: Bearer abc123def456", "abc123def456"],
  ["a basic header", "authorization=Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"],
  ["a header in JSON", `{"authorization":"Bearer ${secret}"}`, secret],
  ["bare credentials", "got Bearer abc123def456 instead", "abc123def456"],
  ["a cookie", "Cookie: sid=abc; other=def", "other=def"],
  ["a set cookie", '"set-cookie": ["sid=abcdef"]', "abcdef"],
  ["a password in JSON", `body {"email":"a","password":"${password}"}`, password],
  ["a password in JSON with blanks", `body { "password" : "${password} and more" }`, "and more"],
  ["a password in escaped JSON", JSON.stringify(`{"password":"${password}"}`), password],
  ["a password with a quote", `{"password":"abc\\"${password}"}`, password],
  ["a password in a form", `email=a&password=${password}&x=1`, password],
  ["a password in prose", `password: ${password}`, password],
  ["a new password", `{"new_password":"${password}"}`, password],
  ["a refresh token field", '{"refresh_token":"short"}', "short"],
  ["a camel case field", '{"accessToken":"short"}', "short"],
  ["a secret field", "client_secret=short", "short"],
  ["a secret key", `SECRET_KEY=${secret}`, secret],
  ["a code", '{"code":"493817"}', "493817"],
  ["an API key", "api_key=short", "short"],
  ["a PHC hash", `hash ${phc} is old`, "RdescudvJCsgt3ub"],
  ["a bcrypt hash", "hash $2b$12$EXRkfkdmXn2gzds2SSitu.MW9.gAVqa9eLS1//RYtYCmB1eLHg.9q", "EXRkfkdmXn2gzds2"],
  ["a Django hash", "hash pbkdf2_sha256$600000$salt$Zm9vYmFyYmF6cXV4", "Zm9vYmFyYmF6"],
  [
    "a scrypt hash",
    "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E",
    "nFNh2CVHVjNldFVK",
  ],
  ["a bare secret", `link ${secret} is used`, secret],
  ["a private key", '{"kty":"EC","d":"k9Gv3Jh2Lm4Qp6Rs8Tu0Vw"}', "k9Gv3Jh2"],
  ["a PEM key", "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\n-----END PRIVATE KEY-----", "MIGHAgEA"],
  ["a URL with a password", `connect postgres://u:${password}@h:5/d failed`, password],
  ["a PostgreSQL detail", "Key (live_key)=(email victim@example.org) already exists.", "victim"],
  ["a PostgreSQL detail with parentheses", "Key (live_key)=(username a)b) already exists.", "a)b"],
  ["a PostgreSQL detail with more of them", "Key (live_key)=(username a) victim\nb) already exists.", "victim"],
  ["a failing row", "Failing row contains (1, victim, hash).", "victim"],
  ["a MariaDB duplicate", "Duplicate entry 'username victim' for key 'live_key'", "username victim"],
  ["a MariaDB duplicate with a quote", "Duplicate entry 'o'victim' for key 'live_key'", "victim"],
  ["a cut MariaDB duplicate", "Duplicate entry 'username victim", "victim"],
  ["a cut password", `{"password":"${password}`, password],
  ["a MariaDB value", "Incorrect string value: 'victim' for column", "victim"],
  ["an e-mail address", "no mailbox for victim+x@mail.example.org", "victim"],
];

describe("log", () => {
  it("writes one JSON object a line", () => {
    const [line = ""] = written("json", (log) =>
      log.with({ node: "a" }).info("request", {
        requestId: "r1",
        mount: "jwt",
        method: "POST",
        route: "/auth/login",
        status: 401,
        ms: 12.5,
      }),
    ).split("\n");
    const { time, ...rest }: Record<string, unknown> = JSON.parse(line);
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, {
      level: "info",
      requestId: "r1",
      node: "a",
      mount: "jwt",
      method: "POST",
      route: "/auth/login",
      status: 401,
      ms: 12.5,
      msg: "request",
    });
  });

  it("leaves out what is below its level", () => {
    assert.equal(
      written("json", (log) => log.debug("request")),
      "",
    );
  });

  it("leaves behind every field that it does not know", () => {
    const fields = { requestId: "r1", password, body: { password }, headers: { cookie: password }, email: password };
    const line = written("json", (log) => log.info("request", fields satisfies LogFields));
    assert.ok(!line.includes(password));
    assert.match(line, /"requestId":"r1"/);
  });

  it("writes class, message, place and causes of an error, and none of its other members", () => {
    const cause = Object.assign(new TypeError("inner"), { code: "23505", detail: password, parameters: [password] });
    const line = written("json", (log) => log.error("fault", { error: new Error("outer", { cause }) }));
    const { error }: { error: Record<string, unknown> } = JSON.parse(line);
    assert.equal(error["class"], "Error");
    assert.equal(error["message"], "outer");
    assert.match(String(error["stack"]), /^ +at .*log\.test/);
    assert.deepEqual(
      { ...Object(error["cause"]), stack: "" },
      { class: "TypeError", message: "inner", errno: "23505", stack: "" },
    );
    assert.ok(!line.includes(password));
  });

  for (const thrown of [password, { password }, null, 7, () => password]) {
    it(`writes only the type of a thrown ${thrown === null ? "null" : typeof thrown}`, () => {
      const line = written("json", (log) => log.error("fault", { error: thrown }));
      assert.ok(!line.includes(password));
      assert.match(line, /thrown without being an Error/);
    });
  }

  it("ends when errors cause each other", () => {
    const error = new Error("round");
    error.cause = error;
    assert.ok(written("json", (log) => log.error("fault", { error })).length < 30_000);
  });

  for (const [what, text, part] of planted) {
    for (const form of ["json", "terminal"] as const) {
      it(`hides ${what} in message, cause, field and event (${form})`, () => {
        const error = new Error(text, { cause: new Error(`deep ${text}`) });
        const line = written(form, (log) => log.error(text, { error, reason: text, path: `x ${text}` }));
        assert.ok(text.includes(part));
        assert.ok(!line.includes(part), line);
        assert.match(line, /\[(?:redacted|token|hash|secret|private key|e-mail)\]/);
      });
    }
  }

  for (const text of [
    "listening",
    "http://127.0.0.1:8080",
    "/auth/.well-known/jwks.json",
    "018bcfe5-6800-7abc-8def-0123456789ab",
    "key_AAAAAAAAAAAAAAAAAAAAAA",
    "ses_BBBBBBBBBBBBBBBBBBBBBB",
    "/srv/data/secret.key can be read by others on this machine (mode 644): chmod 600 /srv/data/secret.key",
    "connect ECONNREFUSED 127.0.0.1:5432",
    'relation "account" does not exist',
    "jwt (/auth): refresh tokens are replaced only for clients that ask for it (row 8)",
    "jwt: passwords.minimumLength is 8, the default is 12",
    "the secret is the generated one in /srv/data/secret.key: keep a copy of it apart from the database, or set SECRET_KEY",
    "Node 20 is past its end of life: take 22 or 24",
  ]) {
    it(`leaves as it is: ${text}`, () => {
      const line = written("json", (log) => log.info("event", { reason: text }));
      assert.equal(JSON.parse(line).reason, text);
    });
  }

  it("leaves the frames of a stack readable", () => {
    const line = written("json", (log) => log.error("fault", { error: new Error("here") }));
    assert.doesNotMatch(line, /\[(?:redacted|token|hash|secret|e-mail)\]/);
  });

  const breaking = ["\n", "\r\n", "\u001b[2J", "\u009b31m", "\u2028", "\u2029", "\u0085", "\u0000", "\u202e", "\u200b"];
  for (const text of breaking) {
    it(`keeps one line with ${JSON.stringify(text).replace(/[^ -~]/g, "?")} ${text.charCodeAt(0).toString(16)} in it`, () => {
      const forged = `a${text}{"level":"error","msg":"forged"}`;
      const line = written("json", (log) =>
        log.info(forged, { reason: forged, route: forged, error: new Error(forged) }),
      );
      assert.equal(line.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length, 2);
      assert.doesNotMatch(line.slice(0, -1), /[\u0000-\u001f\u007f-\u009f\u200b\u2028\u2029\u202e]/);
      const shown = written("terminal", (log) => log.info(forged, { reason: forged }));
      assert.equal(shown.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length, 2);
    });
  }

  it("is short and readable on a terminal, an error indented below", () => {
    const error = new Error("no room\nfatal forged");
    const shown = written("terminal", (log) => {
      log.info("listening", { url: "http://127.0.0.1:8080" });
      log.error("fault", { requestId: "r1", error });
    });
    const plain = shown.replaceAll(/\u001b\[\d+m/g, "").split("\n");
    assert.match(plain[0] ?? "", /^\d\d:\d\d:\d\d info {2}listening url=http:\/\/127\.0\.0\.1:8080$/);
    assert.match(plain[1] ?? "", /^\d\d:\d\d:\d\d error fault requestId=r1$/);
    for (const line of plain.slice(2, -1)) assert.match(line, /^ {6}/);
    assert.match(shown, /no room/);
  });

  it("takes no longer than its length for hostile text", () => {
    const texts = [
      "Key (".repeat(400),
      '"password":"\\'.repeat(200),
      "a@".repeat(1_000),
      "eyJ".repeat(700),
      "A1a-".repeat(500),
      "password = ".repeat(180),
    ];
    const startedAt = performance.now();
    for (const text of texts) written("json", (log) => log.info(text, { reason: "x".repeat(10_000_000) }));
    assert.ok(performance.now() - startedAt < 500, "six lines in half a second");
  });
});
