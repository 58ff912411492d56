import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadSecretKeys } from "#settings/secret-file.js";
import { parseSettings } from "#settings/settings.js";
import { SettingsRefused } from "#settings/settings-refused.js";

let folder = "";
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "trilithon-secret-"));
});
after(() => rm(folder, { recursive: true, force: true }));

const settingsIn = (name: string, more: Record<string, string> = {}) =>
  parseSettings({ DATA_DIR: join(folder, name), ...more });

const maker = `
  const { loadSecretKeys } = await import(${JSON.stringify(import.meta.resolve("#settings/secret-file.js"))});
  const { parseSettings } = await import(${JSON.stringify(import.meta.resolve("#settings/settings.js"))});
  const { keys } = loadSecretKeys(parseSettings({ DATA_DIR: process.argv[1] }));
  process.stdout.write(Buffer.from(keys[0]).toString("base64url"));
`;

describe("secret file", () => {
  it("is one for eight processes that start at once, readable for its owner only", async () => {
    const data = join(folder, "eight");
    const made = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const child = spawn(process.execPath, ["--input-type=module", "-e", maker, data], {
          stdio: ["ignore", "pipe", "inherit"],
        });
        let text = "";
        child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
        const [code] = await once(child, "close");
        assert.equal(code, 0);
        return text;
      }),
    );
    assert.equal(new Set(made).size, 1);
    assert.equal((await readFile(join(data, "secret.key"), "utf8")).trim(), made[0]);
    assert.equal((await stat(join(data, "secret.key"))).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(data), ["secret.key"]);
  });

  it("is the same at the next start", () => {
    const settings = settingsIn("twice");
    assert.deepEqual(loadSecretKeys(settings), loadSecretKeys(settings));
  });

  it("is not made when SECRET_KEY is set", async () => {
    const { keys } = loadSecretKeys(settingsIn("twice"));
    const set = loadSecretKeys(settingsIn("set", { SECRET_KEY: Buffer.from(keys[0] ?? []).toString("base64url") }));
    assert.deepEqual(set, { keys: keys.map((key) => Buffer.from(key)), warnings: [] });
    await assert.rejects(stat(join(folder, "set")));
  });

  it("is never made anew beside a database", async () => {
    const settings = settingsIn("twice", { DATA_DIR: join(folder, "lost") });
    loadSecretKeys(settings);
    await writeFile(join(folder, "lost", "trilithon.db"), "accounts");
    loadSecretKeys(settings);
    await rm(join(folder, "lost", "secret.key"));
    assert.throws(() => loadSecretKeys(settings), /secret\.key is missing, but its database is there/);
  });

  for (const [what, text] of [
    ["empty", ""],
    ["cut", "AAAA"],
    ["guessable", Buffer.alloc(32).toString("base64url")],
  ] as const) {
    it(`refuses the start when it is ${what}`, async () => {
      const settings = settingsIn(what);
      loadSecretKeys(settings);
      await writeFile(join(folder, what, "secret.key"), text);
      assert.throws(() => loadSecretKeys(settings), SettingsRefused);
    });
  }

  it("warns when others can read it, and in production", async () => {
    const settings = settingsIn("open", { NODE_ENV: "production" });
    assert.match(loadSecretKeys(settings).warnings.join("\n"), /^the secret is the generated one in .*: keep a copy/);
    await chmod(join(folder, "open", "secret.key"), 0o644);
    assert.match(loadSecretKeys(settings).warnings.join("\n"), /can be read by others on this machine \(mode 644\)/);
  });

  it("refuses the start when the folder cannot be made", async () => {
    await writeFile(join(folder, "file"), "");
    assert.throws(
      () => loadSecretKeys(settingsIn("file/below")),
      /^SettingsRefused: DATA_DIR: the secret cannot be kept there/,
    );
  });
});
