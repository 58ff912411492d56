import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { openSqlClient } from "../contracts/sql-client.js";
import { describeOnEveryPair, type FreshDatabase } from "../engines/engines.js";
import { type GivenPerson, givenPerson } from "../given.js";
import { startSink, type SmtpSink } from "../mail/smtp-sink.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { assertWrittenIn, type Client, clientOf, codeIn, letterTo, member, type Place } from "./client.js";

const mounts = [
  { contract: "account" },
  { contract: "account", name: "both", prefix: "/both", language: "negotiate" },
  { contract: "account", name: "root", prefix: "/" },
  { contract: "account", name: "host", host: "id.example.org", language: "negotiate" },
  { contract: "jwt" },
];

const places: readonly Place[] = [
  { called: "the default prefix", prefix: "/account", slash: true, language: "en" },
  { called: "the default prefix", prefix: "/account", slash: false, language: "fa" },
  { called: "a prefix that negotiates", prefix: "/both", slash: true, language: "fa", isNegotiating: true },
  { called: "the root", prefix: "", slash: true, language: "en" },
  { called: "the root", prefix: "", slash: false, language: "en" },
  { called: "a host", prefix: "", host: "id.example.org", slash: true, language: "en", isNegotiating: true },
  { called: "a host", prefix: "", host: "id.example.org", slash: false, language: "fa", isNegotiating: true },
];

describeOnEveryPair("clients of the account contract", (engine) => {
  let database: FreshDatabase;
  let sink: SmtpSink;
  let server: RunningServer;
  before(async () => {
    database = await engine.freshDatabase();
    sink = await startSink();
    const redis = database.redisUrl === undefined ? {} : { REDIS_URL: database.redisUrl };
    server = await startServer({
      databaseUrl: database.url,
      config: { mounts },
      env: { ...redis, SMTP_URL: `smtp://127.0.0.1:${sink.port}`, MAIL_FROM: "Example <no-reply@example.org>" },
    });
  });
  after(async () => {
    await server.stop();
    await sink.close();
    await database.drop();
  });

  /** Nobody is written a code twice in a minute: as if his had passed. */
  const waitAMinute = async (): Promise<void> => {
    const client = await openSqlClient(database.url);
    await client.run("update sending_budget set last_at = last_at - 60000");
    await client.close();
  };
  /** Registers with the code from the mail: the newest of `count` letters. */
  const register = async (client: Client, person: Omit<GivenPerson, "password">, count: number, key?: string) => {
    const { email, fullname } = person;
    const json = { email, fullname, language: client.place.language };
    const sent = await client.expect(200, "codeSent", "/register/", { json, ...(key === undefined ? {} : { key }) });
    assert.deepEqual(sent, { email, expires_in: 300, resend_in: 60 });
    const letter = await letterTo(sink, email, count);
    assertWrittenIn(letter, client.place.language);
    const code = codeIn(letter);
    const wrong = code === "000000" ? "000001" : "000000";
    await client.refused(400, "codeWrong", "/verify/", { json: { email, code: wrong } });
    const { token, user } = await client.expect(201, "registered", "/verify/", { json: { email, code } });
    assert.deepEqual(
      [member(user, "email"), member(user, "fullname"), member(user, "language"), member(user, "is_verified")],
      [email, fullname, client.place.language, true],
    );
    return { key: String(token), id: String(member(user, "id")) };
  };

  for (const place of places) {
    const title = `${place.called}, ${place.slash ? "with" : "without"} trailing slash, in ${place.language}`;

    it(`a mobile app at ${title}: from registration to deletion, and again`, async () => {
      const client = clientOf(server, place);
      const person = givenPerson({ email: `ada${places.indexOf(place)}@example.org`, fullname: "آدا Lovelace" });
      const { email, password } = person;
      const { key, id } = await register(client, person, 1);

      const profile = { phone: "+98 912 345 6789", birth_date: "1815-12-10" };
      const changed = await client.expect(200, "profileChanged", "/profile/update/", {
        method: "PATCH",
        json: profile,
        key,
      });
      assert.deepEqual(
        [member(changed["user"], "phone"), member(changed["user"], "birth_date")],
        ["+989123456789", "1815-12-10"],
      );
      // The first password, by a key that is fresh.
      await client.expect(200, "passwordChanged", "/reset/", { json: { password }, key });
      await client.expect(200, "loggedOut", "/logout/", { method: "POST", key });
      await client.refused(401, "invalidToken", "/profile/update/", { key });

      await client.refused(400, "passwordIncorrect", "/login/", { json: { email, password: `${password}x` } });
      const { token: second } = await client.expect(200, "loggedIn", "/login/", { json: { email, password } });
      await waitAMinute();
      await client.expect(200, "recoveryStarted", "/forgot/", { json: { email } });
      // After that of the registration, and the notice of the first password.
      const recovery = await letterTo(sink, email, 3);
      assertWrittenIn(recovery, place.language);
      const proof = { email, code: codeIn(recovery) };
      const { token: recoveryKey } = await client.expect(200, "recoveryVerified", "/forgot/verify/", { json: proof });
      await client.refused(403, "permissionDenied", "/profile/update/", { key: String(recoveryKey) });
      const next = `${password}-next`;
      await client.expect(200, "passwordChanged", "/reset/", { json: { password: next }, key: String(recoveryKey) });
      assertWrittenIn(await letterTo(sink, email, 4), place.language);
      await client.refused(401, "invalidToken", "/profile/update/", { key: String(second) });
      await client.refused(400, "passwordIncorrect", "/login/", { json: { email, password } });

      const { token: third } = await client.expect(200, "loggedIn", "/login/", { json: { email, password: next } });
      await client.expect(200, "accountDeleted", "/profile/delete/", { method: "DELETE", key: String(third) });
      await client.refused(401, "invalidToken", "/profile/update/", { key: String(third) });
      await client.refused(400, "emailUnknown", "/login/", { json: { email, password: next } });

      await waitAMinute();
      const again = await register(client, person, 5);
      assert.notEqual(again.id, id);
      const fresh = await client.expect(200, "profile", "/profile/update/", { key: again.key });
      assert.equal(member(fresh["user"], "phone"), null);
    });
  }

  it("a guest of a device registers and keeps the account; the device then makes another guest", async () => {
    const client = clientOf(server, { called: "", prefix: "/both", slash: true, language: "fa", isNegotiating: true });
    const device = { device_id: "an old device" };
    const first = await client.expect(201, "guestMade", "/guest/", { json: device });
    const back = await client.expect(200, "guestBack", "/guest/", { json: device });
    const guestId = member(first["user"], "id");
    assert.deepEqual([member(back["user"], "id"), member(back["user"], "is_guest")], [guestId, true]);

    const upgraded = await register(client, givenPerson({ email: "guest@example.org" }), 1, String(back["token"]));
    assert.equal(upgraded.id, guestId);
    const now = await client.expect(200, "profile", "/profile/update/", { key: upgraded.key });
    assert.equal(member(now["user"], "is_guest"), false);
    for (const { token } of [first, back])
      await client.refused(401, "invalidToken", "/profile/update/", { key: String(token) });

    const other = await client.expect(201, "guestMade", "/guest/", { json: device });
    assert.notEqual(member(other["user"], "id"), guestId);
  });

  it("a guest of a web page is known by the cookie, registers and keeps the account", async () => {
    const client = clientOf(server, { called: "", prefix: "/account", slash: true, language: "en" });
    const visit = async (cookie?: string) => {
      const answer = await client.send("/web/guest/", {
        method: "POST",
        ...(cookie === undefined ? {} : { headers: { cookie } }),
      });
      const data = member(answer.json, "data");
      const [set = ""] = answer.headers["set-cookie"] ?? [];
      return {
        status: answer.status,
        cookie: /^guest=[^;]+/.exec(set)?.[0] ?? "",
        key: String(member(data, "token")),
        id: member(member(data, "user"), "id"),
      };
    };
    const first = await visit();
    const back = await visit(first.cookie);
    assert.deepEqual([first.status, back.status, back.id], [201, 200, first.id]);
    const upgraded = await register(client, givenPerson({ email: "web-guest@example.org" }), 1, back.key);
    assert.equal(upgraded.id, first.id);
    await client.refused(401, "invalidToken", "/profile/update/", { key: first.key });
    const later = await visit(back.cookie);
    assert.deepEqual([later.status, later.id === first.id], [201, false]);
  });
});
