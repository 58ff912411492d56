import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { entered, expectSuccess, expectUser } from "./expect-success.js";
import { encodings } from "./forms.js";
import { guestRows } from "./guest-rows.js";
import { testRows } from "./row.js";
import { carrying, dataIn, givenDevice, useStage } from "./stage.js";

const made = "Signed in as a new guest.";
const back = "Signed in as a guest.";

describeOnEveryStore("POST /guest/", (engine) => {
  const stage = useStage(engine);

  for (const path of ["/guest/", "/guest"]) {
    for (const [how, encode] of Object.entries(encodings)) {
      test(`POST ${path} makes a guest of a device ${how}, and finds it again`, async () => {
        const sent = { path, method: "POST", ...encode({ device_id: givenDevice() }) };
        const first = await stage.ask(sent);
        const { key, user } = entered(first, ["guest_secret"]);
        const { guest_secret: secret } = dataIn(first);
        assert.match(String(secret), /^[\w-]{43}$/);
        expectSuccess(first, { status: 201, message: made, data: { token: key, user, guest_secret: secret } });
        expectUser(user, { is_guest: true, is_verified: false });
        const second = await stage.ask(sent);
        const again = entered(second);
        expectSuccess(second, { message: back, data: { token: again.key, user: again.user } });
        assert.equal(again.user["id"], user["id"]);
        assert.notEqual(again.key, key);
        const profile = await stage.ask({ path: "/profile/update/", headers: carrying(key) });
        assert.equal(profile.status, 200);
      });
    }
  }

  test("POST /guest/ takes devices of any text: a number, 255 characters, SQL, Persian", async () => {
    const ids = new Set<unknown>();
    const devices = [
      Date.now(),
      "d".repeat(255),
      "\u{1f600}".repeat(255),
      "'; drop table guest; --",
      "دستگاه\u0000",
      "__proto__",
    ];
    for (const deviceId of devices) {
      const answer = await stage.ask({ path: "/guest/", json: { device_id: deviceId } });
      assert.equal(answer.status, 201, answer.text);
      ids.add(entered(answer, ["guest_secret"]).user["id"]);
    }
    assert.equal(ids.size, devices.length);
    const trimmed = await stage.ask({ path: "/guest/", json: { device_id: ` ${"d".repeat(255)}\n` } });
    assert.equal(trimmed.status, 200);
  });

  test("POST /guest/ of the profile contract asks for no secret, right or wrong", async () => {
    const { deviceId, secret, user } = await stage.guest();
    for (const guestSecret of [secret, "wrong", undefined]) {
      const answer = await stage.ask({ path: "/guest/", json: { device_id: deviceId, guest_secret: guestSecret } });
      assert.equal(answer.status, 200, answer.text);
      assert.equal(entered(answer).user["id"], user["id"]);
    }
  });

  test("POST /guest/ of a hardened mount finds a guest by its secret alone", async () => {
    const hardened = stage.at({ mount: "hardened" });
    const { deviceId, secret, user } = await hardened.guest();
    const ask = (json: object) => hardened.ask({ path: "/guest/", json: { device_id: deviceId, ...json } });
    for (const json of [{}, { guest_secret: "wrong" }, { guest_secret: secret.toLowerCase() }]) {
      const other = await ask(json);
      assert.equal(other.status, 201, other.text);
      assert.notEqual(entered(other, ["guest_secret"]).user["id"], user["id"]);
    }
    const own = await ask({ guest_secret: secret });
    expectSuccess(own, { message: back, data: { token: entered(own).key, user: entered(own).user } });
    assert.equal(entered(own).user["id"], user["id"]);
    const elsewhere = await ask({ device_id: givenDevice(), guest_secret: secret });
    assert.equal(elsewhere.status, 201);
  });

  test("POST /guest/ keeps the guests of each mount apart", async () => {
    const { deviceId, user } = await stage.guest();
    const answer = await stage.at({ mount: "hardened" }).ask({ path: "/guest/", json: { device_id: deviceId } });
    assert.equal(answer.status, 201);
    assert.notEqual(entered(answer, ["guest_secret"]).user["id"], user["id"]);
  });

  test("POST /guest/ makes Persian guests where Persian is spoken", async () => {
    const persian = stage.at({ language: "fa" });
    const answer = await persian.ask({ path: "/guest/", json: { device_id: givenDevice() } });
    expectUser(entered(answer, ["guest_secret"]).user, { is_guest: true, is_verified: false, language: "fa" });
    assert.equal((answer.json as { message: string }).message, "به‌عنوان مهمان تازه وارد شدید.");
  });

  test("a restricted guest's device is refused", async () => {
    const { deviceId, user } = await stage.guest();
    await stage.cli("user", "restrict", String(user["id"]));
    const answer = await stage.ask({ path: "/guest/", json: { device_id: deviceId } });
    assert.equal(answer.status, 403, answer.text);
  });

  testRows(stage, guestRows);
});
