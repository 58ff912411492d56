import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import type { Response } from "../../server/request.js";
import { refreshRows } from "./refresh-rows.js";
import { expectHeaders } from "../expect-headers.js";
import { testRows } from "./row.js";
import { objectIn } from "../stage.js";
import { bearing, claimsOf, useStage } from "./stage.js";
import { tokenMounts } from "./token-rows.js";

const always = { contract: "jwt", name: "always", prefix: "/always", tokens: { rotation: "always" } };

describeOnEveryEngine("POST /refresh", (engine) => {
  const stage = useStage(engine, { config: { mounts: [...tokenMounts, always] } });

  const refresh = (token: string, prefix = "/auth"): Promise<Response> =>
    stage.ask({ path: "/refresh", method: "POST", headers: bearing(token), prefix });
  const me = async (token: string): Promise<number> =>
    (await stage.ask({ path: "/me", headers: bearing(token) })).status;
  const textIn = (answer: Response, name: string): string => {
    assert.equal(answer.status, 200, answer.text);
    const value = objectIn(answer)[name];
    assert.ok(typeof value === "string");
    return value;
  };
  const successorIn = (answer: Response): string => textIn(answer, "refresh_token");
  const sessionOf = (token: string): string => `session_id = '${String(claimsOf(token)["sid"])}'`;
  const expectInvalid = (answer: Response): void =>
    assert.deepEqual([answer.status, answer.json], [401, { message: "Invalid token" }]);
  /** Makes the last rotation of the token's session older. */
  const ageRotation = (token: string, milliseconds: number) =>
    stage.sql(
      `update session set rotated_at = rotated_at - ${milliseconds} where session_id = '${String(claimsOf(token)["sid"])}'`,
    );
  const auditOf = (token: string, kind: string) =>
    stage.sql(
      `select details from audit_event where kind = '${kind}' and details like '%${String(claimsOf(token)["sid"])}%'`,
    );

  test("POST /refresh answers 200 with a new access token and nothing else, again and again", async () => {
    const member = await stage.enter();
    const tokens = new Set([member.access]);
    for (let times = 0; times < 5; times += 1) {
      const answer = await refresh(member.refresh);
      expectHeaders(answer);
      assert.deepEqual(Object.keys(objectIn(answer)), ["access_token"]);
      tokens.add(textIn(answer, "access_token"));
    }
    assert.equal(tokens.size, 6);
    for (const token of tokens) assert.equal(await me(token), 200);
  });

  test("POST /refresh ignores a body of JSON, and what it says", async () => {
    const member = await stage.enter();
    const answer = await stage.ask({
      path: "/refresh",
      headers: bearing(member.refresh),
      json: { rotate: true, refresh_token: "x" },
    });
    assert.deepEqual(Object.keys(objectIn(answer)), ["access_token"]);
  });

  for (const scheme of ["Bearer", "bearer", "BEARER"]) {
    test(`POST /refresh takes the scheme ${scheme}, and blanks behind it`, async () => {
      const member = await stage.shared("schemes", () => stage.enter());
      const answer = await stage.ask({
        path: "/refresh",
        method: "POST",
        headers: { authorization: `${scheme}   ${member.refresh} ` },
      });
      assert.equal(answer.status, 200);
    });
  }

  test("POST /refresh keeps an idle session alive, which /me does not", async () => {
    const [used, looked] = [await stage.enter(), await stage.enter()];
    // Twice as if all but a minute of the idle time had passed.
    const restedIn = 7 * 86_400_000 - 60_000;
    const rest = async () => {
      for (const { access } of [used, looked])
        await stage.sql(`update session set last_used_at = last_used_at - ${restedIn} where ${sessionOf(access)}`);
    };
    await rest();
    assert.equal((await refresh(used.refresh)).status, 200);
    assert.equal(await me(looked.access), 200);
    await rest();
    assert.deepEqual([await me(used.access), await me(looked.access)], [200, 401]);
  });

  test("POST /refresh gives tokens that never outlive their session", async () => {
    const member = await stage.enter({ prefix: "/short" });
    assert.ok(Number(claimsOf(member.refresh)["exp"]) <= Number(claimsOf(member.access)["iat"]) + 3);
    const lasting = await stage.enter();
    const end = Number(claimsOf(lasting.access)["iat"]) + 60;
    await stage.sql(`update session set expires_at = ${end * 1000} where ${sessionOf(lasting.access)}`);
    assert.equal(claimsOf(textIn(await refresh(lasting.refresh), "access_token"))["exp"], end);
  });

  test("POST /refresh gives a new refresh token each time to a session that rotates", async () => {
    let { refresh: token, access } = await stage.enter({ rotate: true });
    for (let times = 0; times < 4; times += 1) {
      const answer = await refresh(token);
      assert.deepEqual(Object.keys(objectIn(answer)), ["access_token", "refresh_token"]);
      assert.notEqual(successorIn(answer), token);
      assert.equal(claimsOf(successorIn(answer))["sid"], claimsOf(token)["sid"]);
      token = successorIn(answer);
    }
    assert.equal(await me(access), 200);
  });

  test("POST /refresh rotates for every client where the mount says so", async () => {
    const member = await stage.enter({ prefix: "/always" });
    successorIn(await refresh(member.refresh, "/always"));
  });

  test("POST /refresh gives an unused successor again, word for word, for ten seconds after the first use", async () => {
    const { refresh: token } = await stage.enter({ rotate: true });
    const successor = successorIn(await refresh(token));
    for (let times = 0; times < 3; times += 1) assert.equal(successorIn(await refresh(token)), successor);
    await ageRotation(token, 8000);
    assert.equal(successorIn(await refresh(token)), successor);
    assert.notEqual(successorIn(await refresh(successor)), successor);
  });

  test("POST /refresh ends the session when the old token comes after ten seconds, and audits it", async () => {
    const { refresh: token, access } = await stage.enter({ rotate: true });
    const successor = successorIn(await refresh(token));
    await ageRotation(token, 10_001);
    expectInvalid(await refresh(token));
    expectInvalid(await refresh(successor));
    assert.equal(await me(access), 401);
    assert.equal((await auditOf(token, "refresh-token-reused")).length, 1);
  });

  test("POST /refresh ends the session when the old token comes after its successor was used", async () => {
    const { refresh: token, access } = await stage.enter({ rotate: true });
    const successor = successorIn(await refresh(token));
    const second = successorIn(await refresh(successor));
    expectInvalid(await refresh(token));
    expectInvalid(await refresh(second));
    assert.equal(await me(access), 401);
  });

  test("POST /refresh gives the same successor to two at once", async () => {
    for (let round = 0; round < 5; round += 1) {
      const { refresh: token } = await stage.enter({ rotate: true });
      const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(token)));
      assert.equal(new Set(answers.map(successorIn)).size, 1);
    }
  });

  test("POST /logout takes the old token while its successor is unused, and ends the session", async () => {
    const { refresh: token } = await stage.enter({ rotate: true });
    const successor = successorIn(await refresh(token));
    assert.equal((await stage.ask({ path: "/logout", method: "POST", headers: bearing(token) })).status, 200);
    expectInvalid(await refresh(successor));
  });

  test("POST /logout ends the session as stolen when a replaced token comes", async () => {
    const { refresh: token } = await stage.enter({ rotate: true });
    const successor = successorIn(await refresh(token));
    const second = successorIn(await refresh(successor));
    expectInvalid(await stage.ask({ path: "/logout", method: "POST", headers: bearing(token) }));
    expectInvalid(await refresh(second));
    assert.equal((await auditOf(token, "refresh-token-reused")).length, 1);
  });

  test("POST /refresh of one session leaves the others of the account alone", async () => {
    const member = await stage.enter({ rotate: true });
    const other = await stage.signIn(member.registration);
    await refresh(successorIn(await refresh(member.refresh)));
    expectInvalid(await refresh(member.refresh));
    assert.equal((await refresh(other.refresh)).status, 200);
  });

  testRows(stage, refreshRows);
});
