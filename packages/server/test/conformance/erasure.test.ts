import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { RealmId } from "#core/ids.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { givenAccount, givenIdentifier, now } from "./given-rows.js";
import { openByUrl } from "./open-stores.js";

const folder = makeTemporaryFolder("erasure");
after(() => removeTemporaryFolder(folder));

/** How often a text stands in the embedded database's files, free pages included. */
const occurrences = (text: string): number =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name)).toString("latin1").split(text).length - 1)
    .reduce((sum, count) => sum + count, 0);

describe("a purged account", () => {
  it("leaves nothing of its owner in the file of the embedded database", async () => {
    const database = await openByUrl(`sqlite:${join(folder, "trilithon.db")}`);
    await database.migrate();
    const { stores } = database.forRealm("default" as RealmId);
    const account = givenAccount({ status: "deleted", deletedAt: now });
    await stores.accounts.insert(account);
    for (let at = 0; at < 200; at += 1)
      await stores.accounts.claim(givenIdentifier(account.id, `ada.lovelace.${String(at)}`));
    await stores.profiles.change(account.id, { fullname: "Augusta Ada Lovelace" });
    await database.close();
    assert.ok(occurrences("ada.lovelace.") >= 200 && occurrences("Augusta Ada Lovelace") > 0);

    const reopened = await openByUrl(`sqlite:${join(folder, "trilithon.db")}`);
    assert.equal(await reopened.forRealm("default" as RealmId).stores.accounts.purge(account.id), true);
    await reopened.close();
    assert.deepEqual([occurrences("ada.lovelace."), occurrences("Augusta Ada Lovelace")], [0, 0]);
  });
});
