import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { keyPairs } from "#adapters/tokens/key-pairs.js";
import {
  type SigningKeyNeeds,
  rotateDueSigningKeys,
  rotateSigningKeys,
} from "#core/signing-keys/rotate-signing-keys.js";
import { publishedKeysLiveIn, signingKeyAt, verifyingKeysAt } from "#core/signing-keys/signing-key.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { type Node, openNode, testOrigin } from "../server/open-node.js";

const minute = 60_000;
const waitsIn = publishedKeysLiveIn + minute;
const command = { algorithm: "ES256", longestTokenIn: 60 * minute, origin: testOrigin } as const;

describe("a rotation of signing keys", () => {
  let folder: string;
  let node: Node;
  let needs: SigningKeyNeeds;
  let now = 1_800_000_000_000;
  before(async () => {
    folder = makeTemporaryFolder("data");
    node = await openNode(`sqlite:${folder}/trilithon.db`);
    await node.database.migrate();
    needs = { ...node, keyPairs, clock: { now: () => now } };
  });
  after(async () => {
    await node.close();
    removeTemporaryFolder(folder);
  });

  const signingAt = async (at: number) => signingKeyAt(await node.stores.signingKeys.list(), "ES256", at)?.id;
  const published = async () => verifyingKeysAt(await node.stores.signingKeys.list(), now).map(({ id }) => id);
  const rotate = (signs: "once-published" | "at-once") => rotateSigningKeys(needs, { ...command, signs });
  const rotateDue = () => rotateDueSigningKeys(needs, { ...command, everyIn: 24 * 60 * minute });

  it("gives the first key that signs at once, a next one that waits until caches have it, and always exactly one", async () => {
    const first = await rotate("once-published");
    assert.equal(await signingAt(now), first.id);

    now += 10 * minute;
    const second = await rotate("once-published");
    assert.ok((await published()).includes(second.id));
    assert.equal(await signingAt(now + waitsIn - 1), first.id);
    assert.equal(await signingAt(now + waitsIn), second.id);

    // Another one while that one waits.
    now += minute;
    const third = await rotate("once-published");
    assert.equal(await signingAt(now + waitsIn - minute - 1), first.id);
    assert.equal(await signingAt(now + waitsIn - 1), second.id);
    assert.equal(await signingAt(now + waitsIn), third.id);

    // A leak while both wait: none of them ever signs.
    now += minute;
    const fourth = await rotate("at-once");
    for (const at of [0, waitsIn - 2 * minute, waitsIn - minute, waitsIn, 2 * waitsIn])
      assert.equal(await signingAt(now + at), fourth.id);
    assert.deepEqual(new Set(await published()), new Set([first.id, second.id, third.id, fourth.id]));
  });

  it("on schedule is made once, and not again while its key waits", async () => {
    now += minute;
    const current = await rotate("at-once");
    now += 24 * 60 * minute - 1;
    assert.equal(await rotateDue(), 0);
    now += 1;
    assert.equal(await rotateDue(), 1);
    assert.equal(await rotateDue(), 0);
    assert.equal(await signingAt(now), current.id);
    now += waitsIn;
    assert.equal(await rotateDue(), 0);
    assert.notEqual(await signingAt(now), current.id);
  });
});
