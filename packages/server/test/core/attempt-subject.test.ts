import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { createSecrets } from "#adapters/system/secrets.js";
import { newAccountId } from "#core/ids.js";
import { attemptSubject } from "#core/limits/attempt-subject.js";

const [older, newer] = [randomBytes(32), randomBytes(32)];
/** The steps of the documented rotation. */
const rotation = [[older], [older, newer], [newer, older], [newer]].map(createSecrets);

describe("the subject of an attempt", () => {
  const accountId = newAccountId(systemRandom, Date.now());

  it("of an account is the same at every step of a rotation", () => {
    const subjects = rotation.map((secrets) => attemptSubject(secrets, "password", accountId));
    assert.deepEqual(new Set(subjects), new Set([`password ${accountId}`]));
  });

  for (const identity of ["email:ada@example.org", `email:${accountId}`, `${accountId} device`, ` ${accountId}`, ""]) {
    it(`is not readable, and another when another secret comes first: ${JSON.stringify(identity)}`, () => {
      const subjects = rotation.map((secrets) => attemptSubject(secrets, "password", identity));
      for (const subject of subjects) assert.match(subject, /^[\w-]{43}$/);
      assert.equal(subjects[0], subjects[1]);
      assert.equal(subjects[2], subjects[3]);
      assert.notEqual(subjects[1], subjects[2]);
    });
  }
});
