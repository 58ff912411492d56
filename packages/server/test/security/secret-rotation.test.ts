import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { it } from "node:test";
import { describeOnEveryEngine } from "../engines/engines.js";
import { jwtCalls, newPassword, signedIn } from "../server/jwt-calls.js";
import { startServer } from "../server/start-server.js";
import { countStatuses } from "../server/tally.js";

const [older, newer] = [randomBytes(32).toString("base64url"), randomBytes(32).toString("base64url")];
/** Failures of one account, after which the right password is refused too. */
const limit = 10;

describeOnEveryEngine("a rotation of SECRET_KEY", (engine) => {
  it("gives nobody fresh tries, and lets everybody else in", async () => {
    const database = await engine.freshDatabase();
    const serving = async (secrets: readonly string[], work: (calls: ReturnType<typeof jwtCalls>) => Promise<void>) => {
      const server = await startServer({ databaseUrl: database.url, env: { SECRET_KEY: secrets.join() } });
      await work(jwtCalls(server.origin("/auth")));
      await server.stop();
    };
    const people: Record<"attacked" | "other", Awaited<ReturnType<typeof signedIn>>>[] = [];
    await serving([older], async (calls) => {
      const [attacked, other] = [await signedIn(calls), await signedIn(calls)];
      people.push({ attacked, other });
      for (let tries = 0; tries < limit - 1; tries += 1) await calls.login({ ...attacked, password: newPassword() });
    });
    const [{ attacked, other } = assert.fail()] = people;

    // The last try is counted with the last failures before it.
    await serving([older, newer], async (calls) => {
      const guesses = [1, 2].map(() => calls.login({ ...attacked, password: newPassword() }));
      assert.deepEqual(countStatuses(await Promise.all(guesses)), { 401: 2 });
    });
    for (const secrets of [
      [older, newer],
      [newer, older],
    ]) {
      await serving(secrets, async (calls) => {
        const stranger = { headers: { "user-agent": "another device" } };
        assert.equal((await calls.login(attacked, stranger)).status, 401);
        assert.equal((await calls.login(other, stranger)).status, 200);
      });
    }
    await database.drop();
  });
});
