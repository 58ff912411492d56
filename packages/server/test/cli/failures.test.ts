import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type JwtCalls, jwtCalls, newPassword, newPerson, signedIn } from "../server/jwt-calls.js";
import { poll } from "../server/poll.js";
import { request, type Response } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf, type Told } from "./operator.js";

describe("the record of a failure", () => {
  let server: RunningServer;
  let calls: JwtCalls;
  let operator: Operator;
  before(async () => {
    server = await startServer();
    calls = jwtCalls(server.origin("/auth"));
    operator = operatorOf(server);
  });
  after(() => server.stop());

  const idOf = ({ headers }: Response): string => String(headers["x-request-id"]);
  // Records are written in batches soon after the answer.
  const recordOf = (answer: Response): Promise<Told> =>
    poll("the failure is on record", 10_000, async () => {
      const ran = await operator.run("error", idOf(answer), "--json");
      return ran.code === 0 ? operator.ask(0, "error", idOf(answer)) : undefined;
    });

  it("names the true reason of one and the same 401", async () => {
    const person = await signedIn(calls);
    const restricted = await signedIn(calls);
    await operator.ask(0, "user", "restrict", restricted.email);
    const wrong = await calls.login({ ...person, password: newPassword() });
    const unknown = await calls.login(newPerson());
    const inactive = await calls.login(restricted);
    assert.deepEqual(
      new Set([wrong, unknown, inactive].map(({ text }) => text)),
      new Set(['{"message":"Invalid credentials"}']),
    );

    const accountId = (await operator.ask(0, "user", "show", person.email)).text("accountId");
    const record = await recordOf(wrong);
    const {
      at: _at,
      expiresAt: _expiresAt,
      address: _address,
      node: _node,
      ...told
    } = { ...Object(record.at("record")) };
    assert.deepEqual(told, {
      requestId: idOf(wrong),
      mount: "jwt",
      method: "POST",
      route: "/auth/login",
      status: 401,
      told: "Invalid credentials",
      reason: "factor-wrong",
      details: { factor: "password", accountId },
      accountId,
    });
    assert.match(record.text("record", "address"), /^127\./);
    assert.equal(
      Date.parse(record.text("record", "expiresAt")) - Date.parse(record.text("record", "at")),
      30 * 86_400_000,
    );
    assert.deepEqual(
      record.list("events").map((event) => event.at("kind")),
      ["sign-in-refused"],
    );
    assert.equal((await recordOf(unknown)).at("record", "reason"), "identifier-unknown");
    const third = await recordOf(inactive);
    assert.deepEqual(
      [third.at("record", "reason"), third.at("record", "details", "status")],
      ["account-inactive", "restricted"],
    );

    const { stdout } = await operator.run("error", idOf(wrong));
    assert.match(stdout, /^true reason +factor-wrong$/m);
    assert.match(stdout, /^told +Invalid credentials$/m);
    assert.match(stdout, /sign-in-refused/);
    for (const secret of [person.password, person.email]) assert.ok(!stdout.includes(secret));
  });

  it("names what was wrong with the password at a page that shows its form again", async () => {
    const person = await signedIn(calls);
    const made = await operator.ask(0, "user", "reset-password", person.email);
    const token = new URL(made.text("resetLink")).searchParams.get("token") ?? "";
    const answer = await request(`${server.url}/reset-password`, {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token, password: "Short1!" }).toString(),
    });
    assert.equal(answer.status, 400);
    const record = await recordOf(answer);
    assert.deepEqual(
      ["mount", "route", "status", "told", "reason"].map((name) => record.at("record", name)),
      ["hosted", "/reset-password", 400, "page", "password-unacceptable"],
    );
    assert.equal(record.at("record", "details", "failures", 0, "rule"), "too-short");
    assert.doesNotMatch(JSON.stringify(record.value), new RegExp(`${token}|Short1!`));
  });

  it("that is not there is said to be so, and how long records live", async () => {
    const ran = await operator.run("error", "no-such-id");
    assert.equal(ran.code, 1);
    assert.match(ran.stdout, /No failure is on record under "no-such-id": records live 30d/);
    assert.deepEqual((await operator.ask(1, "error", "no-such-id")).value, { record: null, events: [] });
  });

  it("stands in the audit trail, which is filtered and paged", async () => {
    const person = await signedIn(calls);
    for (let times = 0; times < 3; times += 1) await calls.login({ ...person, password: newPassword() });
    const accountId = (await operator.ask(0, "user", "show", person.email)).text("accountId");
    const all = (await operator.ask(0, "audit", "--account", person.username)).list("events");
    assert.deepEqual(
      all.map((event) => event.at("kind")),
      ["sign-in-refused", "sign-in-refused", "sign-in-refused", "sign-in-succeeded", "account-registered"],
    );
    assert.ok(all.every((event) => event.at("accountId") === accountId));
    const refused = await operator.ask(0, "audit", "--account", accountId, "--kind", "sign-in-refused", "--limit", "2");
    assert.deepEqual(
      refused.list("events").map((event) => event.at("id")),
      all.slice(0, 2).map((event) => event.at("id")),
    );
    const rest = await operator.ask(0, "audit", "--account", accountId, "--before", refused.text("events", 1, "at"));
    assert.deepEqual(
      rest.list("events").map((event) => event.at("id")),
      all.slice(2).map((event) => event.at("id")),
    );
    const one = await operator.ask(0, "audit", "--request", all[4]?.text("requestId") ?? "");
    assert.deepEqual(
      one.list("events").map((event) => event.at("kind")),
      ["account-registered"],
    );
  });
});
