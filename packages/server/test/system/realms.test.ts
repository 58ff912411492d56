import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRealms } from "#adapters/system/realms.js";
import type { RealmId } from "#core/ids.js";
import type { RealmScope } from "#core/realms/realms.js";

/** Realms of which `there` are there, and what was asked for. */
const given = (...there: readonly string[]) => {
  const opened: string[] = [];
  const looked: string[] = [];
  const realms = createRealms({
    realms: {
      find: async (id) => {
        looked.push(id);
        return there.includes(id) ? { id, createdAt: 0 } : undefined;
      },
    },
    open: (realmId) => {
      opened.push(realmId);
      // Only told apart here.
      return { realmId } as RealmScope;
    },
  });
  return { realms, opened, looked };
};
const idOf = (text: string) => text as RealmId;

describe("realms", () => {
  it("opens a realm once, whether or not it is there", () => {
    const { realms, opened, looked } = given("acme");
    for (const name of ["acme", "globex", "acme", "globex"]) assert.equal(realms.scope(idOf(name)).realmId, name);
    assert.equal(realms.scope(idOf("acme")), realms.scope(idOf("acme")));
    assert.deepEqual([opened, looked], [["acme", "globex"], []]);
  });

  it("remembers that a realm is there, and looks again for one that is not", async () => {
    const { realms, looked } = given("acme");
    for (let time = 0; time < 3; time += 1) {
      assert.equal(await realms.exists(idOf("acme")), true);
      assert.equal(await realms.exists(idOf("globex")), false);
    }
    assert.deepEqual(looked, ["acme", "globex", "globex", "globex"]);
  });

  it("keeps a bounded number of scopes, whatever is asked for", () => {
    const { realms, opened } = given();
    for (let count = 0; count < 1_000; count += 1) realms.scope(idOf(`realm-${count}`));
    realms.scope(idOf("realm-0"));
    assert.equal(opened.length, 1_000);
    realms.scope(idOf("one-more"));
    realms.scope(idOf("realm-999"));
    assert.equal(opened.length, 1_001);
    realms.scope(idOf("realm-0"));
    assert.equal(opened.length, 1_002);
  });
});
