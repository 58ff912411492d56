import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { jwtCalls, newPassword, newPerson, signedIn, tokensOf } from "../server/jwt-calls.js";
import { request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { operatorOf } from "./operator.js";

describe("the audit trail", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  it("has every kind of event that it declares, each when it happens", async () => {
    const calls = jwtCalls(server.origin("/auth"));
    const operator = operatorOf(server);

    const person = await signedIn(calls, { rotate: true });
    assert.equal((await calls.register({ ...newPerson(), email: person.email })).status, 400);
    await calls.login({ ...person, password: newPassword() });
    const rotated = await tokensOf(calls.login(person, { rotate: true }));
    const next = await calls.refresh(rotated.refresh);
    assert.equal(next.status, 200);
    await calls.refresh(String(Object(next.json).refresh_token));
    assert.equal((await calls.refresh(rotated.refresh)).status, 401);
    assert.equal((await calls.logout(person.access)).status, 200);
    assert.equal((await calls.refresh(person.refresh)).status, 401);

    const legacy = newPerson();
    const file = join(server.dataDir, "accounts.jsonl");
    writeFileSync(
      file,
      `${JSON.stringify({ email: legacy.email, password_hash: await bcrypt(legacy.password, 5) })}\n`,
    );
    await operator.ask(0, "import", file);
    assert.equal((await calls.login(legacy)).status, 200);

    const made = await operator.ask(0, "user", "reset-password", person.email);
    const token = new URL(made.text("resetLink")).searchParams.get("token") ?? "";
    const reset = await request(`${server.url}/reset-password`, {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token, password: newPassword() }).toString(),
    });
    assert.equal(reset.status, 200);
    await operator.ask(0, "user", "end-sessions", legacy.email);
    await operator.ask(0, "user", "create", "--email", person.email, "--verified");
    await operator.ask(0, "user", "delete", legacy.email);
    await operator.ask(0, "user", "purge", legacy.email, "--yes");
    await operator.ask(0, "rotate-keys");

    const { stderr } = await operator.run("audit", "--kind", "nothing");
    const declared = / is none of (.+)$/m.exec(stderr)?.[1]?.split(", ") ?? [];
    const events = (await operator.ask(0, "audit", "--limit", "1000")).list("events");
    const written = new Set(events.map((event) => event.text("kind")));
    assert.ok(declared.length > 10, stderr);
    assert.deepEqual(
      declared.filter((kind) => !written.has(kind)),
      [],
    );
  });
});
