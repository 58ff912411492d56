import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { describeOnEveryStore } from "../../engines/engines.js";
import { rawRequest } from "../raw-request.js";
import { openSqlClient } from "../sql-client.js";
import { entered, expectSuccess } from "./expect-success.js";
import { goneRows, profileDeleteRows, protectedMember } from "./profile-delete-rows.js";
import { expectRow, testRows } from "./row.js";
import { carrying, useStage } from "./stage.js";

const deleted = { message: "Your account has been deleted." };
const path = "/profile/delete/";

describeOnEveryStore("DELETE /profile/delete/", (engine) => {
  const stage = useStage(engine);
  const statusOf = async (key: string) =>
    (await stage.ask({ path: "/profile/update/", headers: carrying(key) })).status;

  for (const spelled of [path, "/profile/delete"]) {
    test(`DELETE ${spelled} ends every key, and frees the address for a new account`, async () => {
      const { person, key, user } = await stage.enter();
      const other = await stage.signIn(person);
      expectSuccess(await stage.ask({ path: spelled, method: "DELETE", headers: carrying(key) }), deleted);
      assert.deepEqual([await statusOf(key), await statusOf(other)], [401, 401]);
      assert.equal((await stage.ask({ path: "/login/", json: person })).status, 400);
      await stage.sql("update sending_budget set last_at = last_at - 60000");
      const next = await stage.enter({ email: person.email });
      assert.notEqual(next.user["id"], user["id"]);
      await stage.signIn(next.person);
    });
  }

  test("a deleted account comes back when an administrator restores it, while its address is free", async () => {
    const { person, key, user } = await stage.enter();
    await stage.ask({ path, method: "DELETE", headers: carrying(key) });
    await stage.cli("user", "restore", String(user["id"]));
    assert.equal(await statusOf(key), 401);
    const answer = await stage.ask({ path: "/login/", json: person });
    assert.equal(entered(answer).user["id"], user["id"]);
  });

  test("a guest can be deleted, and the device makes another", async () => {
    const guest = await stage.guest();
    expectSuccess(await stage.ask({ path, method: "DELETE", headers: carrying(guest.key) }), deleted);
    const next = await stage.ask({ path: "/guest/", json: { device_id: guest.deviceId } });
    assert.equal(next.status, 201);
    assert.notEqual(entered(next, ["guest_secret"]).user["id"], guest.user["id"]);
  });

  test("the 204 of a protected account has no body on the wire, and the connection serves the next request", async () => {
    const { key, user } = await protectedMember(stage);
    const head = (line: string, more: readonly string[] = []) =>
      [line, "Host: x", `Authorization: Token ${key}`, ...more].join("\r\n");
    const text = [
      `${head("DELETE /account/profile/delete/ HTTP/1.1")}\r\n\r\n`,
      `${head("DELETE /account/profile/delete HTTP/1.1", ["Content-Type: application/json", "Content-Length: 2"])}\r\n\r\n{}`,
      `${head("GET /account/profile/update/ HTTP/1.1", ["Connection: close"])}\r\n\r\n`,
    ].join("");
    const answers = (await rawRequest(stage.server.port, text)).split(/(?=HTTP\/1\.1 )/g);
    assert.equal(answers.length, 3);
    for (const answer of answers.slice(0, 2)) {
      assert.match(answer, /^HTTP\/1\.1 204 No Content\r\n/);
      assert.match(answer, /\r\nx-error-message: Unable to log in with provided credentials\.\r\n/i);
      assert.doesNotMatch(answer, /\r\n(?:content-length|content-type|transfer-encoding):/i);
      assert.ok(answer.endsWith("\r\n\r\n"), answer);
      assert.equal(answer.indexOf("\r\n\r\n"), answer.length - 4);
    }
    assert.match(answers[2] ?? "", /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(answers[2]?.includes(String(user["id"])));
    const refused = await stage.sql(
      `select kind from audit_event where account_id = '${String(user["id"])}' and kind = 'deletion-refused'`,
    );
    assert.ok(refused.length >= 2);
  });

  test("an address is protected in every spelling, and on every mount that protects it", async () => {
    const { person } = await protectedMember(stage);
    const key = await stage.signIn({ ...person, email: person.email.toUpperCase() });
    const answer = await stage.ask({ path, method: "DELETE", headers: carrying(key) });
    assert.deepEqual([answer.status, answer.text], [204, ""]);
    assert.equal(await statusOf(key), 200);
  });

  for (const row of goneRows) {
    test(`DELETE ${path} refuses when ${row.when}: 404 ${row.reaches.message}`, async () => {
      const sent = await row.send(stage);
      // Nobody writes meanwhile, so that all are let in before one of them deletes.
      const client = await openSqlClient(stage.databaseUrl);
      for (const statement of holding[engine.name] ?? []) await client.run(statement);
      const answers = Array.from({ length: 6 }, () => stage.ask(sent));
      await delay(500);
      await client.run("rollback");
      await client.close();
      const [won, ...lost] = (await Promise.all(answers)).toSorted((one, other) => one.status - other.status);
      assert.ok(won);
      expectSuccess(won, deleted);
      // On a slow machine some may have come when all was over: their key is dead.
      const late = lost.filter(({ status }) => status !== 401);
      assert.ok(late.length > 0);
      for (const answer of late) expectRow(answer, row);
    });
  }

  testRows(stage, profileDeleteRows);
});

/** Keeps everybody from writing to accounts, and lets them read. */
const holding: Readonly<Record<string, readonly string[]>> = {
  sqlite: ["begin immediate"],
  postgres: ["begin", "select account_id from account for update"],
  mariadb: ["begin", "select account_id from account for update"],
};
