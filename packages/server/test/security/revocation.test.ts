import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { jwtCalls, newPassword, signedIn, textIn } from "../server/jwt-calls.js";
import { nextAddress, request } from "../server/request.js";
import { runCli } from "../server/run-cli.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import type { RunningServer } from "../server/start-server.js";

describeOnEveryEngine("revocation", (engine) => {
  let database: FreshDatabase;
  let dataDir: string;
  let servers: readonly RunningServer[];
  before(async () => {
    database = await engine.freshDatabase();
    dataDir = makeTemporaryFolder("data");
    // SQLite belongs to one server; what is revoked there is revoked by a command.
    servers = await startNodes(database.url, nodesFor(engine));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
    removeTemporaryFolder(dataDir);
  });
  const serverAt = (at: number): RunningServer => {
    const server = servers[at % servers.length];
    assert.ok(server);
    return server;
  };
  const callsAt = (at: number) => jwtCalls(serverAt(at).origin("/auth"));
  const command = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await runCli(args, { env: { DATABASE_URL: database.url, DATA_DIR: dataDir } });
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  };

  const acts: readonly {
    readonly what: string;
    readonly act: (session: { readonly access: string; readonly accountId: string }) => Promise<unknown>;
  }[] = [
    { what: "a sign-out", act: ({ access }) => callsAt(0).logout(access) },
    { what: "user end-sessions", act: ({ accountId }) => command("user", "end-sessions", accountId) },
    { what: "user restrict", act: ({ accountId }) => command("user", "restrict", accountId) },
    { what: "user close", act: ({ accountId }) => command("user", "close", accountId) },
    {
      what: "a reset of the password",
      act: async ({ accountId }) => {
        const [token] = /(?<=[?&]token=)[\w-]+/.exec(await command("user", "reset-password", accountId)) ?? [];
        assert.ok(token);
        const { status } = await request(`${serverAt(0).url}/reset-password`, {
          body: new URLSearchParams({ token, password: newPassword() }).toString(),
          headers: { "content-type": "application/x-www-form-urlencoded" },
          address: nextAddress(),
        });
        assert.equal(status, 200);
      },
    },
  ];
  for (const { what, act } of acts) {
    it(`by ${what} holds on the other node with its next request, though that has just verified the token`, async () => {
      const [one, other] = [callsAt(0), callsAt(1)];
      const { access, refresh } = await signedIn(one);
      for (let use = 0; use < 3; use += 1) {
        assert.equal((await other.me(access)).status, 200);
      }
      const accountId = textIn(await other.me(access), "id");
      await act({ access, accountId });
      assert.deepEqual((await other.me(access)).json, { message: "Invalid token" });
      assert.deepEqual((await other.refresh(refresh)).json, { message: "Invalid token" });
      assert.deepEqual((await one.me(access)).json, { message: "Invalid token" });
    });
  }
});
