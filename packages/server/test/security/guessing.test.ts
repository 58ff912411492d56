import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { describeOnEveryEngine } from "../engines/engines.js";
import {
  type Client,
  codeTo,
  makePerson,
  objectOf,
  type Person,
  type Progress,
  setUp,
  signIn,
  tokenOf,
  wrongCode,
} from "../contracts/platform/people.js";
import { fullClient, fullPolicy } from "../contracts/platform/session-in.js";
import { type ClientKey, stageMounts, useStage } from "../contracts/platform/stage.js";
import { letterTo } from "../server/inbox.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { countStatuses } from "../server/tally.js";

const hour = 3_600_000;
const dayOf = (at: number): number => Math.floor(at / (24 * hour));

// What is evaluated is counted in the audit trail, over HTTP, whatever session, key, address, contract, node or life of the process a guess comes by.
describeOnEveryEngine("guessing", (engine) => {
  const config = { mounts: stageMounts() };
  const stage = useStage(engine);
  let other: RunningServer | undefined;
  let keys: readonly ClientKey[];
  before(async () => {
    keys = [await stage.keyWith(fullPolicy), await stage.makeKey({ policy: fullPolicy })];
    // SQLite belongs to one server.
    if (engine.name !== "sqlite") other = await startServer({ config, databaseUrl: stage.databaseUrl });
  });
  after(() => other?.stop());

  /** The server process ends, and another takes its place. */
  const restart = async (): Promise<void> => {
    const { port } = other ?? stage.server;
    await (other ?? stage.server).stop();
    other = await startServer({ config, databaseUrl: stage.databaseUrl, port });
  };

  let asked = 0;
  /** A request by another address, another key and another node than the last. */
  const ask = (path: string, json: object, over: Readonly<Record<string, string>> = {}): Promise<Response> => {
    asked += 1;
    const node = asked % 2 === 0 ? (other ?? stage.server) : stage.server;
    return request(node.url + path, { method: "POST", json, headers: over, address: nextAddress() });
  };
  const platform = (path: string, json: object, { key, progress }: { key: ClientKey; progress?: Progress }) =>
    ask(`/default/v2${path}`, json, {
      "x-api-key": key.key,
      ...(progress === undefined ? {} : { authorization: `Bearer ${tokenOf(progress)}` }),
    });
  const keyAt = (at: number): ClientKey => {
    const key = keys[at % keys.length];
    assert.ok(key);
    return key;
  };
  /** Begins a session; `undefined` where it is refused. */
  const begin = async (path: string, json: object, key: ClientKey): Promise<Progress | undefined> => {
    const answer = await platform(path, json, { key });
    return answer.status === 200 ? objectOf(answer.json) : undefined;
  };
  /** Five guesses of one session. */
  const guessIn = async (
    progress: Progress | undefined,
    key: ClientKey,
    [path, guess]: readonly [path: string, guess: () => object | Promise<object>],
  ): Promise<readonly Response[]> => {
    if (progress === undefined) return [];
    const answers: Response[] = [];
    for (let count = 0; count < 5; count += 1) answers.push(await platform(path, await guess(), { key, progress }));
    for (const { status } of answers) assert.notEqual(status, 200);
    return answers;
  };

  /** Guesses of the account that were compared with something. */
  const evaluated = async ({ id }: Person, factor?: string): Promise<number> => {
    const events = await stage.sql(`select kind, details from audit_event where account_id = '${id}'`);
    return events.filter((event) => {
      const details = JSON.parse(String(event["details"])) as Readonly<Record<string, unknown>>;
      if (event["kind"] === "sign-in-refused")
        return details["reason"] === "factor-wrong" && (factor ?? "password") === "password";
      if (event["kind"] === "code-refused") return details["wasEvaluated"] === true && (factor ?? "code") === "code";
      if (event["kind"] !== "factor-refused" || details["wasEvaluated"] !== true) return false;
      return factor === undefined || details["factor"] === factor;
    }).length;
  };
  const age = (milliseconds: number, which: string): Promise<unknown> =>
    stage.sql(`update attempt_budget set last_at = last_at - ${milliseconds} where subject like '${which}'`);

  /** Somebody who has set up everything there is. */
  const everything = async (): Promise<{
    readonly client: Client;
    readonly person: Person;
    readonly codes: readonly string[];
  }> => {
    const client = await fullClient(stage);
    const person = await makePerson(stage);
    const progress = await signIn(client, person);
    await setUp(client, progress, "/user/memorable", { words: ["marigold"] });
    await setUp(client, progress, "/user/controlquestion", { question: "What?", answer: "a blue bicycle" });
    await setUp(client, progress, "/user/secondfactor", { otp: true });
    const { codes } = await setUp(client, progress, "/user/backupcodes", {});
    return { client, person, codes: codes as readonly string[] };
  };

  test("passwords: ten of hundreds are evaluated in an hour, over three contracts, two keys, nodes, addresses and a restart", async () => {
    const person = await makePerson(stage);
    const { email } = person;
    const ways: readonly ((at: number) => Promise<readonly Response[]>)[] = [
      async (at) => [await ask("/auth/login", { email, password: `wrong ${at}` })],
      async (at) => [await ask("/account/login/", { email, password: `wrong ${at}` })],
      async (at) =>
        guessIn(await begin("/auth/login", { login_id: email }, keyAt(at)), keyAt(at), [
          "/auth/checkpassword",
          () => ({ password: `wrong ${at}` }),
        ]),
    ];
    const storm = async (): Promise<void> => {
      for (let round = 0; round < 6; round += 1)
        await Promise.all(Array.from({ length: 12 }, async (_, at) => ways[at % ways.length]?.(at)));
    };
    await storm();
    assert.equal(await evaluated(person), 10);
    await restart();
    await storm();
    assert.equal(await evaluated(person), 10);
    assert.equal((await ask("/auth/login", { email, password: person.password })).status, 401);
    const session = await begin("/auth/login", { login_id: email }, keyAt(1));
    assert.ok(session);
    const right = { password: person.password };
    const locked = await platform("/auth/checkpassword", right, { key: keyAt(1), progress: session });
    assert.equal(locked.status, 429);
    assert.ok(Number(locked.headers["retry-after"]) > 60);
    // An hour later the same session would do: a locked answer costs it no try.
    await age(hour, "password %");
    const done = await platform("/auth/checkpassword", right, { key: keyAt(1), progress: session });
    assert.equal(done.status, 200, done.text);
  });

  test("LOG-04: of 200 wrong passwords at once five are evaluated, then it pauses", async () => {
    const person = await makePerson(stage);
    const sessions = await Promise.all(
      Array.from({ length: 40 }, (_, at) => begin("/auth/login", { login_id: person.email }, keyAt(at))),
    );
    const answers = await Promise.all(
      sessions.flatMap((progress, at) =>
        Array.from({ length: 5 }, () => {
          assert.ok(progress);
          return platform("/auth/checkpassword", { password: "wrong" }, { key: keyAt(at), progress });
        }),
      ),
    );
    const { 401: wrong = 0, 429: locked = 0, 503: busy = 0, ...unexpected } = countStatuses(answers);
    assert.deepEqual(unexpected, {});
    assert.equal(wrong + locked + busy, 200);
    assert.ok(wrong <= 5 && locked > 0, `${wrong} ${locked} ${busy}`);
    assert.equal(await evaluated(person), wrong);
  });

  test("OTP-01: of 1,000 wrong codes, 64 at once, five are evaluated; then the right one is refused alike", async () => {
    const client = await fullClient(stage);
    const person = await makePerson(stage, { password: false });
    const progress = await begin("/auth/login", { login_id: person.phone }, client.key);
    assert.ok(progress);
    const right = await codeTo(stage, person.phone);
    const codes = Array.from({ length: 1000 }, (_, at) =>
      String((Number(right) + 1 + at) % 1_000_000).padStart(6, "0"),
    );
    const answers: Response[] = [];
    for (let from = 0; from < codes.length; from += 64) {
      const some = codes.slice(from, from + 64);
      answers.push(
        ...(await Promise.all(some.map((otp) => platform("/auth/checkotp", { otp }, { key: client.key, progress })))),
      );
    }
    assert.equal(await evaluated(person), 5);
    assert.deepEqual(
      Object.keys(countStatuses(answers)).filter((status) => status !== "401" && status !== "429"),
      [],
    );
    const [late, wrong] = [
      await platform("/auth/checkotp", { otp: right }, { key: client.key, progress }),
      await platform("/auth/checkotp", { otp: wrongCode(right) }, { key: client.key, progress }),
    ];
    const told = ({ status, json }: Response) => ({ status, ...objectOf(json), error_id: undefined });
    assert.deepEqual(told(late), told(wrong));
    assert.equal(late.status, 401);
  });

  test("OTP-15: a code is dead once another was sent, and its owner's tries are not refilled", async () => {
    const client = await fullClient(stage);
    const person = await makePerson(stage, { password: false });
    const progress = await begin("/auth/login", { login_id: person.phone }, client.key);
    assert.ok(progress);
    const older = await codeTo(stage, person.phone);
    for (let count = 0; count < 3; count += 1)
      await platform("/auth/checkotp", { otp: wrongCode(older) }, { key: client.key, progress });
    await stage.sql("update sending_budget set last_at = last_at - 60000");
    const resent = await platform("/auth/resendotp", {}, { key: client.key, progress });
    assert.equal(resent.status, 200, resent.text);
    const newer = await codeTo(stage, person.phone);
    assert.equal((await platform("/auth/checkotp", { otp: older }, { key: client.key, progress })).status, 401);
    assert.equal(await evaluated(person, "code"), 4);
    const [row] = await stage.sql(`select used from attempt_budget where subject = 'code ${person.id}'`);
    assert.equal(Number(row?.["used"]), 4);
    assert.equal((await platform("/auth/checkotp", { otp: newer }, { key: client.key, progress })).status, 200);
  });

  test("LOG-06: neither the right password nor a sign-in elsewhere gives back a try at a code", async () => {
    const { person } = await everything();
    const usedCodes = async (): Promise<number> => {
      const [row] = await stage.sql(`select used from attempt_budget where subject = 'code ${person.id}'`);
      return Number(row?.["used"]);
    };
    const half = async (): Promise<Progress> => {
      await stage.sql("delete from sending_budget");
      const begun = await begin("/auth/login", { login_id: person.email }, keyAt(0));
      assert.ok(begun);
      const right = { password: person.password };
      const answer = await platform("/auth/checkpassword", right, { key: keyAt(0), progress: begun });
      assert.equal(answer.status, 200, answer.text);
      return objectOf(answer.json);
    };
    for (let round = 1; round <= 2; round += 1) {
      const progress = await half();
      const otp = wrongCode(await codeTo(stage, person.phone));
      for (let count = 0; count < 2; count += 1)
        assert.equal((await platform("/auth/checkotp", { otp }, { key: keyAt(0), progress })).status, 401);
      assert.equal(await usedCodes(), 2 * round);
    }
    const owner = await half();
    const otp = await codeTo(stage, person.phone);
    assert.equal((await platform("/auth/checkotp", { otp }, { key: keyAt(0), progress: owner })).status, 200);
    assert.equal(await usedCodes(), 4);
  });

  test("everything at once: 50 guesses of an identity are evaluated in a day, by whichever factors, and none after a restart", async () => {
    const { person, codes } = await everything();
    const { email } = person;
    const [firstCode = ""] = codes;
    const began = dayOf(Date.now());
    const spend = async (at: number): Promise<void> => {
      const key = keyAt(at);
      // Codes could be sent, and pauses are over; the day is not.
      await stage.sql("delete from sending_budget");
      await age(2 * hour, "% %");
      await guessIn(await begin("/auth/login", { login_id: email }, key), key, [
        "/auth/checkpassword",
        () => ({ password: "wrong" }),
      ]);
      await age(2 * hour, "% %");
      const half = await begin("/auth/login", { login_id: email }, key);
      if (half === undefined) return;
      const passed = await platform("/auth/checkpassword", { password: person.password }, { key, progress: half });
      if (passed.status === 200) {
        const progress = objectOf(passed.json);
        const backup_code = `${firstCode.slice(0, -1)}${firstCode.endsWith("0") ? "1" : "0"}`;
        let count = 0;
        await guessIn(progress, key, [
          "/auth/checkotp",
          async () => {
            count += 1;
            return count % 2 === 0 ? { backup_code } : { otp: wrongCode(await codeTo(stage, person.phone)) };
          },
        ]);
      }
      await age(2 * hour, "% %");
      await stage.sql("delete from sending_budget");
      await guessIn(await begin("/auth/recovery/recover", { login_id: email, method: "PHONE" }, key), key, [
        "/auth/recovery/checkotp",
        async () => ({ otp: wrongCode(await codeTo(stage, person.phone)) }),
      ]);
      await guessIn(await begin("/auth/recovery/recover", { login_id: email, method: "QUESTION" }, key), key, [
        "/auth/recovery/checkquestion",
        () => ({ control_answer: "a red bicycle" }),
      ]);
      await age(2 * hour, "% %");
      await stage.sql("delete from sending_budget");
      assert.equal((await ask("/account/forgot/", { email })).status, 200);
      const { code = "000000" } = await letterTo(stage.server, email, "recovery-code");
      for (let tries = 0; tries < 5; tries += 1)
        assert.equal((await ask("/account/forgot/verify/", { email, code: wrongCode(code) })).status, 400);
    };
    let before = -1;
    for (let round = 0; round < 12 && before !== (await evaluated(person)); round += 1) {
      before = await evaluated(person);
      await spend(round);
    }
    const days = dayOf(Date.now()) - began + 1;
    const total = await evaluated(person);
    if (days === 1) assert.equal(total, 50);
    else assert.ok(total <= 50 * days);
    for (const factor of ["password", "code", "backup-code", "control-answer"])
      assert.ok((await evaluated(person, factor)) > 0, factor);
    assert.equal(await evaluated(person, "control-answer"), 5, "five answers a day");
    await restart();
    for (let round = 0; round < 2; round += 1) await spend(round);
    if (dayOf(Date.now()) === began) {
      assert.equal(await evaluated(person), 50);
      await age(2 * hour, "% %");
      const session = await begin("/auth/login", { login_id: email }, keyAt(0));
      assert.ok(session);
      const refused = await platform(
        "/auth/checkpassword",
        { password: person.password },
        { key: keyAt(0), progress: session },
      );
      // From an address that the owner has never used.
      assert.equal(refused.status, 429);
    }
  });

  test("LOG-08: 100 failures in a row, over days, disable the password until recovery, and nothing else", async () => {
    const { client, person } = await everything();
    const key = client.key;
    for (let count = 0; count < 100; count += 1) {
      const progress = await begin("/auth/login", { login_id: person.email }, key);
      assert.ok(progress);
      const answer = await platform("/auth/checkpassword", { password: "wrong" }, { key, progress });
      assert.equal(answer.status, 401, `failure ${count + 1}: ${answer.text}`);
      await age(25 * hour, "password %");
      // A day has passed for the row of all factors, too.
      await stage.sql("delete from attempt_budget where subject like 'any %'");
    }
    const right = { password: person.password };
    const again = await begin("/auth/login", { login_id: person.email }, key);
    assert.ok(again);
    await age(1000 * 24 * hour, "password %");
    const disabled = await platform("/auth/checkpassword", right, { key, progress: again });
    assert.deepEqual([disabled.status, disabled.headers["retry-after"]], [429, "86400"]);
    assert.equal((await ask("/auth/login", { email: person.email, ...right })).status, 401);
    await stage.sql("delete from sending_budget");
    const recovery = await begin("/auth/recovery/recover", { login_id: person.email, method: "PHONE" }, key);
    assert.ok(recovery);
    const otp = await codeTo(stage, person.phone);
    const proven = await platform("/auth/recovery/checkotp", { otp }, { key, progress: recovery });
    assert.equal(proven.status, 200, proven.text);
    const password = "Another-Horse-9-battery";
    const set = await platform("/auth/recovery/setpassword", { password }, { key, progress: objectOf(proven.json) });
    assert.equal(set.status, 200, set.text);
    const opened = await begin("/auth/login", { login_id: person.email }, key);
    assert.ok(opened);
    const done = await platform("/auth/checkpassword", { password }, { key, progress: opened });
    assert.equal(done.status, 200, done.text);
  });
});
