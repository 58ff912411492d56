import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { childrenOf, isAlive } from "../server/child-processes.js";
import { jwtCalls, newPerson } from "../server/jwt-calls.js";
import { poll } from "../server/poll.js";
import { startServer } from "../server/start-server.js";

const kills = 5;
const endsWithin = 5000;

describe("kill -9 of the process that hashes passwords", { skip: process.platform !== "linux" }, () => {
  it("refuses what was under way, and the server goes on with another", async () => {
    const server = await startServer();
    const calls = jwtCalls(server.origin("/auth"));
    const answers = new Set<string>();
    const killed = new Set<number>();
    const registerAll = async (): Promise<void> => {
      while (killed.size < kills) {
        const { status, text } = await calls.register(newPerson());
        answers.add(status === 201 ? "201" : `${status} ${text}`);
      }
    };
    const killAll = async (): Promise<void> => {
      while (killed.size < kills) {
        const child = await poll("passwords are hashed", endsWithin, async () =>
          childrenOf(server.pid).find((pid) => !killed.has(pid) && isAlive(pid)),
        );
        process.kill(child, "SIGKILL");
        killed.add(child);
      }
    };
    await Promise.all([killAll(), ...Array.from({ length: 6 }, registerAll)]);
    const allowed = ["201", '503 {"message":"Service temporarily unavailable"}'];
    assert.deepEqual(
      [...answers].filter((answer) => !allowed.includes(answer)),
      [],
    );
    assert.equal((await calls.register(newPerson())).status, 201);
    assert.equal(childrenOf(server.pid).length, 1);
    assert.equal(await server.stop(), 0);
  });
});

describe("the process that hashes passwords", { skip: process.platform !== "linux" }, () => {
  for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
    it(`is gone after ${signal} of the server`, async () => {
      const server = await startServer();
      assert.equal((await jwtCalls(server.origin("/auth")).register(newPerson())).status, 201);
      const [child = 0] = childrenOf(server.pid);
      assert.ok(isAlive(child));
      await server.kill(signal);
      await poll("it is gone", endsWithin, async () => (isAlive(child) ? undefined : true));
    });
  }
});
