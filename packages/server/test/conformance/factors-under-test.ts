import assert from "node:assert/strict";
import { drawBackupCodes } from "#core/factors/backup-code.js";
import { foldAnswer } from "#core/factors/control-question.js";
import { drawCode } from "#core/factors/draw-code.js";
import type { FactorAnswer } from "#core/factors/factor.js";
import { lettersOf } from "#core/factors/letters.js";
import { challengePositions } from "#core/factors/memorable-words.js";
import type { AccountId, Instant, SignInId } from "#core/ids.js";
import type { PasswordHasher } from "#core/ports.js";
import type { Factor } from "#core/refusal.js";
import type { Node } from "../server/open-node.js";

/** Whose factor it is: an account, or what was asked for where nobody is. */
export interface Asked {
  readonly accountId: AccountId | undefined;
  readonly identity: string;
  readonly sessionId: SignInId;
}

/** What the suite of factors knows of one. */
export interface FactorUnderTest {
  readonly name: string;
  readonly factor: Factor;
  /** Whether a right answer is good once. */
  readonly isOnce: boolean;
  /** Seconds for which it is locked after its failures, those in a row from the first that locks it. */
  readonly lockedFor: readonly (readonly [failures: number, seconds: number])[];
  /** Has the account answer by it from now on. */
  readonly enrol: (node: Node, accountId: AccountId, at: Instant) => Promise<void>;
  /** What has to be there before an answer can be: a code that was sent, positions that were asked for. */
  readonly ask: (node: Node, asked: Asked, at: Instant) => Promise<Question>;
}

export interface Question {
  readonly right: FactorAnswer;
  readonly wrong: FactorAnswer;
}

/** A hasher whose hash is the text, and which remembers how often it was asked. */
export interface CountingHasher extends PasswordHasher {
  readonly count: () => number;
}

export const countingHasher = (): CountingHasher => {
  let count = 0;
  return {
    count: () => count,
    assertRoom: () => {},
    hash: (text) => Promise.resolve(hashed(text)),
    verify: (text, hash) => {
      count += 1;
      return Promise.resolve({ isRight: hash === hashed(text), isOutdated: false });
    },
    verifyNothing: () => {
      count += 1;
      return Promise.resolve({ isRight: false, isOutdated: false });
    },
  };
};

const hashed = (text: string): string => `hash of ${text}`;

const password = "correct horse";
const words = ["باران‌های", "zo\u0065\u0308tropes"];
const answer = "The Red  House";
const doubling = [60, 120, 240, 480, 960, 1920];
const day = 86_400;
const pauses = (longer: readonly number[]) => longer.map((seconds, step) => [5 + step, seconds] as const);

const code = (name: string, purpose: "sign-in" | "recovery"): FactorUnderTest => ({
  name,
  factor: "code",
  isOnce: true,
  lockedFor: pauses([...doubling, 3600, 3600]),
  enrol: async () => {},
  ask: async (node, { accountId, sessionId }, now) => {
    const fits = accountId === undefined ? "decoy" : "code";
    const drawn = drawCode(node, { purpose, owner: sessionId, accountId, fits, now });
    await node.stores.codes.replace(drawn.kept);
    const other = drawn.code === "000000" ? "000001" : "000000";
    return {
      right: { factor: "code", code: drawn.code, purpose },
      wrong: { factor: "code", code: other, purpose },
    };
  },
});

export const factorsUnderTest: readonly FactorUnderTest[] = [
  {
    name: "password",
    factor: "password",
    isOnce: false,
    // Ten in an hour are all that a password has.
    lockedFor: pauses([60, 120, 240, 480, 960, 3600, 3600]),
    enrol: (node, accountId, at) => node.stores.passwords.set(accountId, hashed(password), at),
    ask: () =>
      Promise.resolve({
        right: { factor: "password", password },
        wrong: { factor: "password", password: "incorrect horse" },
      }),
  },
  code("code of a sign-in", "sign-in"),
  code("code of a recovery", "recovery"),
  {
    name: "backup code",
    factor: "backup-code",
    isOnce: true,
    lockedFor: pauses([60, 120, 240, 480, 960, day]),
    enrol: async () => {},
    ask: async (node, { accountId }, at) => {
      const [one, other] = drawBackupCodes(node.random);
      assert.ok(one !== undefined && other !== undefined);
      const kept = [one, other].map(({ slot, folded }) => ({ slot, hash: hashed(folded) }));
      if (accountId !== undefined) await node.stores.factors.replaceBackupCodes(accountId, kept, at);
      return {
        right: { factor: "backup-code", code: one.shown.toLowerCase() },
        wrong: { factor: "backup-code", code: `${one.slot}${other.shown.slice(1)}` },
      };
    },
  },
  {
    name: "letters of memorable words",
    factor: "memorable",
    isOnce: false,
    lockedFor: [[3, day]],
    enrol: (node, accountId, at) => node.stores.factors.setMemorableWords(accountId, words, at),
    ask: async (node, { accountId, identity }, now) => {
      const positions = await challengePositions(node, { accountId, identity, now });
      const letters = words.flatMap(lettersOf);
      const at = (position: number) => [position, (letters[position - 1] ?? "x").toUpperCase()] as const;
      const right = new Map(positions.map(at));
      const [first = 0] = positions;
      return {
        right: { factor: "memorable", positions, letters: right },
        wrong: { factor: "memorable", positions, letters: new Map([...right, [first, "☂"]]) },
      };
    },
  },
  {
    name: "control answer",
    factor: "control-answer",
    isOnce: false,
    lockedFor: [
      [5, day],
      [6, 120],
    ],
    enrol: (node, accountId, at) =>
      node.stores.factors.setControlQuestion(
        accountId,
        { question: "Where?", answerHash: hashed(foldAnswer(answer)) },
        at,
      ),
    ask: () =>
      Promise.resolve({
        right: { factor: "control-answer", answer: " the  RED house" },
        wrong: { factor: "control-answer", answer: "the blue house" },
      }),
  },
];
