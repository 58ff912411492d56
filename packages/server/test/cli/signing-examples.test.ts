import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { realmOperator } from "../server/client-key.js";
import { packageFolder } from "../server/package-folder.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";

const run = promisify(execFile);
const root = join(packageFolder, "..", "..");
const examples = join(root, "docs", "integrate", "signing");
const tsx = join(root, "node_modules", ".bin", "tsx");

/** As `docs/integrate/sign-requests.md` says how each is run. */
const ways: readonly (readonly [file: string, command: string])[] = [
  ["signed-request.ts", tsx],
  ["signed_request.py", "python3"],
  ["signed-request.sh", "sh"],
  ["message-signature.ts", tsx],
];

describe("the signing examples of the documentation", () => {
  let server: RunningServer;
  let env: Record<string, string>;
  const folder = makeTemporaryFolder("signing");
  before(async () => {
    const databaseUrl = `sqlite:${join(folder, "trilithon.db")}`;
    server = await startServer({ databaseUrl });
    const { keyId, key, secret } = await realmOperator(databaseUrl).makeKey("default", {
      scopes: ["users.read", "users.write", "personal-data"],
    });
    const { PATH = "", HOME = "" } = process.env;
    env = { PATH, HOME, TRILITHON_KEY: key, TRILITHON_KEY_ID: keyId, TRILITHON_SECRET: secret };
  });
  after(async () => {
    await server.stop();
    removeTemporaryFolder(folder);
  });

  for (const [at, [file, command]] of ways.entries())
    test(`${file} makes a user and reads him`, async (t) => {
      if (!(await isThere(command))) return t.skip(`${command} is not installed`);
      const call = async (...args: readonly string[]): Promise<unknown> =>
        JSON.parse((await run(command, [join(examples, file), ...args], { env })).stdout);
      const users = `${server.url}/default/v2/users`;
      const made = await call("POST", `${users}?source=example`, JSON.stringify({ login_name: `example-${at}` }));
      const { id } = userIn(made);
      assert.equal(userIn(await call("GET", `${users}/${String(id)}`))["login_name"], `example-${at}`);
      const refused = run(command, [join(examples, file), "GET", `${users}/${String(id)}`], {
        env: { ...env, TRILITHON_SECRET: `${env["TRILITHON_SECRET"] ?? ""}x` },
      });
      await assert.rejects(refused, ({ stdout }: { readonly stdout: string }) =>
        /auth\.signature\.invalid/.test(stdout),
      );
    });
});

const userIn = (answer: unknown): Readonly<Record<string, unknown>> => ({ ...Object(Object(answer).user) });

const isThere = async (command: string): Promise<boolean> => {
  try {
    await run(command, ["-c", "exit 0"]);
    return true;
  } catch (error) {
    return !(error instanceof Error && "code" in error && error.code === "ENOENT");
  }
};
