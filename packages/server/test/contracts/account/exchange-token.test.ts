import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { appUri, cancelOn, givenToApp, signInOn } from "../../identity-providers/handoff-page.js";
import { expectHeaders } from "../expect-headers.js";
import {
  ageToken,
  boundToken,
  cancelledToken,
  challenge,
  exchangeTokenRows,
  startAt,
  verifier,
} from "./exchange-token-rows.js";
import { testRows } from "./row.js";
import { carrying, dataIn, stageMounts, useStage } from "./stage.js";

const path = "/exchange-token/";

describeOnEveryStore("POST /exchange-token/", (engine) => {
  const stage = useStage(engine, { config: { mounts: stageMounts({ handoff: { redirectUris: [appUri] } }) } });
  const exchange = (json: Readonly<Record<string, unknown>>) => stage.ask({ path, json });
  const profile = (key: string) => stage.ask({ path: "/profile/update/", headers: carrying(key) });

  test("POST /exchange-token/ answers a key and the user, and the key works", async () => {
    const member = await stage.enter();
    const token = await boundToken(stage, member);
    const answer = await exchange({ temp_token: token });
    expectHeaders(answer);
    const { token: key, user } = dataIn(answer);
    assert.match(String(key), /^[\w-]{43}$/);
    assert.notEqual(key, member.key);
    const now = (user as Record<string, unknown>)["last_login_at"];
    assert.deepEqual(answer.json, {
      status: "success",
      status_code: 200,
      message: "Logged in.",
      data: { token: key, user: { ...member.user, last_login_at: now } },
    });
    assert.ok(Math.abs(Date.parse(String(now)) - Date.now()) < 60_000);
    assert.deepEqual(dataIn(await profile(String(key))), { user });
  });

  test("POST /exchange-token/ takes a form, blanks around the token, and a key of somebody else is nothing to it", async () => {
    const member = await stage.enter();
    const token = await boundToken(stage, member);
    const answer = await stage.ask({
      path: "/exchange-token",
      body: new URLSearchParams({ temp_token: ` ${token} `, code_verifier: "" }).toString(),
      headers: { "content-type": "application/x-www-form-urlencoded", ...carrying("x".repeat(43)) },
    });
    assert.equal(answer.status, 200, answer.text);
  });

  test("POST /exchange-token/ ends the session of the first exchange when the token comes again", async () => {
    const member = await stage.enter();
    const token = await boundToken(stage, member);
    const key = String(dataIn(await exchange({ temp_token: token }))["token"]);
    assert.equal((await profile(key)).status, 200);
    assert.equal((await exchange({ temp_token: token })).status, 404);
    assert.equal((await profile(key)).status, 401);
    // Nobody else's, and none of the owner's others.
    assert.equal((await profile(member.key)).status, 200);
    const [event] = await stage.sql(
      `select details from audit_event where kind = 'handoff-refused' and account_id = '${String(member.user["id"])}'`,
    );
    assert.equal((JSON.parse(String(event?.["details"])) as Record<string, unknown>)["reason"], "replayed");
  });

  test("POST /exchange-token/ takes the verifier of the challenge", async () => {
    const member = await stage.enter();
    const token = await boundToken(stage, member, { code_challenge: challenge, code_challenge_method: "S256" });
    const answer = await exchange({ temp_token: token, code_verifier: verifier });
    assert.equal(answer.status, 200, answer.text);
  });

  test("POST /exchange-token/ takes a token until its minute is over", async () => {
    const member = await stage.enter();
    const token = await boundToken(stage, member);
    // The sign-in is not older than the password.
    await stage.sql(
      `update account set password_changed_at = password_changed_at - 60000 where account_id = '${String(member.user["id"])}'`,
    );
    await ageToken(stage, token, 57_000);
    assert.equal((await exchange({ temp_token: token })).status, 200);
  });

  test("POST /exchange-token/ takes a token once somebody has signed in for it after all", async () => {
    const member = await stage.enter();
    const page = await startAt(stage);
    const { temp_token: token = "" } = givenToApp(await cancelOn(page));
    assert.equal((await exchange({ temp_token: token })).status, 400);
    assert.equal(givenToApp(await signInOn(page, member.person))["temp_token"], token);
    assert.equal((await exchange({ temp_token: token })).status, 200);
  });

  test("POST /exchange-token/ of a hardened mount takes what its fragment holds", async () => {
    const hardened = stage.at({ mount: "hardened" });
    const visit = await signInOn(
      await startAt(hardened, { code_challenge: challenge }),
      (await hardened.enter()).person,
    );
    assert.ok(visit.url.startsWith(`${appUri}#temp_token=`), visit.url);
    const { temp_token: token } = givenToApp(visit);
    const answer = await hardened.ask({ path, json: { temp_token: token, code_verifier: verifier } });
    assert.equal(answer.status, 200, answer.text);
  });

  test("only the token's hash is kept in clear", async () => {
    const token = await cancelledToken(stage);
    const rows = JSON.stringify(await stage.sql("select * from handoff"));
    assert.ok(!rows.includes(token));
  });

  testRows(stage, exchangeTokenRows);
});
