import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type JwtCalls, jwtCalls, newPassword, newPerson, signedIn } from "../server/jwt-calls.js";
import { nextAddress, request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

describe("a link to set a password", () => {
  let server: RunningServer;
  let calls: JwtCalls;
  let operator: Operator;
  before(async () => {
    server = await startServer();
    calls = jwtCalls(server.origin("/auth"));
    operator = operatorOf(server);
  });
  after(() => server.stop());

  const open = (link: string) => request(link, { address: nextAddress() });
  const send = (link: string, password: string) =>
    request(link.split("?")[0] ?? link, {
      address: nextAddress(),
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token: new URL(link).searchParams.get("token") ?? "", password }).toString(),
    });

  it("is spent by setting a password, once, and by nothing else; old sessions and the old password are over", async () => {
    const person = await signedIn(calls);
    const made = await operator.ask(0, "user", "reset-password", person.email);
    const link = made.text("resetLink");
    assert.ok(link.startsWith(`${server.url}/reset-password?token=`));
    assert.ok(Date.parse(made.text("resetLinkExpiresAt")) > Date.now() + 3_500_000);

    for (const time of ["first", "second"]) assert.equal((await open(link)).status, 200, time);
    // Refused passwords and made-up links spend nothing either.
    assert.equal((await send(link, "short")).status, 400);
    assert.equal((await open(`${link}x`)).status, 400);
    assert.equal((await calls.login(person)).status, 200);

    const password = newPassword();
    assert.equal((await send(link, password)).status, 200);
    assert.equal((await send(link, newPassword())).status, 400);
    assert.equal((await open(link)).status, 400);
    assert.equal((await calls.me(person.access)).status, 401);
    assert.equal((await calls.refresh(person.refresh)).status, 401);
    assert.equal((await calls.login(person)).status, 401);
    assert.equal((await calls.login({ ...person, password })).status, 200);
  });

  it("dies when a newer one is made", async () => {
    const person = await signedIn(calls);
    const older = (await operator.ask(0, "user", "reset-password", person.email)).text("resetLink");
    const newer = (await operator.ask(0, "user", "reset-password", person.username)).text("resetLink");
    assert.equal((await send(older, newPassword())).status, 400);
    assert.equal((await send(newer, newPassword())).status, 200);
  });

  it("comes with an account that an operator makes, which signs in with what its owner chose", async () => {
    const person = newPerson();
    const args = ["user", "create", "--email", person.email, "--username", person.username, "--language", "fa"];
    const unnamed = await operator.ask(2, ...args);
    assert.match(
      unnamed.text("refused", "messages", 0),
      /^with --verified you vouch for the address.*; without, name the one mount where it works with --mount: jwt, account$/,
    );
    const made = await operator.ask(0, ...args, "--mount", "jwt");
    assert.equal((await calls.login(person)).status, 401);
    assert.equal((await send(made.text("resetLink"), person.password)).status, 200);
    assert.equal((await calls.login(person)).status, 200);

    const shown = await operator.ask(0, "user", "show", made.text("accountId"));
    assert.deepEqual(
      [
        shown.at("language"),
        shown.list("identifiers").map((identifier) => [identifier.at("kind"), identifier.at("provenAt")]),
      ],
      [
        "fa",
        [
          ["username", null],
          ["email", null],
        ],
      ],
    );
    const taken = await operator.ask(1, ...args, "--mount", "jwt");
    assert.deepEqual(taken.value, {
      refused: { reason: "identifier-taken", messages: ["the username is taken by another account"] },
    });
    const acts = (await operator.ask(0, "audit", "--account", made.text("accountId"))).list("events");
    assert.deepEqual(
      acts.map((event) => event.at("kind")),
      [
        "sign-in-succeeded",
        "password-reset-completed",
        "sign-in-refused",
        "password-reset-started",
        "account-imported",
      ],
    );
    assert.deepEqual(
      acts.slice(3).map((event) => event.at("mount")),
      ["cli", "cli"],
    );
    assert.equal(acts[3]?.at("requestId"), acts[4]?.at("requestId"));
  });

  it("for an address that is vouched for takes it from whoever only claimed it", async () => {
    const claimant = await signedIn(calls);
    const made = await operator.ask(0, "user", "create", "--email", claimant.email, "--verified");
    assert.equal((await calls.login(claimant)).status, 401);
    assert.equal((await calls.me(claimant.access)).status, 401);
    assert.equal((await operator.ask(0, "user", "show", claimant.email)).at("accountId"), made.text("accountId"));
  });
});
