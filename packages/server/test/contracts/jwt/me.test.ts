import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { meRows } from "./me-rows.js";
import { expectHeaders } from "../expect-headers.js";
import { testRows } from "./row.js";
import { objectIn } from "../stage.js";
import { bearing, claimsOf, useStage } from "./stage.js";
import { tokenMounts } from "./token-rows.js";

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describeOnEveryEngine("GET /me", (engine) => {
  const stage = useStage(engine, { config: { mounts: tokenMounts } });

  test("GET /me answers 200 with the whole account, as it was registered", async () => {
    const startedAt = Date.now();
    const { access } = await stage.enter({
      as: { username: "  Ａda L.  ", email: " Ada.L+x@Bücher.Example ", language_code: "fa_IR" },
    });
    const answer = await stage.ask({ path: "/me", headers: bearing(access) });
    assert.equal(answer.status, 200);
    expectHeaders(answer);
    const { id, created_at: createdAt, last_login_at: lastLoginAt, ...rest } = objectIn(answer);
    assert.deepEqual(rest, { username: "Ａda L.", email: "ada.l+x@xn--bcher-kva.example", language_code: "fa-ir" });
    assert.equal(id, claimsOf(access)["sub"]);
    for (const at of [createdAt, lastLoginAt].map(String)) {
      assert.match(at, instant);
      assert.ok(Date.parse(at) >= startedAt && Date.parse(at) <= Date.now(), at);
    }
    assert.deepEqual(Object.keys(objectIn(answer)), [
      "id",
      "username",
      "email",
      "language_code",
      "created_at",
      "last_login_at",
    ]);
  });

  test("GET /me answers HEAD with the same headers and no body", async () => {
    const { access } = await stage.shared("looked at", () => stage.enter());
    const [got, head] = [
      await stage.ask({ path: "/me", headers: bearing(access) }),
      await stage.ask({ path: "/me", method: "HEAD", headers: bearing(access) }),
    ];
    assert.deepEqual([head.status, head.text], [200, ""]);
    assert.equal(head.headers["content-length"], got.headers["content-length"]);
    assert.equal((await stage.ask({ path: "/me", method: "HEAD" })).status, 401);
  });

  test("GET /me has no limit per address", async () => {
    const { access } = await stage.shared("looked at", () => stage.enter());
    const looks = Array.from({ length: 100 }, () =>
      stage.ask({ path: "/me", headers: bearing(access), address: "127.9.9.9" }),
    );
    assert.deepEqual(new Set((await Promise.all(looks)).map(({ status }) => status)), new Set([200]));
  });

  test("GET /me takes a body that it does not read, whatever it is", async () => {
    const { access } = await stage.shared("looked at", () => stage.enter());
    const answer = await stage.ask({
      path: "/me",
      method: "GET",
      headers: { ...bearing(access), "content-type": "text/plain" },
      body: "[",
    });
    assert.equal(answer.status, 200);
  });

  testRows(stage, meRows);
});
