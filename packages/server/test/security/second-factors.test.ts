import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { challengePositions } from "#core/factors/memorable-words.js";
import type { AccountId } from "#core/ids.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { tablesThatHold } from "../engines/read-rows.js";
import {
  type Client,
  makePerson,
  objectOf,
  type Person,
  type Progress,
  setUp,
  signIn,
  step,
  tokenOf,
} from "../contracts/platform/people.js";
import { fullClient } from "../contracts/platform/session-in.js";
import { bearing, stageMounts, useStage } from "../contracts/platform/stage.js";
import { openNode } from "../server/open-node.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { countStatuses } from "../server/tally.js";

const words = ["marigold", "zeppelin"] as const;
const letters = [...words.join("")];

describeOnEveryEngine("second factors", (engine) => {
  const stage = useStage(engine);
  let other: RunningServer | undefined;
  before(async () => {
    // SQLite belongs to one server.
    if (engine.name !== "sqlite")
      other = await startServer({ config: { mounts: stageMounts() }, databaseUrl: stage.databaseUrl });
  });
  after(() => other?.stop());

  const enrolled = async (path: string, json: object): Promise<Enrolled> => {
    const client = await fullClient(stage);
    const person = await makePerson(stage);
    const progress = await signIn(client, person);
    return { client, person, answer: await setUp(client, progress, path, json), progress };
  };
  interface Enrolled {
    readonly client: Client;
    readonly person: Person;
    readonly answer: Progress;
    readonly progress: Progress;
  }
  const withWords = () => enrolled("/user/memorable", { words });
  const send = ({ key }: Client, path: string, json: object, progress: Progress): Promise<Response> =>
    stage.ask({ method: "POST", path, json, key: key.key, headers: bearing(tokenOf(progress)) });
  const positionsIn = (progress: Progress) => progress["memorable_positions"] as readonly number[];
  const rightFor = (positions: readonly number[]): Record<string, string> =>
    Object.fromEntries(positions.map((position) => [String(position), letters[position - 1] ?? ""]));
  /** All but the request's own id. */
  const told = ({ status, json }: Response) => ({ status, body: { ...objectOf(json), error_id: undefined } });
  const forgetTries = () => stage.sql("delete from attempt_budget");

  test("a second factor that is on keeps a password from signing in alone, at the other contracts of the realm too", async () => {
    const { client, person, progress } = await enrolled("/user/secondfactor", { otp: true });
    const { email, password } = person;
    const ask = (path: string) =>
      request(stage.server.url + path, { json: { email, password }, address: nextAddress() });
    const answers = async () => [await ask("/auth/login"), await ask("/account/login/")];
    const wrongPassword = await request(`${stage.server.url}/auth/login`, {
      json: { email, password: `${password}x` },
      address: nextAddress(),
    });
    const [jwt, account] = await answers();
    assert.deepEqual([jwt?.status, jwt?.json], [wrongPassword.status, wrongPassword.json]);
    assert.equal(account?.status, 400, account?.text);
    await setUp(client, progress, "/user/secondfactor", { otp: false });
    assert.deepEqual(countStatuses(await answers()), { 200: 2 });
  });

  test("MEM-01: one wrong letter, at whichever position, is answered as all of them wrong", async () => {
    const { client, person } = await withWords();
    const answers: Response[] = [];
    for (let wrongAt = 0; wrongAt < 4; wrongAt += 1) {
      await forgetTries();
      const asked = await signIn(client, person);
      const right = rightFor(positionsIn(asked));
      const memorable_letters = Object.fromEntries(
        Object.entries(right).map(([position, letter], at) => [
          position,
          at === wrongAt || wrongAt === 3 ? "?" : letter,
        ]),
      );
      answers.push(await send(client, "/auth/checkmemorable", { memorable_letters }, asked));
    }
    const [first] = answers;
    assert.ok(first);
    assert.equal(first.status, 401);
    for (const answer of answers) assert.deepEqual(told(answer), told(first));
  });

  for (const [what, change] of Object.entries<(right: Record<string, string>) => unknown>({
    "fewer letters": (right) => Object.fromEntries(Object.entries(right).slice(0, 2)),
    "no letters": () => ({}),
    "empty letters": (right) => Object.fromEntries(Object.keys(right).map((position) => [position, ""])),
    "blank letters": (right) => Object.fromEntries(Object.keys(right).map((position) => [position, " "])),
    "letters of other positions": (right) => {
      const free = letters.map((_, at) => String(at + 1)).filter((position) => !(position in right));
      return Object.fromEntries(free.slice(0, 3).map((position) => [position, letters[Number(position) - 1] ?? ""]));
    },
    "right letters and one more": (right) => {
      const [free = ""] = letters.map((_, at) => String(at + 1)).filter((position) => !(position in right));
      return { ...right, [free]: letters[Number(free) - 1] };
    },
    "right letters, one of them doubled": (right) =>
      Object.fromEntries(Object.entries(right).map(([position, letter]) => [position, letter + letter])),
    "positions with a nought before them": (right) =>
      Object.fromEntries(Object.entries(right).map(([position, letter]) => [`0${position}`, letter])),
    "a position below the first": (right) => ({ ...right, 0: "m" }),
    "a position beyond the last": (right) => ({ ...right, 99: "m" }),
    "the whole words": () => Object.fromEntries(letters.map((letter, at) => [String(at + 1), letter])),
  })) {
    test(`MEM-03: ${what} are refused`, async () => {
      const { client, person } = await withWords();
      const asked = await signIn(client, person);
      const right = rightFor(positionsIn(asked));
      const answer = await send(client, "/auth/checkmemorable", { memorable_letters: change(right) }, asked);
      assert.ok(answer.status === 401 || answer.status === 422, answer.text);
      const done = await send(client, "/auth/checkmemorable", { memorable_letters: right }, asked);
      assert.equal(done.status, 200, done.text);
    });
  }

  test("MEM-03: one position named twice is no JSON", async () => {
    const { client, person } = await withWords();
    const asked = await signIn(client, person);
    const [position = 1] = positionsIn(asked);
    const answer = await stage.ask({
      method: "POST",
      path: "/auth/checkmemorable",
      key: client.key.key,
      headers: { ...bearing(tokenOf(asked)), "content-type": "application/json" },
      body: `{"memorable_letters":{"${position}":"a","${position}":"b"}}`,
    });
    assert.equal(answer.status, 422);
  });

  test("MEM-04: three wrong answers leave another method, and count in the identity's budget", async () => {
    const { client, person } = await withWords();
    const asked = await signIn(client, person);
    const wrong = { memorable_letters: { ...rightFor(positionsIn(asked)), [String(positionsIn(asked)[0])]: "?" } };
    for (let count = 0; count < 3; count += 1)
      assert.equal((await send(client, "/auth/checkmemorable", wrong, asked)).status, 401);
    const right = { memorable_letters: rightFor(positionsIn(asked)) };
    const locked = await send(client, "/auth/checkmemorable", right, asked);
    assert.equal(locked.status, 429);
    assert.match(String(locked.headers["retry-after"]), /^86\d{3}$/);
    const again = await signIn(client, person);
    assert.equal((await send(client, "/auth/checkmemorable", right, again)).status, 429, "in another session, too");
    const rows = await stage.sql(`select used from attempt_budget where subject like 'any ${person.id} %'`);
    assert.deepEqual(
      rows.map(({ used }) => Number(used)),
      [3],
    );
    // Another method: a key that asks for no letters.
    const done = await signIn({ stage, key: await stage.ownKey() }, person);
    assert.equal(done["session_state"], "authorized");
  });

  test("MEM-05: the database shows no word and no letters", async () => {
    const { person } = await withWords();
    for (const word of words) {
      assert.deepEqual(await tablesThatHold(stage.databaseUrl, word), []);
      assert.deepEqual(
        await tablesThatHold(stage.databaseUrl, Buffer.from(word).toString("base64url").slice(0, -2)),
        [],
      );
    }
    const [row] = await stage.sql(`select sealed_words from memorable_word where account_id = '${person.id}'`);
    assert.match(String(row?.["sealed_words"]), /^[0-9a-f]{8}\.[\w-]+$/);
  });

  test("MEM-05: 1,000 challenges of an account, and of nobody, are one until it is answered", async () => {
    const { client, person } = await withWords();
    const first = positionsIn(await signIn(client, person));
    assert.deepEqual(positionsIn(await signIn(client, person)), first, "over HTTP");
    const node = await openNode(stage.databaseUrl, "platform");
    try {
      const now = Date.now();
      const account = { accountId: person.id as AccountId, identity: person.id, now };
      const nobody = { accountId: undefined, identity: "email:nobody@example.org", now };
      const decoy = await challengePositions(node, nobody);
      assert.equal(new Set(decoy).size, 3);
      for (let count = 0; count < 1000; count += 50) {
        const drawn = await Promise.all(
          Array.from({ length: 50 }, (_, at) => challengePositions(node, at % 2 === 0 ? account : nobody)),
        );
        for (const [at, positions] of drawn.entries()) assert.deepEqual(positions, at % 2 === 0 ? first : decoy);
      }
      const aDay = 86_400_000;
      assert.deepEqual(await challengePositions(node, { ...account, now: now + aDay - 10_000 }), first);
    } finally {
      await node.close();
    }
    const asked = await signIn(client, person);
    await step(client, "/auth/checkmemorable", { memorable_letters: rightFor(first) }, asked);
    // Of 560 draws one is the same; of four in a row one in 98 billion.
    const next: string[] = [];
    for (let count = 0; count < 4; count += 1) {
      const again = await signIn(client, person);
      next.push(positionsIn(again).join());
      await step(client, "/auth/checkmemorable", { memorable_letters: rightFor(positionsIn(again)) }, again);
    }
    assert.ok(next.some((positions) => positions !== first.join()));
  });

  test("MEM-05: a session keeps its positions when another one of the user is answered first", async () => {
    const { client, person } = await withWords();
    const [one, two] = [await signIn(client, person), await signIn(client, person)];
    assert.deepEqual(positionsIn(one), positionsIn(two));
    const right = { memorable_letters: rightFor(positionsIn(one)) };
    assert.equal((await step(client, "/auth/checkmemorable", right, two))["session_state"], "authorized");
    assert.equal((await step(client, "/auth/checkmemorable", right, one))["session_state"], "authorized");
  });

  test("STP-09: words that are set while their letters are asked for end the question", async () => {
    const { client, person } = await withWords();
    const asked = await signIn(client, person);
    const { key } = { key: await stage.ownKey() };
    const fresh = await signIn({ stage, key }, person);
    await setUp({ stage, key }, fresh, "/user/memorable", { words: ["another-word"] });
    const old = { memorable_letters: rightFor(positionsIn(asked)) };
    assert.equal((await send(client, "/auth/checkmemorable", old, asked)).status, 401);
  });

  test("BKP-01: one backup code lets exactly one of 32 in, over two nodes", async () => {
    const { client, person, answer, progress } = await enrolled("/user/backupcodes", {});
    await setUp(client, progress, "/user/secondfactor", { otp: true });
    const [backup_code] = answer["codes"] as readonly string[];
    const half: Progress[] = [];
    for (let at = 0; at < 32; at += 1) {
      await stage.sql("delete from sending_budget");
      half.push(await signIn(client, person));
    }
    const answers = await Promise.all(
      half.map((asked, at) =>
        request(`${(at % 2 === 0 ? (other ?? stage.server) : stage.server).url}/default/v2/auth/checkotp`, {
          method: "POST",
          json: { backup_code },
          headers: { "x-api-key": client.key.key, ...bearing(tokenOf(asked)) },
          address: nextAddress(),
        }),
      ),
    );
    const { 200: let_in = 0, 401: wrong = 0, 429: locked = 0, 503: busy = 0, ...unexpected } = countStatuses(answers);
    assert.deepEqual(unexpected, {});
    assert.equal(let_in, 1);
    assert.equal(let_in + wrong + locked + busy, 32);
  });

  test("BKP-03: codes stand in the database as hashes of passwords do, each under its slot", async () => {
    const { person, answer } = await enrolled("/user/backupcodes", {});
    const codes = answer["codes"] as readonly string[];
    const rows = await stage.sql(`select slot, hash from backup_code where account_id = '${person.id}' order by slot`);
    assert.deepEqual(
      rows.map(({ slot }) => slot),
      codes.map((code) => code.slice(0, 1)).toSorted((one, other) => one.localeCompare(other)),
    );
    for (const { hash } of rows) assert.match(String(hash), /argon2id/);
    for (const code of codes) {
      assert.deepEqual(await tablesThatHold(stage.databaseUrl, code), []);
      assert.deepEqual(await tablesThatHold(stage.databaseUrl, code.replaceAll("-", "")), []);
    }
  });

  test("QST-01: an answer stands in the database as a hash, its question sealed", async () => {
    const { person } = await enrolled("/user/controlquestion", {
      question: "Which vehicle was it?",
      answer: "Turquoise Velocipede",
    });
    const [row] = await stage.sql(
      `select sealed_question, answer_hash from control_question where account_id = '${person.id}'`,
    );
    assert.match(String(row?.["answer_hash"]), /argon2id/);
    for (const text of ["Which vehicle", "velocipede", "Velocipede"])
      assert.deepEqual(await tablesThatHold(stage.databaseUrl, text), []);
  });
});
