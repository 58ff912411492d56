import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { enrolmentRows, enrolments } from "./enrolment-rows.js";
import {
  type Client,
  codeTo,
  makePerson,
  messagesTo,
  type Person,
  type Progress,
  restSending,
  setUp,
  signIn,
  step,
  tokenOf,
} from "./people.js";
import { expectRefused, testRows } from "./row.js";
import { fullClient } from "./session-in.js";
import { bearing, successIn, useStage } from "./stage.js";

describeOnEveryStore("what users sign in with", (engine) => {
  const stage = useStage(engine);
  testRows(stage, enrolmentRows);

  /** Somebody who has just signed in. */
  const signedIn = async (): Promise<{ client: Client; person: Person; progress: Progress }> => {
    const client = await fullClient(stage);
    const person = await makePerson(stage);
    return { client, person, progress: await signIn(client, person) };
  };
  const whoIs = ({ key }: Client, progress: Progress) =>
    stage.ask({ method: "GET", path: "/user", key: key.key, headers: bearing(tokenOf(progress)) });
  const refused = async ({ key }: Client, path: string, json: object, progress: Progress) =>
    stage.ask({ method: "POST", path, json, key: key.key, headers: bearing(tokenOf(progress)) });
  /** Kinds of the letters that the person got by mail, newest first. */
  const lettersOf = async (person: Person) => (await messagesTo(stage, person.email)).map(({ kind }) => kind);

  for (const [endpoint, { path, body }] of Object.entries(enrolments)) {
    const told = endpoint === "user-password" ? "password-changed" : "factor-changed";

    test(`${endpoint} answers success, tells the owner on every channel, and ends what is under way`, async () => {
      const { client, person, progress } = await signedIn();
      const underWay = await step(client, "/auth/login", { login_id: person.email });
      const answer = await setUp(client, progress, path, body);
      const { codes = [], ...rest } = answer;
      assert.deepEqual(rest, {});
      assert.equal(Array.isArray(codes) ? codes.length : -1, endpoint === "user-backupcodes" ? 10 : 0);
      assert.deepEqual(await lettersOf(person), [told]);
      const bySms = await messagesTo(stage, person.phone);
      assert.deepEqual(
        bySms.map(({ kind }) => kind),
        [told],
      );
      const half = await refused(client, "/auth/checkpassword", { password: person.password }, underWay);
      expectRefused(half, { code: "auth.token.invalid" });
      assert.equal((await whoIs(client, progress)).status, 200, "the session that changed it goes on");
      const events = await stage.cli("audit", "--account", person.id, "--json");
      assert.match(events.stdout, new RegExp(`"${told}"`));
    });
  }

  test("a new password signs in, the old one does not, and every other session ends", async () => {
    const { client, person, progress } = await signedIn();
    const [other, elsewhere] = [
      await signIn(client, person),
      await signIn({ stage, key: await stage.ownKey() }, person),
    ];
    const password = "Another-Horse-9-battery";
    await setUp(client, progress, "/user/password", { new_password: password });
    expectRefused(await whoIs(client, other), { code: "auth.token.invalid" });
    expectRefused(await whoIs({ stage, key: await stage.ownKey() }, elsewhere), { code: "auth.token.invalid" });
    assert.equal((await whoIs(client, progress)).status, 200);
    const begun = await step(client, "/auth/login", { login_id: person.email });
    expectRefused(await refused(client, "/auth/checkpassword", { password: person.password }, begun), {
      code: "auth.password.invalid",
    });
    assert.equal((await signIn(client, { ...person, password }))["session_state"], "authorized");
  });

  test("a password of 64 and of 1000 characters, of any script, is kept as it is", async () => {
    for (const password of ["پاس‌وردِ من 🔑 ".repeat(5).slice(0, 64), "ab 3$ـ".repeat(166)]) {
      const { client, person, progress } = await signedIn();
      await setUp(client, progress, "/user/password", { new_password: password });
      assert.equal((await signIn(client, { ...person, password }))["session_state"], "authorized");
      const begun = await step(client, "/auth/login", { login_id: person.email });
      const answer = await refused(client, "/auth/checkpassword", { password: password.slice(0, -1) }, begun);
      expectRefused(answer, { code: "auth.password.invalid" });
    }
  });

  test("a second factor is asked for as long as it is on", async () => {
    const { client, person, progress } = await signedIn();
    await setUp(client, progress, "/user/secondfactor", { otp: true });
    await restSending(stage, person);
    const asked = await signIn(client, person);
    assert.equal(asked["session_state"], "checkotp");
    const otp = await codeTo(stage, person.phone);
    const done = await step(client, "/auth/checkotp", { otp }, asked);
    assert.equal(done["session_state"], "authorized");
    await setUp(client, done, "/user/secondfactor", { otp: false });
    assert.equal((await signIn(client, person))["session_state"], "authorized");
  });

  test("memorable words are asked for by their letters, and new ones by theirs", async () => {
    const { client, person, progress } = await signedIn();
    for (const words of [["marigold"], ["سپیده‌دمان", "Zo\u0065\u0308tropes"]]) {
      const fresh = words.length === 1 ? progress : await answered(["marigold"]);
      await setUp(client, fresh, "/user/memorable", { words });
      const done = await answered(words);
      assert.equal(done["session_state"], "authorized");
    }

    async function answered(words: readonly string[]): Promise<Progress> {
      const asked = await signIn(client, person);
      assert.equal(asked["session_state"], "checkmemorable");
      const letters = words.flatMap((word) =>
        Array.from(new Intl.Segmenter("und").segment(word.normalize("NFC")), ({ segment }) => segment),
      );
      const positions = asked["memorable_positions"] as readonly number[];
      assert.equal(new Set(positions).size, 3);
      assert.deepEqual(
        [...positions].sort((one, other) => one - other),
        positions,
      );
      assert.ok(positions.every((position) => position >= 1 && position <= letters.length));
      const memorable_letters = Object.fromEntries(
        positions.map((position) => [String(position), (letters[position - 1] ?? "").toUpperCase()]),
      );
      return step(client, "/auth/checkmemorable", { memorable_letters }, asked);
    }
  });

  test("a backup code is good once, however it is typed; new codes kill the old ones", async () => {
    const { client, person, progress } = await signedIn();
    const made = await setUp(client, progress, "/user/backupcodes", {});
    const codes = made["codes"] as readonly string[];
    assert.equal(codes.length, 10);
    for (const code of codes) assert.match(code, /^[A-HJK](?:-[0-9A-HJKMNP-TV-Z]{5}){3}$/);
    await setUp(client, progress, "/user/secondfactor", { otp: true });
    const [first = "", second = "", third = ""] = codes;
    const use = async (backup_code: string) => {
      await restSending(stage, person);
      return refused(client, "/auth/checkotp", { backup_code }, await signIn(client, person));
    };
    const done = successIn(await use(` ${first.toLowerCase().replaceAll("-", " ")}`));
    assert.equal(done["session_state"], "authorized");
    expectRefused(await use(first), { code: "auth.backupcode.invalid" });
    assert.equal(successIn(await use(second.replaceAll("0", "O")))["session_state"], "authorized");
    const again = await setUp(client, done, "/user/backupcodes", {});
    expectRefused(await use(third), { code: "auth.backupcode.invalid" });
    const [newer = ""] = again["codes"] as readonly string[];
    assert.equal(successIn(await use(newer))["session_state"], "authorized");
    assert.ok((await lettersOf(person)).includes("backup-code-used"));
  });

  test("a control question is asked as it was set, and any way of typing its answer is right", async () => {
    const { client, person, progress } = await signedIn();
    await setUp(client, progress, "/user/controlquestion", { question: "چه دوچرخه‌ای؟", answer: "  Blue   Bicycle " });
    const asked = await step(client, "/auth/recovery/recover", { login_id: person.email, method: "QUESTION" });
    assert.equal(asked["control_question"], "چه دوچرخه‌ای؟");
    const proven = await step(client, "/auth/recovery/checkquestion", { control_answer: "bluE bicycle" }, asked);
    assert.equal(proven["session_state"], "recovery-setpassword");
  });
});
