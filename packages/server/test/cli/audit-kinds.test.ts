import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { otherThan } from "../contracts/account/stage.js";
import { availableEngines } from "../engines/engines.js";
import { givenPerson } from "../given.js";
import { appUri, enterCode, signInOn, tempTokenIn } from "../identity-providers/handoff-page.js";
import { dataIn, useHandoffStage } from "../identity-providers/handoff-stage.js";
import { type HostileProvider, startHostileProvider } from "../identity-providers/hostile-provider.js";
import { jwtCalls, newPassword, newPerson, signedIn, tokensOf } from "../server/jwt-calls.js";
import { nextAddress, request } from "../server/request.js";
import { type Operator, operatorOf } from "./operator.js";

describe("the audit trail", () => {
  const [sqlite] = availableEngines();
  assert.ok(sqlite !== undefined);
  let provider: HostileProvider;
  const stage = useHandoffStage(sqlite, {
    config: async () => {
      provider = await startHostileProvider();
      const issuer = provider.issuer("known");
      return {
        mounts: [{ contract: "jwt" }, { contract: "account", handoff: { redirectUris: [appUri] } }],
        providers: [{ name: "known", issuer, clientId: provider.clientId, trustsEmailsOf: ["example.org"] }],
      };
    },
  });
  after(() => provider.stop());

  /** Accounts of the contract `jwt`, in an operator's hands. */
  const actOnJwtAccounts = async (operator: Operator): Promise<void> => {
    const { server } = stage;
    const calls = jwtCalls(server.origin("/auth"));
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
    const line = { email: legacy.email, password_hash: await bcrypt(legacy.password, 5) };
    writeFileSync(file, `${JSON.stringify(line)}\n`);
    await operator.ask(0, "import", file, "--mount", "jwt");
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
    await operator.ask(0, "export", "user", legacy.email);
    await operator.ask(0, "user", "delete", legacy.email);
    await operator.ask(0, "user", "purge", legacy.email, "--yes");
    await operator.ask(0, "rotate-keys");
  };

  /** What people do at the contract `account`. */
  const actOnAccounts = async (): Promise<void> => {
    const post = async (status: number, path: string, json: unknown, key?: string) => {
      const headers = key === undefined ? {} : { authorization: `Token ${key}` };
      const answer = await request(`${stage.base}${path}`, { json, headers, address: nextAddress() });
      assert.equal(answer.status, status, `${path}: ${answer.text}`);
      return answer;
    };
    const guest = dataIn(await post(201, "/guest/", { device_id: "a device" }));
    const upgraded = givenPerson();
    await post(200, "/register/", upgraded, String(guest["token"]));
    const code = await stage.codeFor(upgraded.email);
    await post(400, "/verify/", { email: upgraded.email, code: otherThan(code) });
    await post(201, "/verify/", { email: upgraded.email, code });

    const member = await stage.member();
    const changed = await request(`${stage.base}/profile/update/`, {
      method: "PATCH",
      json: { birth_date: "1815-12-10" },
      headers: { authorization: `Token ${member.key}` },
    });
    assert.equal(changed.status, 200, changed.text);
    await post(400, "/reset/", { password: newPassword(), old_password: "wrong" }, member.key);
    await post(200, "/forgot/", { email: member.email });
    const proof = { email: member.email, code: await stage.codeFor(member.email) };
    const { token } = dataIn(await post(200, "/forgot/verify/", proof));
    await post(200, "/reset/", { password: newPassword() }, String(token));
    const left = await stage.member();
    assert.equal((await stage.withKey(left.key, "/profile/delete/", "DELETE")).status, 200);
    const guarded = await stage.member({ email: "admin@gmail.com" });
    assert.equal((await stage.withKey(guarded.key, "/profile/delete/", "DELETE")).status, 204);
  };

  /** What browsers do on behalf of apps. */
  const actOnHandoffs = async (): Promise<void> => {
    const member = await stage.member();
    const tempToken = tempTokenIn(await signInOn(await stage.start(), member));
    assert.equal((await stage.exchange(tempToken)).status, 200);
    assert.equal((await stage.exchange(tempToken)).status, 404);
    provider.behave("known", { claims: { sub: "ada", email: member.email, email_verified: true } });
    const begun = await stage.start({ query: { provider: "known" } });
    tempTokenIn(await enterCode(begun, await stage.codeFor(member.email)));
  };

  it("has every kind of event that it declares, each when it happens", async () => {
    const operator = operatorOf(stage.server, {
      DATABASE_URL: stage.databaseUrl,
      TRILITHON_CONFIG: join(stage.server.dataDir, "trilithon.config.json"),
    });
    await actOnJwtAccounts(operator);
    await actOnAccounts();
    await actOnHandoffs();
    // As if no mail server had taken the notice.
    await stage.sql("update message set state = 'dead' where kind = 'password-changed'");
    const notice = (await operator.ask(0, "inbox", "--dead")).text("messages", 0, "messageId");
    await operator.ask(0, "inbox", "retry", notice);

    const { stderr } = await operator.run("audit", "--kind", "nothing");
    const declared = / is none of (.+)$/m.exec(stderr)?.[1]?.split(", ") ?? [];
    const events = (await operator.ask(0, "audit", "--limit", "1000")).list("events");
    const written = new Set(events.map((event) => event.text("kind")));
    assert.ok(declared.length > 30, stderr);
    assert.deepEqual(
      declared.filter((kind) => !written.has(kind)),
      [],
    );
  });
});
