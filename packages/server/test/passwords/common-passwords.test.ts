import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { breachedPasswordsFile, createCommonPasswords } from "#adapters/passwords/common-passwords.js";
import { importBreachedPasswords, type ImportProgress } from "#adapters/passwords/import-breached-passwords.js";

const openFolder = async (context: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "passwords-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

const lineOf = (password: string, count = 1): string =>
  `${createHash("sha1").update(password, "utf8").digest("hex").toUpperCase()}:${count}`;

const importLines = async (folder: string, text: string): Promise<{ readonly imported: number }> => {
  const source = join(folder, "source.txt");
  await writeFile(source, text);
  return importBreachedPasswords(source, breachedPasswordsFile(folder), () => undefined);
};

test("the shipped list has at least 49,000 passwords", async () => {
  const { size } = await stat(new URL("../../../assets/common-passwords.bin", import.meta.url));
  assert.ok(size / 8 >= 49_000);
});

test("listed words are known in every case and form, others are not", async (t) => {
  const common = await createCommonPasswords({ dataDirectory: await openFolder(t) });
  for (const password of [
    "password",
    "Password1",
    "PASSWORD",
    " qwerty ",
    "ｑｗｅｒｔｙ",
    "123456",
    "!qaz2wsx",
    "trustno1",
  ])
    assert.equal(common.has(password), true, password);
  for (const password of [
    "",
    "Correct-Horse-9-battery",
    "correct horse battery staple",
    "Tr0ub4dor&3-and-more",
    "passwort-ist-lang",
  ])
    assert.equal(common.has(password), false, password);
});

test("no password of chance is known", async (t) => {
  const common = await createCommonPasswords({ dataDirectory: await openFolder(t) });
  for (let i = 0; i < 20_000; i += 1)
    assert.equal(common.has(createHash("sha256").update(`${i}`).digest("base64url")), false);
});

for (const [order, arrange] of [
  ["sorted", (lines: string[]) => lines.sort()],
  ["unsorted", (lines: string[]) => lines],
] as const) {
  test(`an imported file that is ${order} is asked too, exactly`, async (t) => {
    const folder = await openFolder(t);
    const passwords = Array.from({ length: 150_000 }, (_, number) => `Breached-${number}`);
    const lines = arrange(passwords.map((password, number) => lineOf(password, number + 1)));
    const imported = await importLines(folder, `${lines.join("\r\n")}\r\n`);
    assert.deepEqual(imported, { imported: passwords.length });

    const common = await createCommonPasswords({ dataDirectory: folder });
    for (const password of passwords.filter((_, number) => number % 10 === 0)) assert.equal(common.has(password), true);
    for (const password of ["breached-1", "Breached-150000", "Breached--1", ""])
      assert.equal(common.has(password), false);
    assert.equal(common.has("password"), true);
    assert.deepEqual((await readdir(folder)).sort(), ["breached-passwords.bin", "source.txt"]);
  });
}

test("a look-up in a large file takes less than a millisecond", async (t) => {
  const folder = await openFolder(t);
  // All keys in one bucket: as deep as a billion keys would make every one.
  const lines = Array.from({ length: 60_000 }, (_, number) => `ABCD${lineOf(`${number}`).slice(4)}`);
  await importLines(folder, lines.join("\n"));
  const common = await createCommonPasswords({ dataDirectory: folder });
  const startedAt = performance.now();
  for (let number = 0; number < 1000; number += 1) common.has(`Password of nobody ${number}`);
  assert.ok((performance.now() - startedAt) / 1000 < 1);
});

test("doubles count once, and what was typed and its NFKC form are both asked for", async (t) => {
  const folder = await openFolder(t);
  const lines = [lineOf("e\u0301-decomposed"), lineOf("\u00e9-composed"), lineOf("\u00e9-composed", 7)];
  assert.deepEqual(await importLines(folder, lines.join("\n")), { imported: 2 });
  const common = await createCommonPasswords({ dataDirectory: folder });
  assert.equal(common.has("e\u0301-decomposed"), true);
  assert.equal(common.has("e\u0301-composed"), true);
});

test("a malformed line is named, and what was imported before stays", async (t) => {
  const folder = await openFolder(t);
  const good = lineOf("Breached-1");
  await importLines(folder, good);
  for (const [text, line] of [
    ["", 1],
    [`${good}\n\n${good}`, 2],
    [`${good}\n${good.slice(1)}`, 2],
    [`${good}\n${good}\n${good.slice(0, 40)}`, 3],
    [`${good}\n${good.slice(0, 41)}`, 2],
    [`G${good.slice(1)}`, 1],
    [`${good}x`, 1],
    [`${good}${"0".repeat(3_000_000)}`, 1],
    [Array.from({ length: 50_000 }, (_, number) => (number === 40_000 ? "password:3" : good)).join("\n"), 40_001],
  ] as const) {
    await assert.rejects(importLines(folder, text), { name: "MalformedLine", line });
  }
  assert.equal((await createCommonPasswords({ dataDirectory: folder })).has("Breached-1"), true);
  assert.deepEqual((await readdir(folder)).sort(), ["breached-passwords.bin", "source.txt"]);
});

test("progress goes from nothing to all", async (t) => {
  const folder = await openFolder(t);
  const source = join(folder, "source.txt");
  await writeFile(source, Array.from({ length: 120_000 }, (_, number) => lineOf(`${number}`)).join("\n"));
  const told: ImportProgress[] = [];
  await importBreachedPasswords(source, breachedPasswordsFile(folder), (progress) => told.push(progress));
  assert.deepEqual(
    told.map(({ part }) => part),
    told.map(({ part }) => part).sort((one, other) => one - other),
  );
  assert.ok(told.every(({ part }) => part > 0 && part <= 1));
  assert.equal(told.at(-1)?.lines, 120_000);
});

test("a damaged import stops the start", async (t) => {
  const folder = await openFolder(t);
  await importLines(folder, lineOf("Breached-1"));
  const file = breachedPasswordsFile(folder);
  await truncate(file, (await stat(file)).size - 1);
  await assert.rejects(createCommonPasswords({ dataDirectory: folder }), /damaged/);
  await writeFile(file, "something else");
  await assert.rejects(createCommonPasswords({ dataDirectory: folder }), /damaged/);
});
