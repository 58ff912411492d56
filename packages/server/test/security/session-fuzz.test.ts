import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type SessionState, sessionStates } from "#core/sign-in/session-state.js";
import { bearing, stageMounts, useStage } from "../contracts/platform/stage.js";
import { availableEngines } from "../engines/engines.js";
import { startPost } from "../journeys/post.js";
import {
  answerRight,
  begin,
  type Call,
  lettersAt,
  makeTraveller,
  openWorld,
  paths,
  rightAnswer,
  send,
  startProvider,
  type Traveller,
  type World,
} from "../journeys/traveller.js";
import { edge, edges, ways } from "../journeys/ways.js";
import type { Response } from "../server/request.js";

/** Calls in all, by so many at once. */
const steps = 10_000;
const walkers = 4;
const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 2 ** 31);

const post = await startPost();
const provider = await startProvider();

describe("random sequences of calls", () => {
  const engine = availableEngines().find(({ name }) => name === "sqlite");
  if (engine === undefined) throw new Error("the embedded database is always there");
  const stage = useStage(engine, { config: { mounts: stageMounts() }, env: { ...post.env, LOG_LEVEL: "warn" } });
  let world: World;
  before(async () => {
    world = await openWorld(stage, { post, ...provider });
  });
  after(async () => {
    await post.close();
    await provider.provider.stop();
  });

  it(`reach no state but by the diagram (${steps} of them, TEST_SEED=${seed})`, { timeout: 1_200_000 }, async (t) => {
    const tally: Tally = { taken: 0, live: 0, edges: new Map(), calls: new Map() };
    await Promise.all(
      Array.from({ length: walkers }, async (_, at) => {
        const chance = chanceFrom(seed + at);
        while (tally.taken < steps) await walk(world, { chance, tally });
      }),
    );
    const part = tally.live / tally.taken;
    t.diagnostic(`${tally.taken} calls, ${(100 * part).toFixed(1)} % reached a live session`);
    for (const name of edges) t.diagnostic(`${name}: ${tally.edges.get(name) ?? 0}`);
    for (const [name, count] of tally.calls) t.diagnostic(`${name}: ${count}`);
    assert.ok(part >= 0.95, `${part} reached a live session`);
    const rare = edges.filter((name) => (tally.edges.get(name) ?? 0) < 20);
    assert.deepEqual(rare, [], "edges that were taken less than 20 times");
  });
});

interface Tally {
  taken: number;
  live: number;
  readonly edges: Map<string, number>;
  readonly calls: Map<string, number>;
}

/** From 0 to below 1, the same for the same seed (mulberry32). */
type Chance = () => number;
function chanceFrom(start: number): Chance {
  let state = start;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Walk {
  readonly chance: Chance;
  readonly tally: Tally;
}

/** One person and what he calls, until his session is over or he has had enough. */
async function walk(world: World, { chance, tally }: Walk): Promise<void> {
  const way = pick(chance, ways);
  const traveller = await makeTraveller(world, way);
  await begin(world, traveller);
  count(tally, "begin", true);
  arrive(traveller, { from: way.begins, at: 0, tally });
  for (let at = 0; isUnderWay(traveller) && chance() > 0.01; ) {
    const act = pick(chance, acts);
    at += (await act(world, traveller, { chance, tally, at })) ? 1 : 0;
  }
  if (traveller.place === "authorized") await afterwards(world, traveller, { chance, tally });
}

const isUnderWay = ({ place, wrong }: Traveller): boolean =>
  place !== "authorized" && place !== "login" && place !== "nowhere" && wrong < 6;

/** He is where his way leads, by an edge of the diagram. */
function arrive(traveller: Traveller, { from, at, tally }: { from: string; at: number; tally: Tally }): void {
  const taken = edge(from, traveller.place);
  assert.ok(edges.includes(taken), `${taken} is not in the diagram`);
  assert.equal(traveller.place, traveller.way.through[at], `${JSON.stringify(traveller.way)} by ${taken}`);
  tally.edges.set(taken, (tally.edges.get(taken) ?? 0) + 1);
}

const count = (tally: Tally, name: string, isLive: boolean): void => {
  tally.taken += 1;
  tally.live += isLive ? 1 : 0;
  tally.calls.set(name, (tally.calls.get(name) ?? 0) + 1);
};

const codeOf = (answer: Response): unknown => Object(answer.json).error_code;

/** What somebody may do on his way; `true` when it has brought him on. */
type Act = (world: World, traveller: Traveller, walk: Walk & { readonly at: number }) => Promise<boolean>;

/** The step of the diagram, with the right answer. */
const goOn: Act = async (world, traveller, { tally, at }) => {
  const { place: from, wrong } = traveller;
  const answer = await answerRight(world, traveller);
  count(tally, "right answers", wrong < 5);
  if (answer.status === 200) {
    arrive(traveller, { from, at: at + 1, tally });
    return true;
  }
  if (wrong >= 5) {
    assert.equal(codeOf(answer), "auth.session.invalid", answer.text);
    traveller.wrong = 6;
  } else if (traveller.way.method === "QUESTION" && from === "recovery-setpassword") {
    // Not for a day.
    assert.equal(codeOf(answer), "auth.session.invalid", answer.text);
    traveller.place = "nowhere";
  } else {
    assert.equal(codeOf(answer), "request.rate.exceeded", answer.text);
    assert.ok(wrong >= 3, `locked after ${wrong} wrong answers`);
    traveller.place = "nowhere";
  }
  return false;
};

/** The right call, with a wrong answer. */
const answerWrong: Act = async (_world, traveller, { chance, tally }) => {
  const { place, wrong } = traveller;
  const wrongs = wrongAnswers(place as SessionState, traveller);
  const { json, codes, isCounted } = pick(chance, wrongs);
  const answer = await send(traveller, place as SessionState, json);
  count(tally, "wrong answers", wrong < 5);
  if (wrong >= 5) {
    assert.equal(codeOf(answer), "auth.session.invalid", answer.text);
    traveller.wrong = 6;
    return false;
  }
  const told = String(codeOf(answer));
  const mayWait = traveller.way.method === "QUESTION" && place === "recovery-setpassword";
  const expected = [
    ...codes,
    ...(wrong >= 3 && isCounted ? ["request.rate.exceeded"] : []),
    ...(mayWait ? ["auth.session.invalid"] : []),
  ];
  assert.ok(expected.includes(told), `${place}: ${answer.text}`);
  if (told === "request.rate.exceeded") traveller.place = "nowhere";
  if (isCounted) traveller.wrong += 1;
  return false;
};

interface Wrong {
  readonly json: object;
  readonly codes: readonly string[];
  readonly isCounted: boolean;
}

const counted = (code: string, json: object): Wrong => ({ json, codes: [code], isCounted: true });
const malformed = (json: object): Wrong => ({ json, codes: ["request.validation.failed"], isCounted: false });
const terms = { accept_disclaimers: ["terms"] };

function wrongAnswers(place: SessionState, { positions, way }: Traveller): readonly Wrong[] {
  switch (place) {
    case "checkpassword":
      return [
        counted("auth.password.invalid", { ...terms, password: "no password of mine" }),
        malformed({ ...terms, password: 7 }),
        ...(way.isLegal === true && way.isHardened !== true
          ? [{ json: { password: "no password of mine" }, codes: ["auth.disclaimer.invalid"], isCounted: false }]
          : []),
      ];
    case "checkotp":
      return [
        counted("auth.otp.invalid", { ...terms, otp: "000000" }),
        counted("auth.backupcode.invalid", { ...terms, backup_code: "A-00000-00000-00000" }),
        malformed({ ...terms }),
      ];
    case "signup-checkotp":
    case "recovery-checkotp":
      return [counted("auth.otp.invalid", { ...terms, otp: "000000" }), malformed({ ...terms, otp: ["000000"] })];
    case "checkmemorable": {
      const [first = 1, ...others] = positions;
      return [
        counted("auth.memorable.invalid", { memorable_letters: { ...lettersAt(others), [first]: "x" } }),
        malformed({ memorable_letters: "mgp" }),
      ];
    }
    case "acceptdisclaimers":
      return [{ json: { accept_disclaimers: [] }, codes: ["auth.disclaimer.invalid"], isCounted: false }];
    case "recovery-checkquestion":
      return [counted("auth.controlanswer.invalid", { control_answer: "pizza" }), malformed({ control_answer: null })];
    case "signup-setpassword":
    case "recovery-setpassword":
      return [malformed({ password: "short" })];
  }
}

/** A call that is none of the place's, with what would be right elsewhere. */
const stray: Act = async (world, traveller, { chance, tally }) => {
  const { place, wrong } = traveller;
  const { takes } = sessionStates[place as SessionState];
  const others = (Object.keys(paths) as Call[]).filter((call) => !takes.includes(call));
  const call = pick(chance, others);
  const answer = await send(traveller, call, await rightAnswer(world, traveller, call));
  count(tally, "calls of another state", wrong < 5);
  assert.equal(codeOf(answer), "auth.session.invalid", `${call} at ${place}: ${answer.text}`);
  return false;
};

/** The session's token, where a signed-in user's is asked for. */
const actAsUser: Act = async (_world, { stage, key, token, wrong }, { chance, tally }) => {
  const [method, path] = pick(chance, userCalls);
  const json = method === "GET" ? {} : { json: { new_password: "Traveller-sets-another-1" } };
  const answer = await stage.ask({ method, path, key: key.key, headers: bearing(token), ...json });
  count(tally, "calls of a user", wrong < 5);
  assert.equal(codeOf(answer), "auth.session.invalid", answer.text);
  return false;
};
const userCalls = [
  ["GET", "/user"],
  ["PUT", "/user/password"],
  ["POST", "/user/backupcodes"],
] as const;

const askForAnother: Act = async (world, traveller, { tally }) => {
  const { place, wrong, phone } = traveller;
  if (!sessionStates[place as SessionState].takes.includes("resendotp") || wrong >= 5) return false;
  await world.stage.sql("delete from sending_budget");
  // The one before has come: it is not taken for the new one.
  await world.post.newCode(phone, traveller.codes);
  const known = world.post.codesTo(phone);
  const answer = await send(traveller, "resendotp", {});
  count(tally, "codes sent again", true);
  assert.equal(answer.status, 200, answer.text);
  traveller.codes = known;
  return false;
};

/** A token that he has no more, or another application's key. */
const useWhatIsNotGood: Act = async (world, traveller, { chance, tally }) => {
  if (chance() > 0.1) return false;
  const { spent, stage } = traveller;
  const old = spent.at(-1);
  const over = old === undefined ? { key: (await stage.ownKey()).key } : { token: old };
  const call = pick(chance, Object.keys(paths) as Call[]);
  const answer = await send(traveller, call, await rightAnswer(world, traveller, call), over);
  count(tally, "tokens that are not good", false);
  assert.equal(codeOf(answer), "auth.token.invalid", answer.text);
  return false;
};

const leave: Act = async (_world, traveller, { chance, tally }) => {
  if (chance() > 0.05 || traveller.wrong >= 5) return false;
  const answer = await send(traveller, "logout", {});
  count(tally, "sign-outs", true);
  assert.equal(answer.status, 200, answer.text);
  const again = await send(traveller, "logout", {});
  count(tally, "sign-outs again", false);
  assert.equal(codeOf(again), "auth.token.invalid", again.text);
  traveller.place = "nowhere";
  return false;
};

/** As often as they stand here. */
const acts: readonly Act[] = [
  goOn,
  goOn,
  goOn,
  goOn,
  goOn,
  goOn,
  answerWrong,
  answerWrong,
  stray,
  stray,
  stray,
  actAsUser,
  askForAnother,
  useWhatIsNotGood,
  leave,
];

/** What an auth token is good for, and what not. */
async function afterwards(world: World, traveller: Traveller, { chance, tally }: Walk): Promise<void> {
  const { stage, key, token, id } = traveller;
  const answer = await stage.ask({ path: "/user", key: key.key, headers: bearing(token) });
  count(tally, "calls of a user who is in", true);
  assert.equal(answer.status, 200, answer.text);
  if (id !== undefined) assert.equal(Object(answer.json).user.id, id);
  const call = pick(
    chance,
    (Object.keys(paths) as Call[]).filter((one) => one !== "logout"),
  );
  const refused = await send(traveller, call, await rightAnswer(world, traveller, call));
  count(tally, "calls of a state with an auth token", true);
  assert.equal(codeOf(refused), "auth.session.invalid", refused.text);
}

function pick<T>(chance: Chance, among: readonly T[]): T {
  const picked = among[Math.floor(chance() * among.length)];
  if (picked === undefined) throw new Error("there is nothing to pick");
  return picked;
}
