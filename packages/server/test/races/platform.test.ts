import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { expectAuthorized } from "../contracts/platform/expect-progress.js";
import {
  type Client,
  codeTo,
  linkTo,
  linkToken,
  makePerson,
  newAddresses,
  objectOf,
  type Person,
  type Progress,
  restSending,
  setUp,
  signIn,
  step,
  wrongCode,
} from "../contracts/platform/people.js";
import { controlAnswer, fullClient, legalClient, openLink, sessionIn } from "../contracts/platform/session-in.js";
import { stageMounts, useStage } from "../contracts/platform/stage.js";
import { sentBy } from "../contracts/platform/step-rows.js";
import type { PlatformSent } from "../contracts/platform/stage.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { rounds } from "../engines/rounds.js";
import { givenPassword } from "../given.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { nodesFor } from "../server/start-nodes.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { countEach, countStatuses } from "../server/tally.js";

const newPassword = "Another-Horse-9-battery";

describeOnEveryEngine("steps of a sign-in at once", (engine) => {
  const stage = useStage(engine);
  let other: RunningServer | undefined;
  before(async () => {
    if (nodesFor(engine) === 1) return;
    const { databaseUrl } = stage;
    other = await startServer({ databaseUrl, config: { mounts: stageMounts() } });
  });
  after(() => other?.stop());

  /** Sends requests of one client all at once, to one node and the other in turn. */
  const together = (client: Client, sent: readonly PlatformSent[]): Promise<readonly Response[]> =>
    Promise.all(
      sent.map(({ path, json, headers }, at) => {
        const server = at % 2 === 0 ? stage.server : (other ?? stage.server);
        return request(`${server.url}${client.stage.prefix}${path}`, {
          method: "POST",
          json,
          headers: { "x-api-key": client.key.key, ...headers },
          address: nextAddress(),
        });
      }),
    );
  const times = (client: Client, progress: Progress, path: string, json: object, count = 32) =>
    together(client, Array<PlatformSent>(count).fill(sentBy(client, progress, path, json)));

  // A text in every error, as the contract's own tests hold it to.
  const codeIn = ({ status, json }: Response): string => `${status} ${(objectOf(json)["error_code"] ?? "") as string}`;
  /** One of them went on; everybody else was told that the session is none of this state any more, or that the answer was used. */
  const winnerOf = (answers: readonly Response[], losers: RegExp): Progress => {
    const [winner, ...others] = answers.filter(({ status }) => status === 200);
    assert.ok(winner !== undefined && others.length === 0, JSON.stringify(countEach(answers.map(codeIn))));
    for (const answer of answers) if (answer !== winner) assert.match(codeIn(answer), losers);
    const { status: _, ...progress } = objectOf(winner.json);
    return progress;
  };
  const lostStep = /^401 auth\.(session|token|otp|backupcode)\.invalid$/;
  const liveSessions = async ({ id }: Pick<Person, "id">): Promise<number> =>
    (await stage.sql(`select 1 from session where account_id = '${id}' and ended_at is null`)).length;

  it("one of 32 right codes makes an account", async () => {
    const client = { stage, key: await stage.ownKey() };
    for (let round = 0; round < rounds(); round += 1) {
      const { email } = newAddresses();
      const begun = await step(client, "/auth/signup", { login_id: email });
      const otp = await codeTo(stage, email);
      const done = winnerOf(await times(client, begun, "/auth/signup/checkotp", { otp }), lostStep);
      const rows = await stage.sql(`select account_id from identifier where normalized_value = '${email}'`);
      assert.deepEqual(rows.length, 1);
      assert.equal(await liveSessions({ id: String(objectOf(done["user"])["id"]) }), 1);
    }
  });

  it("one of 32 first passwords makes an account", async () => {
    const client = await fullClient(stage);
    for (let round = 0; round < rounds(); round += 1) {
      const { progress, to } = await sessionIn(stage, "signup-setpassword");
      const json = { password: givenPassword };
      winnerOf(await times(client, progress, "/auth/signup/setpassword", json, 16), lostStep);
      assert.equal((await stage.sql(`select 1 from identifier where normalized_value = '${to}'`)).length, 1);
    }
  });

  it("of two sign-ups of one address that are proven at once, one makes an account", async () => {
    const client = { stage, key: await stage.ownKey() };
    for (let round = 0; round < rounds(); round += 1) {
      const { phone } = newAddresses();
      const sent: PlatformSent[] = [];
      for (let begun = 0; begun < 4; begun += 1) {
        const progress = await step(client, "/auth/signup", { login_id: phone });
        sent.push(sentBy(client, progress, "/auth/signup/checkotp", { otp: await codeTo(stage, phone) }));
        await restSending(stage, { phone });
      }
      winnerOf(await together(client, sent), /^403 profile\.identifier\.used$/);
      assert.equal((await stage.sql(`select 1 from identifier where normalized_value = '${phone}'`)).length, 1);
    }
  });

  it("one of 32 right passwords signs in, and one of 32 right codes after it", async () => {
    const client = { stage, key: await stage.ownKey() };
    const person = await makePerson(stage);
    const done = async () => {
      const begun = await step(client, "/auth/login", { login_id: person.email });
      const json = { password: person.password };
      return winnerOf(await times(client, begun, "/auth/checkpassword", json), lostStep);
    };
    for (let round = 0; round < rounds(); round += 1) {
      const before = await liveSessions(person);
      expectAuthorized(await done(), person.user);
      assert.equal(await liveSessions(person), Math.min(20, before + 1));
    }
    await setUp(client, await signIn(client, person), "/user/secondfactor", { otp: true });
    for (let round = 0; round < rounds(); round += 1) {
      await restSending(stage, person);
      // An hour of codes is five.
      await stage.sql("update sending_budget set hour_used = 0, day_used = 0");
      const asked = await done();
      const otp = await codeTo(stage, person.phone);
      expectAuthorized(winnerOf(await times(client, asked, "/auth/checkotp", { otp }), lostStep), person.user);
    }
  });

  it("one backup code opens one of many sessions", async () => {
    const client = { stage, key: await stage.ownKey() };
    const person = await makePerson(stage);
    const first = await signIn(client, person);
    const { codes } = await setUp(client, first, "/user/backupcodes", {});
    await setUp(client, first, "/user/secondfactor", { otp: true });
    for (const code of (codes as readonly string[]).slice(0, rounds())) {
      const sent: PlatformSent[] = [];
      for (let begun = 0; begun < 4; begun += 1) {
        const asked = await signIn(client, person);
        sent.push(sentBy(client, asked, "/auth/checkotp", { backup_code: code }));
      }
      winnerOf(await together(client, sent), lostStep);
    }
  });

  it("of 32 wrong codes five at most are looked at, and the right one is worth nothing after them", async () => {
    const client = await fullClient(stage);
    for (let round = 0; round < rounds(); round += 1) {
      const { progress, to } = await sessionIn(stage, "signup-checkotp");
      const otp = await codeTo(stage, to);
      const counts = countEach(
        (await times(client, progress, "/auth/signup/checkotp", { otp: wrongCode(otp) })).map(codeIn),
      );
      assert.deepEqual(counts, { "401 auth.otp.invalid": 5, "401 auth.session.invalid": 27 });
      const [right] = await times(client, progress, "/auth/signup/checkotp", { otp }, 1);
      assert.equal(right && codeIn(right), "401 auth.session.invalid");
    }
  });

  it("one of 32 acceptances signs in", async () => {
    const client = await legalClient(stage);
    for (let round = 0; round < rounds(); round += 1) {
      const { progress, person } = await sessionIn(stage, "acceptdisclaimers");
      const json = { accept_disclaimers: ["terms"] };
      const done = winnerOf(await times(client, progress, "/auth/acceptdisclaimers", json), lostStep);
      expectAuthorized(done, person?.user);
    }
  });

  it("one of 32 uses of a mailed link begins, and one of 32 new passwords signs in", async () => {
    const client = { stage, key: await stage.ownKey() };
    for (let round = 0; round < rounds(); round += 1) {
      const person = await makePerson(stage);
      await step(client, "/auth/recovery/recover", { login_id: person.email, method: "MAIL" });
      const token = linkToken(await linkTo(stage, person.email));
      const open = { method: "POST", path: "/auth/recovery/checklink", json: { token } };
      const proven = winnerOf(await together(client, Array(32).fill(open)), /^401 auth\.token\.invalid$/);
      const json = { password: newPassword };
      const done = winnerOf(await times(client, proven, "/auth/recovery/setpassword", json, 16), lostStep);
      expectAuthorized(done, person.user);
      assert.equal(await liveSessions(person), 1);
    }
  });

  it("a recovery and a sign-in at once: no session outlives the new password", async () => {
    const client = { stage, key: await stage.ownKey() };
    for (let round = 0; round < rounds(); round += 1) {
      const person = await makePerson(stage);
      const proven = await openLink(client, person);
      const sent = [sentBy(client, proven, "/auth/recovery/setpassword", { password: newPassword })];
      for (let begun = 0; begun < 4; begun += 1) {
        const progress = await step(client, "/auth/login", { login_id: person.email });
        sent.push(sentBy(client, progress, "/auth/checkpassword", { password: person.password }));
      }
      const [recovered, ...others] = await together(client, sent);
      assert.equal(recovered?.status, 200, recovered?.text);
      for (const answer of others) assert.match(codeIn(answer), /^(200 |401 auth\.(session|token|password)\.invalid)$/);
      assert.equal(await liveSessions(person), 1);
    }
  });

  it("the owner's stop and the new password at once: one of them", async () => {
    const client = await fullClient(stage);
    for (let round = 0; round < rounds(); round += 1) {
      const person = await makePerson(stage);
      const question = { question: "What did you ride?", answer: controlAnswer };
      await setUp(client, await signIn(client, person), "/user/controlquestion", question);
      const begun = await step(client, "/auth/recovery/recover", { login_id: person.email, method: "QUESTION" });
      const answers = await times(client, begun, "/auth/recovery/checkquestion", { control_answer: controlAnswer }, 8);
      winnerOf(answers, /^401 auth\.(session|token|controlanswer)\.invalid$/);
      const link = await linkTo(stage, person.email);
      const stops = await Promise.all(
        Array.from({ length: 8 }, () =>
          request(`${stage.server.url}${link.pathname}`, {
            method: "POST",
            headers: { "content-type": "application/x-www-form-urlencoded" },
            body: new URLSearchParams({ token: linkToken(link) }).toString(),
            address: nextAddress(),
          }),
        ),
      );
      assert.deepEqual(countStatuses(stops), { "200": 1, "400": 7 });
    }
  });

  it("of 30 sign-ins at once 20 sessions live", async () => {
    const client = { stage, key: await stage.ownKey() };
    const person = await makePerson(stage);
    const sent: PlatformSent[] = [];
    for (let begun = 0; begun < 30; begun += 1) {
      const progress = await step(client, "/auth/login", { login_id: person.email });
      sent.push(sentBy(client, progress, "/auth/checkpassword", { password: person.password }));
    }
    for (let at = 0; at < sent.length; at += 6) await together(client, sent.slice(at, at + 6));
    assert.equal(await liveSessions(person), 20);
  });
});
