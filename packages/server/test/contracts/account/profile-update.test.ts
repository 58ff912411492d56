import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { expectHeaders } from "../expect-headers.js";
import { bystander } from "./drafts.js";
import { expectSuccess, expectUser } from "./expect-success.js";
import { encodings } from "./forms.js";
import { profileUpdateRows } from "./profile-update-rows.js";
import { testRows } from "./row.js";
import { carrying, dataIn, type User, useStage } from "./stage.js";

const whole = {
  fullname: "علی‌رضا احمدی",
  language: "fa-IR",
  phone: "+98 912 123 4567",
  avatar_url: "https://example.org/a%20b.png?x=1#y",
  birth_date: "1990-02-28",
};
const kept = { ...whole, language: "fa-ir", phone: "+989121234567" };

describeOnEveryStore("/profile/update/", (engine) => {
  const stage = useStage(engine);
  const change = async (key: string, json: object, method = "PATCH"): Promise<User> => {
    const answer = await stage.ask({ path: "/profile/update/", method, headers: carrying(key), json });
    const { user } = dataIn(answer);
    expectSuccess(answer, { message: "Profile updated.", data: { user } });
    return { ...(user as User) };
  };

  for (const path of ["/profile/update/", "/profile/update"]) {
    test(`GET ${path} answers the whole user, and HEAD the same without a body`, async () => {
      const { key, user } = await bystander(stage);
      const headers = carrying(key);
      const got = await stage.ask({ path, headers });
      expectSuccess(got, { message: "Profile.", data: { user } });
      const head = await stage.ask({ path, method: "HEAD", headers });
      assert.deepEqual(
        [head.status, head.text, head.headers["content-length"]],
        [200, "", got.headers["content-length"]],
      );
      assert.equal((await stage.ask({ path, method: "HEAD" })).status, 401);
    });

    for (const method of ["PUT", "PATCH"]) {
      for (const [how, encode] of Object.entries(encodings)) {
        test(`${method} ${path} changes everything that can be changed ${how}`, async () => {
          const { person, key, user } = await stage.enter();
          const { headers, ...body } = encode(whole);
          const answer = await stage.ask({ path, method, headers: { ...carrying(key), ...headers }, ...body });
          const changed = { ...user, ...kept };
          expectSuccess(answer, { message: "Profile updated.", data: { user: changed } });
          expectUser(changed, { email: person.email, ...kept });
          const read = await stage.ask({ path, headers: carrying(key) });
          expectSuccess(read, { message: "Profile.", data: { user: changed } });
        });
      }
    }
  }

  test("PUT leaves what is absent, and null or a blank clears what can be empty", async () => {
    const { key } = await stage.enter();
    await change(key, whole);
    assert.deepEqual(pick(await change(key, { fullname: "A" }, "PUT")), { ...kept, fullname: "A" });
    const cleared = { ...kept, fullname: "A", phone: null, avatar_url: null, birth_date: null };
    assert.deepEqual(
      pick(await change(key, { fullname: "A", phone: null, avatar_url: " ", birth_date: "" }, "PUT")),
      cleared,
    );
  });

  test("PATCH of nothing changes nothing", async () => {
    const { key, user } = await stage.enter();
    assert.deepEqual(await change(key, {}), user);
    const empty = await stage.ask({ path: "/profile/update/", method: "PATCH", headers: carrying(key) });
    expectSuccess(empty, { message: "Profile updated.", data: { user } });
  });

  test("what is read-only or unknown is ignored, whatever it holds", async () => {
    const { key, user } = await stage.enter();
    const changed = await change(key, {
      id: "0",
      email: "eve@example.org",
      is_guest: true,
      is_verified: false,
      created_at: null,
      last_login_at: {},
      status: "active",
      role: "admin",
      password: "x",
      account_id: "x",
      realm_id: "x",
      passwordHash: "x",
    });
    assert.deepEqual(changed, user);
  });

  test("a guest has a name and no telephone", async () => {
    const { key } = await stage.guest();
    for (const phone of ["+989121234567", "no number", { x: 1 }])
      assert.equal((await change(key, { phone, fullname: "Guest" }))["phone"], null);
    assert.equal((await change(key, { phone: "+989121234567", fullname: "Guest" }, "PUT"))["fullname"], "Guest");
  });

  test("PUT names every failing field, in the order of the request", async () => {
    const { key } = await bystander(stage);
    const json = { birth_date: "x", avatar_url: 1, phone: true, language: "" };
    const answer = await stage.ask({ path: "/profile/update/", method: "PUT", headers: carrying(key), json });
    assert.equal(answer.status, 400);
    expectHeaders(answer);
    assert.deepEqual((answer.json as { errors: unknown }).errors, [
      { field: "fullname", message: "This field is required." },
      { field: "language", message: "This field may not be blank." },
      { field: "phone", message: "Not a valid string." },
      { field: "avatar_url", message: "Enter a valid URL." },
      { field: "birth_date", message: "Date has wrong format. Use one of these formats instead: YYYY-MM-DD." },
    ]);
  });

  test("values at their borders are taken", async () => {
    const { key } = await stage.enter();
    const url = `https://example.org/${"a".repeat(2048 - 20)}`;
    assert.equal((await change(key, { avatar_url: url }))["avatar_url"], url);
    for (const date of ["2000-02-29", "0001-01-01", "9999-12-31"])
      assert.equal((await change(key, { birth_date: date }))["birth_date"], date);
    for (const [sent, is] of [
      ["+44 20 7946 0000", "+442079460000"],
      ["+1 (650) 253-0000", "+16502530000"],
      ["+۹۸۹۱۲۱۲۳۴۵۶۷", "+989121234567"],
    ])
      assert.equal((await change(key, { phone: sent }))["phone"], is);
  });

  testRows(stage, profileUpdateRows);
});

function pick(user: User): User {
  const { fullname, language, phone, avatar_url: avatarUrl, birth_date: birthDate } = user;
  return { fullname, language, phone, avatar_url: avatarUrl, birth_date: birthDate };
}
