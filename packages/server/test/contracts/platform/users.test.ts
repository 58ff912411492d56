import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { testRows } from "./row.js";
import { givenUser, signedSent, serverPolicy } from "./signed.js";
import { type Stage, successIn, useStage } from "./stage.js";
import { usersRows } from "./users-rows.js";

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface User extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly phones: readonly Readonly<Record<string, unknown>>[];
  readonly emails: readonly Readonly<Record<string, unknown>>[];
}

describeOnEveryStore("platform users, made by servers", (engine) => {
  const stage = useStage(engine);

  // What the contract's tests of the object hold it to.
  const create = async (json: object, place: Stage = stage) =>
    successIn(await place.ask(await signedSent(place, { method: "POST", path: "/users", json })), 201)["user"] as User;
  const read = async (id: string, policy: object = serverPolicy) => {
    const key = await stage.keyWith(policy);
    return successIn(await stage.ask(await signedSent(stage, { method: "GET", path: `/users/${id}`, key })));
  };

  test("POST /users makes a user whose addresses are proven, and GET /users/{id} shows him", async () => {
    const given = {
      login_name: "Ada-Lovelace",
      phones: ["+98 912 333 4455", "+989123334455", "+98 912 333 4466"],
      emails: ["Ada.L@Example.org"],
      password: "Analytical-Engine-1843",
      language: "fa",
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1815-12-10",
      gender: "female",
      custom: { club: { since: 1842 }, نام: "آدا" },
      unknown: "is ignored",
    };
    const user = await create(given);
    const { id, created_at, phones, emails, ...rest } = user;
    assert.match(id, uuid);
    assert.ok(Math.abs(Date.parse(String(created_at)) - Date.now()) < 60_000);
    assert.deepEqual(rest, {
      first_name: "Ada",
      last_name: "Lovelace",
      birth_date: "1815-12-10",
      gender: "female",
      language: "fa",
      login_name: "Ada-Lovelace",
      custom: given.custom,
      status: "active",
    });
    const known = ({ id: own, ...others }: Readonly<Record<string, unknown>>) => {
      assert.match(String(own), uuid);
      return others;
    };
    assert.deepEqual(phones.map(known), [
      { phone: "+989123334455", is_primary: true, is_verified: true },
      { phone: "+989123334466", is_primary: false, is_verified: true },
    ]);
    assert.deepEqual(emails.map(known), [{ email: "ada.l@example.org", is_primary: true, is_verified: true }]);
    assert.deepEqual(await read(id), { user });
  });

  test("what is not named is empty", async () => {
    const { id, created_at, ...rest } = await create({ login_name: "nobody-else" });
    assert.match(id, uuid);
    assert.ok(created_at);
    assert.deepEqual(rest, {
      first_name: null,
      last_name: null,
      birth_date: null,
      gender: null,
      language: "en",
      login_name: "nobody-else",
      phones: [],
      emails: [],
      custom: {},
      status: "active",
    });
  });

  test("without the scope for personal data nothing tells who a user is", async () => {
    const user = await create(givenUser({ first_name: "Ada" }));
    const seen = { user: { id: user.id, language: "en", status: "active", created_at: user["created_at"] } };
    assert.deepEqual(await read(user.id, { scopes: ["users.read"] }), seen);
    const key = await stage.keyWith({ scopes: ["users.write"] });
    const sent = await signedSent(stage, { method: "POST", path: "/users", json: givenUser(), key });
    assert.deepEqual(Object.keys(Object(successIn(await stage.ask(sent), 201)["user"])), Object.keys(seen.user));
  });

  test("a user's language is his key's where none is named", async () => {
    const key = await stage.keyWith({ ...serverPolicy, language: "ru" });
    const sent = await signedSent(stage, { method: "POST", path: "/users", json: givenUser(), key });
    assert.equal(Object(successIn(await stage.ask(sent), 201)["user"]).language, "ru");
  });

  test("a status is shown, and a deleted user is nobody", async () => {
    const { id } = await create(givenUser());
    await stage.cli("user", "restrict", id);
    assert.equal(Object((await read(id))["user"]).status, "restricted");
    await stage.cli("user", "delete", id);
    const answer = await stage.ask(await signedSent(stage, { method: "GET", path: `/users/${id}` }));
    assert.equal(answer.status, 404);
  });

  test("of 16 at once for one phone, one is made", async () => {
    const phones = ["+989120000016"];
    const sent = await Promise.all(
      Array.from({ length: 16 }, () => signedSent(stage, { method: "POST", path: "/users", json: { phones } })),
    );
    const answers = await Promise.all(sent.map((one) => stage.ask(one)));
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    assert.deepEqual(statuses, [201, ...Array.from({ length: 15 }, () => 403)]);
  });

  test("an e-mail that somebody only claims is taken from him, and is the user's in every contract", async () => {
    const { emails, ...rest } = givenUser();
    const [email] = emails as readonly string[];
    const claim = await stage.ask({
      prefix: "/auth",
      path: "/register",
      json: { username: `claims-${process.pid}`, email, password: "Analytical-Engine-1843" },
      key: null,
    });
    assert.equal(claim.status, 201, claim.text);
    const password = "Difference-Engine-1822";
    await create({ ...rest, emails, password });
    const signIn = (secret: string) =>
      stage.ask({ prefix: "/auth", path: "/login", json: { email, password: secret }, key: null });
    assert.equal((await signIn("Analytical-Engine-1843")).status, 401);
    assert.equal((await signIn(password)).status, 200);
  });

  testRows(stage, usersRows);
});
