import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { availableEngines } from "../../engines/engines.js";
import { macOf } from "../../server/signing.js";
import { repositoryFolder } from "../../specs/page.js";
import { givenUser, serverKey } from "./signed.js";
import { useStage } from "./stage.js";

const folder = join(repositoryFolder, "docs", "integrate", "signing");
const page = readFileSync(join(repositoryFolder, "docs", "integrate", "sign-requests.md"), "utf8");
const run = promisify(execFile);

/** What runs each example, as the page says: without an install in between. */
const commands: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "signed-request.ts": [process.execPath, "--import", "tsx"],
  "signed_request.py": ["python3"],
  "signed-request.sh": ["sh"],
  "message-signature.ts": [process.execPath, "--import", "tsx"],
};

test("the page names every example, and the tests run each", () => {
  const files = readdirSync(folder).toSorted((one, other) => one.localeCompare(other));
  assert.deepEqual(new Set(files), new Set(Object.keys(commands)));
  for (const file of files) assert.ok(page.includes(`](signing/${file})`), file);
});

test("the page's signature is the one of its six lines", () => {
  const [lines = "", mac = ""] = [...page.matchAll(/^```\n([^`]+)\n```$/gm)].map(([, text = ""]) => text).slice(1);
  const [, secret = ""] = /With the secret `(\w+)`/.exec(page) ?? [];
  assert.equal(lines.split("\n").length, 6);
  assert.equal(mac, macOf(secret, lines));
});

describe("examples of signed requests", () => {
  const [sqlite] = availableEngines();
  assert.ok(sqlite !== undefined);
  const stage = useStage(sqlite);

  for (const [file, [program, ...args]] of Object.entries(commands))
    test(`${file} makes a user and reads him`, async () => {
      const key = await serverKey(stage);
      const env = {
        PATH: process.env["PATH"],
        TRILITHON_KEY: key.key,
        TRILITHON_KEY_ID: key.id,
        TRILITHON_SECRET: key.secret,
      };
      const call = async (secret: string, ...sent: readonly string[]) =>
        run(program, [...args, join(folder, file), ...sent], {
          cwd: repositoryFolder,
          env: { ...env, TRILITHON_SECRET: secret },
        });
      const base = `${stage.server.url}${stage.prefix}/users`;
      const json = JSON.stringify(givenUser({ first_name: "آدا", custom: { percent: "100%", quote: '"' } }));
      const made = JSON.parse((await call(key.secret, "POST", base, json)).stdout) as {
        readonly user: { readonly id: string };
      };
      const read = await call(key.secret, "GET", `${base}/${made.user.id}?a=1&b=%20`);
      assert.deepEqual(JSON.parse(read.stdout), made);
      await assert.rejects(call("another", "GET", `${base}/${made.user.id}`), { stdout: /auth\.signature\.invalid/ });
    });
});
