import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, it } from "node:test";
import { createSecrets } from "#adapters/system/secrets.js";

const [older, newer] = [randomBytes(32), randomBytes(32)];
const before = createSecrets([older]);
const during = createSecrets([newer, older]);
const afterwards = createSecrets([newer]);

const changed = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;

describe("secrets", () => {
  it("opens what it has sealed, whatever is in it", () => {
    for (const plain of ["", "a", "پ\u0000\u{1f511}", "x".repeat(10_000)]) {
      assert.equal(before.unseal("signing-key", "key_1", before.seal("signing-key", "key_1", plain)), plain);
    }
  });

  it("seals the same text differently each time, and shows none of it", () => {
    const sealed = new Set(Array.from({ length: 100 }, () => before.seal("signing-key", "key_1", "private half")));
    assert.equal(sealed.size, 100);
    for (const text of sealed) assert.ok(!Buffer.from(text.slice(9), "base64url").includes("private"));
  });

  it("opens nothing that was changed in any place", () => {
    const sealed = before.seal("signing-key", "key_1", "private half");
    for (let at = 0; at < sealed.length; at += 1) {
      assert.throws(() => before.unseal("signing-key", "key_1", changed(sealed, at)), `place ${String(at)}`);
    }
  });

  const sealed = before.seal("signing-key", "key_1", "private half");
  for (const [what, work] of [
    ["another context", () => before.unseal("signing-key", "key_2", sealed)],
    ["no context", () => before.unseal("signing-key", "", sealed)],
    ["another purpose", () => before.unseal("refresh-successor", "key_1", sealed)],
    ["another secret", () => afterwards.unseal("signing-key", "key_1", sealed)],
    [
      "another secret under its version",
      () => afterwards.unseal("signing-key", "key_1", afterwards.newestVersion + sealed.slice(8)),
    ],
    ["a cut text", () => before.unseal("signing-key", "key_1", sealed.slice(0, 20))],
    ["a text with padding", () => before.unseal("signing-key", "key_1", `${sealed}=`)],
    ["a text without version", () => before.unseal("signing-key", "key_1", sealed.slice(9))],
    ["nothing", () => before.unseal("signing-key", "key_1", "")],
  ] as const) {
    it(`opens nothing for ${what}, and tells no secret`, () => {
      assert.throws(work, (error: unknown) => {
        assert.ok(error instanceof Error);
        assert.ok(!error.message.includes(sealed.slice(9, 20)));
        return true;
      });
    });
  }

  it("opens what the secret before has sealed, and calls it stale", () => {
    assert.equal(during.unseal("signing-key", "key_1", sealed), "private half");
    assert.equal(before.isStale(sealed), false);
    assert.equal(during.isStale(sealed), true);
    const again = during.seal("signing-key", "key_1", "private half");
    assert.equal(during.isStale(again), false);
    assert.equal(afterwards.unseal("signing-key", "key_1", again), "private half");
  });

  it("names the missing version when a secret was taken away too early", () => {
    assert.throws(
      () => afterwards.unseal("signing-key", "key_1", sealed),
      new RegExp(`not configured \\(version ${before.newestVersion}\\)`),
    );
  });

  it("digests under the newest secret, differently for each purpose", () => {
    const subject = before.digest("attempt-subject", "a");
    assert.match(subject, /^[\w-]{43}$/);
    assert.equal(subject, before.digest("attempt-subject", "a"));
    assert.notEqual(subject, before.digest("attempt-subject", "b"));
    assert.notEqual(subject, before.digest("known-device", "a"));
    assert.notEqual(subject, during.digest("attempt-subject", "a"));
    assert.equal(during.digest("attempt-subject", "a"), afterwards.digest("attempt-subject", "a"));
  });

  it("keeps what is sealed or digested for one purpose from every other", () => {
    const seals = ["signing-key", "refresh-successor", "message", "handoff"] as const;
    for (const one of seals) {
      const text = before.seal(one, "msg_1", "letter");
      for (const other of seals) {
        if (other === one) assert.equal(before.unseal(other, "msg_1", text), "letter");
        else assert.throws(() => before.unseal(other, "msg_1", text), `${one} as ${other}`);
      }
    }
    const digests = ["attempt-subject", "known-device", "one-time-code", "sending-subject", "registration"] as const;
    assert.equal(new Set(digests.map((purpose) => before.digest(purpose, "a"))).size, digests.length);
  });

  it("gives one pepper a secret, the newest first to use", () => {
    const { newest, all } = during.peppers();
    assert.deepEqual([...all.keys()], [during.newestVersion, before.newestVersion]);
    assert.equal(newest.version, during.newestVersion);
    assert.deepEqual(all.get(before.newestVersion), before.peppers().newest.key);
    for (const [, pepper] of all) assert.ok(Buffer.compare(pepper, older) !== 0 && Buffer.compare(pepper, newer) !== 0);
  });

  it("derives the same for ever", () => {
    const fixed = createSecrets([Buffer.from("a5".repeat(32), "hex")]);
    assert.equal(fixed.newestVersion, "c57962d8");
    assert.equal(fixed.digest("attempt-subject", "password 1"), "JG7swzdB0Q7JbNa1aAq7MctVagqIzbmUCAZOuk_W0R8");
    assert.equal(
      Buffer.from(fixed.peppers().newest.key).toString("base64url"),
      "ujVGTmGWbAtr0e22L9nkv-Hfl4YKKNVu5k-7jzZHVtE",
    );
    assert.equal(fixed.digest("one-time-code", "password 1"), "WTYjcUKKV1mOQmVhtCRdTtio3i6Kvw_l-elE3K25rlM");
    assert.equal(fixed.digest("sending-subject", "password 1"), "xfhFkAs53n9Qc6Fi1mkruh4tpNytVD_AbUBMMXOZ31Y");
    assert.equal(fixed.digest("registration", "password 1"), "ednGtAm2WWzeGVSBIiLI3DwpJLdoOdOH6ZsIwy0-Pk8");
    assert.equal(fixed.unseal("signing-key", "key_1", "c57962d8.E2mPPVuRtCcWuQLUD_Qr6bm-MoXSRVctrI-oPhhZ20A"), "kept");
    assert.equal(fixed.unseal("message", "msg_1", "c57962d8.pSogIQg5PT0ZW9nHC0NsNKn4tg7w1ux3j33lbjrgNu4"), "kept");
    assert.equal(fixed.unseal("handoff", "msg_1", "c57962d8.uBaQnxLEjyziw5J4iZIWl9CPJHzUJnPeMl6JI5T0AN0"), "kept");
  });

  it("needs a secret, and each once", () => {
    assert.throws(() => createSecrets([]));
    assert.throws(() => createSecrets([older, older]));
  });
});
