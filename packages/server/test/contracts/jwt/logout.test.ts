import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { logoutRows } from "./logout-rows.js";
import { expectHeaders } from "../expect-headers.js";
import { testRows } from "./row.js";
import { bearing, useStage } from "./stage.js";
import { tokenMounts } from "./token-rows.js";

describeOnEveryEngine("POST /logout", (engine) => {
  const stage = useStage(engine, { config: { mounts: tokenMounts } });

  for (const kind of ["access", "refresh"] as const) {
    test(`POST /logout answers 200 to the ${kind} token, and at once both tokens of the session are invalid`, async () => {
      const member = await stage.enter();
      const other = await stage.signIn(member.registration);
      const answer = await stage.ask({ path: "/logout", method: "POST", headers: bearing(member[kind]) });
      assert.deepEqual([answer.status, answer.json], [200, { message: "Logged out" }]);
      expectHeaders(answer);
      const gone = { status: 401, json: { message: "Invalid token" } };
      const expectGone = async (path: string, method: string, token: string) => {
        const { status, json } = await stage.ask({ path, method, headers: bearing(token) });
        assert.deepEqual({ status, json }, gone);
      };
      await expectGone("/me", "GET", member.access);
      await expectGone("/refresh", "POST", member.refresh);
      await expectGone("/logout", "POST", member.access);
      await expectGone("/logout", "POST", member.refresh);
      assert.equal(
        (await stage.ask({ path: "/me", headers: bearing(other.access) })).status,
        200,
        "the account's other session",
      );
    });
  }

  test("POST /logout answers one of many at once with 200, the others with Invalid token", async () => {
    const member = await stage.enter();
    const leave = () => stage.ask({ path: "/logout", method: "POST", headers: bearing(member.access) });
    const answers = await Promise.all(Array.from({ length: 8 }, leave));
    const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
    assert.deepEqual(statuses, [200, ...Array.from({ length: 7 }, () => 401)]);
  });

  test("POST /logout ignores a body of JSON", async () => {
    const member = await stage.enter();
    const answer = await stage.ask({ path: "/logout", headers: bearing(member.access), json: { all: true } });
    assert.deepEqual([answer.status, answer.json], [200, { message: "Logged out" }]);
  });

  testRows(stage, logoutRows);
});
