import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { otherThan } from "../contracts/account/stage.js";
import { linkedUser } from "../contracts/platform/oauth-visits.js";
import { codeTo, linkTo, linkToken, makePerson, restSending, step, tokenOf } from "../contracts/platform/people.js";
import { controlAnswer, fullClient, openLink, sessionIn } from "../contracts/platform/session-in.js";
import { bearing, useStage } from "../contracts/platform/stage.js";
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

  const client = useStage(sqlite);

  /** Client applications, their servers and their users. */
  const actOnPlatform = async (operator: Operator): Promise<void> => {
    await operator.ask(0, "realm", "create", "acme");
    const { keyId } = (await operator.ask(0, "key", "create", "default", "--name", "app")).value as {
      readonly keyId: string;
    };
    const file = join(client.server.dataDir, "empty.json");
    writeFileSync(file, "{}");
    await operator.ask(0, "key", "policy", keyId, file);
    await operator.ask(0, "key", "disable", keyId);
    await operator.ask(0, "key", "enable", keyId);
    const rotated = await operator.ask(0, "key", "rotate-secret", keyId);
    await operator.ask(0, "key", "expire-secret", keyId, rotated.text("secretId"));
    const terms = [
      "disclaimer",
      "add",
      "default",
      "terms",
      "1",
      "--title",
      "en=Terms",
      "--url",
      "https://example.org/",
    ];
    await operator.ask(0, ...terms, "--from", "2100-01-01T00:00:00Z");

    const full = await fullClient(client);
    const begun = await sessionIn(client, "signup-checkotp");
    await restSending(client, { phone: begun.to });
    await step(full, "/auth/resendotp", {}, begun.progress);
    const otp = await codeTo(client, begun.to);
    await step(full, "/auth/signup/checkotp", { otp }, begun.progress);
    const person = await makePerson(client);
    const login = await step(full, "/auth/login", { login_id: person.email });
    const headers = bearing(tokenOf(login));
    const wrong = { path: "/auth/checkpassword", json: { password: "wrong" }, key: full.key.key, headers };
    assert.equal((await client.ask(wrong)).status, 401);
    await step(full, "/auth/recovery/setpassword", { password: newPassword() }, await openLink(full, person));
    const unknown = { path: "/auth/recovery/recover", json: { login_id: "nobody@example.org" }, key: full.key.key };
    assert.equal((await client.ask(unknown)).status, 404);

    const asked = await sessionIn(client, "recovery-checkquestion");
    await step(full, "/auth/recovery/checkquestion", { control_answer: controlAnswer }, asked.progress);
    const link = await linkTo(client, asked.to);
    const stopped = await request(`${client.server.url}${link.pathname}`, {
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token: linkToken(link) }).toString(),
    });
    assert.equal(stopped.status, 200, stopped.text);

    writeFileSync(file, JSON.stringify({ name: "club", issuer: provider.issuer("club"), clientId: provider.clientId }));
    await operator.ask(0, "provider", "add", "default", file);
    const { token, entryId } = await linkedUser(client, "club");
    const unlinked = await client.ask({ method: "DELETE", path: `/user/entries/${entryId}`, headers: bearing(token) });
    assert.equal(unlinked.status, 200, unlinked.text);
  };

  it("has every kind of event that it declares, each when it happens", async () => {
    const operator = operatorOf(stage.server, {
      DATABASE_URL: stage.databaseUrl,
      TRILITHON_CONFIG: join(stage.server.dataDir, "trilithon.config.json"),
    });
    const clientOperator = operatorOf(client.server, { DATABASE_URL: client.databaseUrl });
    await actOnPlatform(clientOperator);
    await actOnJwtAccounts(operator);
    await actOnAccounts();
    await actOnHandoffs();
    // As if no mail server had taken the notice.
    await stage.sql("update message set state = 'dead' where kind = 'password-changed'");
    const notice = (await operator.ask(0, "inbox", "--dead")).text("messages", 0, "messageId");
    await operator.ask(0, "inbox", "retry", notice);

    const { stderr } = await operator.run("audit", "--kind", "nothing");
    const declared = / is none of (.+)$/m.exec(stderr)?.[1]?.split(", ") ?? [];
    const eventsOf = async (one: Operator) => (await one.ask(0, "audit", "--limit", "1000")).list("events");
    const events = [...(await eventsOf(operator)), ...(await eventsOf(clientOperator))];
    const written = new Set(events.map((event) => event.text("kind")));
    assert.ok(declared.length > 30, stderr);
    assert.deepEqual(
      declared.filter((kind) => !written.has(kind)),
      [],
    );
  });
});
