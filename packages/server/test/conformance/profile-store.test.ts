import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { emptyProfile } from "#core/accounts/profile.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { givenAccount, lookAlikes } from "./given-rows.js";
import { type OpenStores, openStores } from "./open-stores.js";

const whole = {
  fullname: "پروین اعتصامی",
  phone: "+989121234567",
  avatarUrl: "https://example.com/a.png",
  birthDate: "1907-03-17",
  firstName: "پروین",
  lastName: "اعتصامی",
  gender: "female",
  custom: '{"member":{"number":7}}',
};

describeOnEveryEngine("profile store", (engine) => {
  let open: OpenStores;
  before(async () => {
    open = await openStores(engine);
  });
  after(() => open.close());

  it("gives an empty profile to an account without one", async () => {
    assert.deepEqual(await open.realm.stores.profiles.find(givenAccount().id), emptyProfile);
  });

  it("writes what is named, leaves the rest and clears by null", async () => {
    const { profiles } = open.realm.stores;
    const { id } = givenAccount();
    await profiles.change(id, {});
    assert.deepEqual(await profiles.find(id), emptyProfile);
    await profiles.change(id, { fullname: "Parvin" });
    assert.deepEqual(await profiles.find(id), { ...emptyProfile, fullname: "Parvin" });
    await profiles.change(id, whole);
    assert.deepEqual(await profiles.find(id), whole);
    await profiles.change(id, {});
    await profiles.change(id, { phone: null, birthDate: null });
    assert.deepEqual(await profiles.find(id), { ...whole, phone: undefined, birthDate: undefined });
    await profiles.change(id, { birthDate: whole.birthDate, avatarUrl: null });
    assert.deepEqual(await profiles.find(id), { ...whole, phone: undefined, avatarUrl: undefined });
  });

  it("keeps every text as it was written, to its longest", async () => {
    const { profiles } = open.realm.stores;
    for (const fullname of [...lookAlikes, "😀".repeat(150)]) {
      const { id } = givenAccount();
      await profiles.change(id, { fullname, avatarUrl: "a".repeat(2048) });
      assert.equal((await profiles.find(id)).fullname, fullname);
    }
    for (const name of ["fullname", "firstName", "lastName"])
      await assert.rejects(profiles.change(givenAccount().id, { [name]: "x".repeat(151) }), name);
    await assert.rejects(profiles.change(givenAccount().id, { gender: "x".repeat(65) }));
  });

  it("loses no member when many are changed at once", async () => {
    const { profiles } = open.realm.stores;
    const { id } = givenAccount();
    const changes = Object.entries(whole).map(([name, value]) => ({ [name]: value }));
    await Promise.all(
      Array.from({ length: 32 }, (_, index) => profiles.change(id, changes[index % changes.length] ?? {})),
    );
    assert.deepEqual(await profiles.find(id), whole);
  });

  it("shows another realm nothing", async () => {
    const { id } = givenAccount();
    await open.realm.stores.profiles.change(id, whole);
    assert.deepEqual(await open.otherRealm.stores.profiles.find(id), emptyProfile);
    await open.otherRealm.stores.profiles.change(id, { fullname: "other" });
    assert.deepEqual(await open.realm.stores.profiles.find(id), whole);
  });
});
