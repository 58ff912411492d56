import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { createPhoneNumbers } from "#adapters/phone/libphonenumber.js";
import type { ApiKeyId, RealmId } from "#core/ids.js";
import { codeSending } from "#core/limits/sending-budget.js";
import { sendingSubject } from "#core/limits/sending-subject.js";
import { type SmsSending, smsSending } from "#core/limits/sms-sending.js";
import { sharedSmsBudget, sharedSmsBudgets, takeSmsBudget } from "#core/limits/take-sms-budget.js";
import { defaultConfiguration } from "#settings/config.js";
import type { RealmDatabase } from "#adapters/database/database.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { countGranted, now } from "./given-rows.js";
import { openByUrl, type OpenStores, openStores, storeSecrets } from "./open-stores.js";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const phoneNumbers = createPhoneNumbers({ countries: [], getSms: true });

describeOnEveryEngine("budgets of SMS", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  /** A realm of the test's own, whose budgets are full. */
  let realms = 0;
  const newRealm = (): RealmDatabase => {
    realms += 1;
    return open.database.forRealm(`sms ${realms}` as RealmId);
  };
  interface Sending {
    readonly at?: number;
    readonly client?: string;
    readonly limits?: Partial<SmsSending>;
  }
  /** What a code to the number is refused by; `undefined` for nothing. In a transaction that a refusal undoes, as codes are sent. */
  const send = async (realm: RealmDatabase, to: string, { at = now, client = "api_1", limits = {} }: Sending = {}) => {
    const [mount] = defaultConfiguration("http://localhost").mounts;
    assert.ok(mount !== undefined);
    const codes = { ...mount.policy.codes, sms: { ...smsSending, ...limits } };
    // Made up for the test.
    const policy = { ...mount.policy, codes, clientId: client as ApiKeyId };
    const needs = { secrets: storeSecrets, phoneNumbers, policy };
    try {
      return await realm.transaction(async (stores) => {
        const refusal = await takeSmsBudget(needs, stores, { to, now: at });
        if (refusal !== undefined) throw refusal;
        return undefined;
      });
    } catch (error) {
      if (error instanceof Error && "details" in error) return error.details;
      throw error;
    }
  };
  /** Mobile numbers of so many ranges of one country. */
  const spread = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => `+98912${String(at).padStart(3, "0")}${String(1_000 + at)}`);
  const inRange = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => `+98912345${String(1_000 + at)}`);
  const few = (perHour: number, perDay: number) => ({ pauseIn: 0, perHour, perDay });

  it("let one number have one a minute, five an hour, ten a day", async () => {
    const realm = newRealm();
    const to = "+989121234567";
    assert.equal(await send(realm, to), undefined);
    assert.deepEqual(await send(realm, to, { at: now + minute - 1 }), { retryIn: 1, by: "number" });
    for (let sent = 1; sent < 5; sent += 1) assert.equal(await send(realm, to, { at: now + sent * minute }), undefined);
    assert.deepEqual(await send(realm, to, { at: now + 5 * minute }), { retryIn: 55 * 60, by: "number" });
    for (let sent = 0; sent < 5; sent += 1)
      assert.equal(await send(realm, to, { at: now + hour + sent * minute }), undefined);
    assert.deepEqual(await send(realm, to, { at: now + 3 * hour }), { retryIn: 21 * 3600, by: "number" });
    assert.equal(await send(realm, to, { at: now + day }), undefined);
  });

  it("count mails and SMS apart", async () => {
    const realm = newRealm();
    const mail = sendingSubject(storeSecrets, "ada@example.org");
    assert.equal(await realm.stores.sendings.take(mail, codeSending, now), undefined);
    assert.equal(await send(realm, "+989121234567"), undefined);
  });

  it("stop whoever walks through a range of numbers (OTP-16), and nobody in another", async () => {
    const realm = newRealm();
    const refused = await Promise.all(inRange(60).map((to) => send(realm, to)));
    assert.equal(refused.filter((refusal) => refusal === undefined).length, smsSending.range.perHour);
    for (const refusal of refused) if (refusal !== undefined) assert.deepEqual(refusal, { retryIn: 3600, by: "range" });
    assert.equal(await send(realm, "+989123461000"), undefined, "another range");
  });

  for (const [by, sending, free] of [
    ["country", { limits: { country: few(3, 10) } }, "+4915123456789"],
    ["client", { limits: { client: few(3, 10) }, client: "api_2" }, undefined],
    ["realm", { limits: { realm: few(3, 10) } }, undefined],
  ] as const)
    it(`stop at the budget of the ${by}, and undo what the narrower ones had counted`, async () => {
      const realm = newRealm();
      const numbers = spread(5);
      for (const to of numbers.slice(0, 3)) assert.equal(await send(realm, to, sending), undefined);
      const to = numbers[3] ?? "";
      assert.deepEqual(await send(realm, to, sending), { retryIn: 3600, by });
      if (free !== undefined) assert.equal(await send(realm, free, sending), undefined);
      if (by === "client") assert.equal(await send(realm, to, { ...sending, client: "api_3" }), undefined);
      else
        assert.equal(await send(realm, to, { ...sending, at: now + hour }), undefined, "its own minute was not used");
      assert.equal(await send(newRealm(), to, sending), undefined, "another realm");
    });

  it("stop at the budget of a day as well as of an hour", async () => {
    const realm = newRealm();
    const sending = { limits: { realm: few(3, 4) } };
    const numbers = spread(6);
    for (const to of numbers.slice(0, 3)) assert.equal(await send(realm, to, sending), undefined);
    assert.equal(await send(realm, numbers[3] ?? "", { ...sending, at: now + hour }), undefined);
    assert.deepEqual(await send(realm, numbers[4] ?? "", { ...sending, at: now + hour }), {
      retryIn: 23 * 3600,
      by: "realm",
    });
  });

  it("take no clock that is behind for a reason to wait, where there is no pause", async () => {
    const realm = newRealm();
    const [one = "", other = ""] = spread(2);
    assert.equal(await send(realm, one), undefined);
    assert.equal(await send(realm, other, { at: now - 2_000 }), undefined);
  });

  it("are exact and without deadlock for 64 at once, on two nodes", async () => {
    const node = await openByUrl(open.url);
    try {
      const name = `raced ${engine.name}` as RealmId;
      const sides = [open.database.forRealm(name), node.forRealm(name)];
      const numbers = [...spread(40), "+4915123456789", "+4915987654321", ...inRange(22)];
      const limits = { realm: few(20, 40) };
      const granted = await countGranted(
        numbers.length,
        async (at) =>
          (await send(sides[at % 2] ?? open.realm, numbers[at] ?? "", { limits, client: `api_${at % 3}` })) ===
          undefined,
      );
      assert.equal(granted, 20);
      const used = await sides[0]?.stores.sendings.used(sharedSmsBudgets, now);
      const inHour = (used ?? []).filter(({ subject }) => subject === "sms-realm").map((one) => one.inHour);
      assert.deepEqual(inHour, [20]);
    } finally {
      await node.close();
    }
  });

  it("tell an operator what is used, without a number", async () => {
    const realm = newRealm();
    for (const to of [...spread(2), "+4915123456789"]) assert.equal(await send(realm, to), undefined);
    const used = await realm.stores.sendings.used(sharedSmsBudgets, now + 1);
    assert.deepEqual(
      used.map(({ subject, inHour, inDay }) => [sharedSmsBudget(subject), inHour, inDay]),
      [
        [{ by: "client", words: "client api_1" }, 3, 3],
        [{ by: "country", words: "country DE" }, 1, 1],
        [{ by: "country", words: "country IR" }, 2, 2],
        [{ by: "realm", words: "realm" }, 3, 3],
      ],
    );
    const [, later] = await realm.stores.sendings.used(sharedSmsBudgets, now + hour);
    assert.deepEqual([later?.inHour, later?.inDay], [0, 1]);
    assert.deepEqual(await realm.stores.sendings.used(sharedSmsBudgets, now + day).then((all) => all[0]?.inDay), 0);
    assert.deepEqual(await newRealm().stores.sendings.used(sharedSmsBudgets, now), []);
  });
});
