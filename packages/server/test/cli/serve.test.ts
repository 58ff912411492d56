import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, it } from "node:test";
import { findFreePort } from "../engines/free-port.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { jwtCalls, signedIn } from "../server/jwt-calls.js";
import { trilithon } from "../server/package-folder.js";
import { builtEnvironment, startServer } from "../server/start-server.js";
import { operatorOf } from "./operator.js";

/** Of util-linux: gives a command a terminal. */
const terminalMaker = "script";
const hasTerminalMaker = spawnSync(terminalMaker, ["--version"]).status === 0;
const atTerminal = { skip: hasTerminalMaker ? false : "there is no `script` to make a terminal with" };

describe("serve", () => {
  it("says in production what is weaker than its default, and which contract behaviours are in force", async () => {
    const config = { mounts: [{ contract: "jwt", lifetimes: { access: "2h" } }] };
    const server = await startServer({ config, env: { NODE_ENV: "production" } });
    const listening = await server.findLog(({ msg }) => msg === "listening");
    assert.equal(listening["url"], server.url);
    const told = server.log.map(({ level, msg, reason }) => `${String(level)} ${String(msg)}: ${String(reason)}`);
    assert.ok(
      told.includes("warn weaker than its default: jwt: lifetimes.access is 2h, the default is 1h"),
      told.join("\n"),
    );
    assert.ok(
      told.some((line) => line.startsWith("info literal contract behaviour in force: jwt (/auth): registration tells")),
    );
    assert.equal(await server.stop(), 0);
    assert.equal(server.log.at(-1)?.["msg"], "stopped");
  });

  it("says elsewhere only the latter, and warns of a Node.js that gets no fixes", async () => {
    const server = await startServer({ config: { mounts: [{ contract: "jwt", lifetimes: { access: "2h" } }] } });
    const told = server.log.map(({ msg }) => String(msg));
    assert.ok(!told.includes("weaker than its default"));
    const isOver = process.versions.node.startsWith("20.");
    assert.equal(
      told.some((line) => /^Node\.js 20\.\S+ is past its end of life .*Node\.js 24 is recommended$/.test(line)),
      isOver,
    );
    assert.equal(await server.stop(), 0);
  });

  it("at a terminal says what to try first, and ends with Ctrl+C", atTerminal, async () => {
    const dataDir = makeTemporaryFolder("data");
    const port = String(await findFreePort());
    const at = openTerminal(["serve"], { DATA_DIR: dataDir, PORT: port });
    await at.hears(/Ctrl\+C stops the server/);
    for (const path of ["auth/register", "account/web/register/", "dev/inbox"])
      assert.match(at.heard(), new RegExp(`http://127.0.0.1:${port}/${path}`));
    at.type("\u0003");
    assert.equal(await at.ends(), 0);
    assert.match(at.heard(), /stopping[\s\S]*SIGINT/);
    removeTemporaryFolder(dataDir);
  });
});

describe("user purge at a terminal", atTerminal, () => {
  it("asks first, and does nothing without the word", async () => {
    const server = await startServer();
    const operator = operatorOf(server);
    const person = await signedIn(jwtCalls(server.origin("/auth")));
    await operator.ask(0, "user", "delete", person.email);
    for (const [answer, code] of [
      ["yes", 1],
      ["purge", 0],
    ] as const) {
      const at = openTerminal(["user", "purge", person.email], { DATA_DIR: server.dataDir });
      await at.hears(/Type "purge": /);
      at.type(`${answer}\r`);
      assert.equal(await at.ends(), code, at.heard());
    }
    assert.deepEqual((await operator.ask(0, "user", "find", person.email)).at("accounts"), []);
    await server.stop();
  });
});

function openTerminal(args: readonly string[], env: Readonly<Record<string, string>>) {
  // Without `exec` the shell would end by the same Ctrl+C before what it runs.
  const command = `exec ${[process.execPath, trilithon, ...args].map((word) => `'${word}'`).join(" ")}`;
  const child = spawn(terminalMaker, ["--quiet", "--return", "--command", command, "/dev/null"], {
    env: builtEnvironment(env),
    cwd: env["DATA_DIR"],
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "close").then(([code]: unknown[]) => code);
  let heard = "";
  child.stdout.on("data", (piece: Buffer) => {
    heard += piece.toString();
  });
  return {
    heard: () => heard,
    hears: async (words: RegExp): Promise<void> => {
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      while (!words.test(heard)) {
        assert.ok(!isOver, heard);
        await Promise.race([once(child.stdout, "data"), ended]);
      }
    },
    type: (text: string) => void child.stdin.write(text),
    ends: () => ended,
  };
}
