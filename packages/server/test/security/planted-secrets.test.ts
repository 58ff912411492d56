import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "node:test";
import type { AccountId } from "#core/ids.js";
import { startPasswordReset } from "#core/recovery/reset-password.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { type JwtCalls, jwtCalls, newPerson, type Person, textIn, tokensOf } from "../server/jwt-calls.js";
import { openNode, testOrigin } from "../server/open-node.js";
import { nextAddress, request } from "../server/request.js";
import { builtEnvironment, type RunningServer, startServer } from "../server/start-server.js";

const tables = [
  "realm",
  "account",
  "identifier",
  "password",
  "session",
  "signing_key",
  "attempt_budget",
  "address_window",
  "known_device",
  "account_link",
  "audit_event",
  "failure_record",
  "job",
] as const;

/** Texts that must stand nowhere, by what they are. */
type Secrets = Map<string, string>;

describeOnEveryEngine("planted secrets", (engine) => {
  it("are found in no log line, failure record, audit event or row, whatever is done with them", async () => {
    const database = await engine.freshDatabase();
    const dataDir = makeTemporaryFolder("data");
    const server = await startServer({ databaseUrl: database.url, dataDir, env: { LOG_LEVEL: "trace" } });
    const secrets: Secrets = new Map();
    const person = plantPerson(secrets, "the owner's password");
    const calls = jwtCalls(server.origin("/auth"));

    const linkToken = await succeed(calls, server, database.url, person, secrets);
    await failInEveryWay(calls, server, person, { secrets, linkToken });
    await failInTheDatabase(calls, database.url, secrets);
    for (const [at, { hash }] of (await readRows(database.url, "select hash from password")).entries()) {
      secrets.set(`hash ${at}`, String(hash));
    }
    const secretKey = builtEnvironment({})["SECRET_KEY"] ?? "";
    secrets.set("SECRET_KEY", secretKey).set("SECRET_KEY in hex", Buffer.from(secretKey, "base64url").toString("hex"));
    assert.equal(await server.stop(), 0);

    const output = server.output();
    assert.ok(server.log.length > 20, output);
    assertNone(secrets, output, "the log");
    for (const personal of [person.email, person.username]) {
      assert.ok(!output.includes(personal), "a name or an e-mail stands in the log");
    }
    const records = await readRows(database.url, "select * from failure_record");
    assert.ok(records.length > 10);
    assert.ok(records.some(({ reason }) => reason === "fault"));
    for (const table of tables) {
      const rows = JSON.stringify(await readRows(database.url, `select * from ${table}`));
      const allowed = table === "password" ? /^hash / : /^$/;
      assertNone(new Map([...secrets].filter(([what]) => !allowed.test(what))), rows, `the table ${table}`);
      // The search finds what is there.
      assert.equal(rows.includes(secrets.get("hash 0") ?? ""), table === "password");
      if (table === "failure_record" || table === "audit_event") {
        assert.ok(
          !rows.includes(person.email) && !rows.includes(person.username),
          `a name or an e-mail stands in ${table}`,
        );
      }
    }
    if (engine.name === "sqlite") {
      const folder = join(database.url.slice("sqlite:".length), "..");
      for (const name of readdirSync(folder)) {
        const bytes = readFileSync(join(folder, name), "latin1");
        assertNone(new Map([...secrets].filter(([what]) => !what.startsWith("hash "))), bytes, name);
        assert.doesNotMatch(bytes, /"d":"|"kty":"[^}]*"d"|PRIVATE KEY/, `a private key stands in ${name}`);
      }
    }
    await database.drop();
    removeTemporaryFolder(dataDir);
  });
});

/** A person whose password holds a text that is found in whatever form it is sent. */
function plantPerson(secrets: Secrets, what: string): Person {
  return { ...newPerson(), password: plantPassword(secrets, what) };
}

function plantPassword(secrets: Secrets, what: string): string {
  const core = randomBytes(12).toString("hex");
  secrets.set(what, core);
  return `Aa1!${core}`;
}

/** The whole token is found by any part that is its own. */
function plantToken(secrets: Secrets, what: string, token: string): void {
  const [, claims = "", signature = ""] = token.split(".");
  secrets.set(`the claims of ${what}`, claims).set(`the signature of ${what}`, signature);
}

async function succeed(
  calls: JwtCalls,
  server: RunningServer,
  databaseUrl: string,
  person: Person,
  secrets: Secrets,
): Promise<string> {
  assert.equal((await calls.register(person)).status, 201);
  const tokens = await tokensOf(calls.login(person, { rotate: true }));
  plantToken(secrets, "an access token", tokens.access);
  plantToken(secrets, "a refresh token", tokens.refresh);
  const accountId = textIn(await calls.me(tokens.access), "id") as AccountId;
  const refreshed = await calls.refresh(tokens.refresh);
  plantToken(secrets, "a successor", textIn(refreshed, "refresh_token"));
  plantToken(secrets, "a second access token", textIn(refreshed, "access_token"));
  const node = await openNode(databaseUrl);
  const used = await startPasswordReset(node, { accountId, origin: testOrigin });
  secrets.set("a used link", used);
  assert.equal((await sendForm(server, used, plantPassword(secrets, "the password of a reset"))).status, 200);
  const live = await startPasswordReset(node, { accountId, origin: testOrigin });
  secrets.set("a live link", live);
  await node.close();
  assert.equal((await request(`${server.url}/reset-password?token=${live}`)).status, 200);
  return live;
}

async function failInEveryWay(
  calls: JwtCalls,
  server: RunningServer,
  person: Person,
  { secrets, linkToken }: { readonly secrets: Secrets; readonly linkToken: string },
): Promise<void> {
  const origin = server.origin("/auth");
  const post = (path: string, options: Parameters<typeof request>[1]) =>
    request(`${origin}${path}`, { method: "POST", address: nextAddress(), ...options });
  const statuses: number[] = [];
  const refused = async (answer: Promise<{ readonly status: number }>) => {
    statuses.push((await answer).status);
  };
  const plant = (what: string) => plantPassword(secrets, what);
  await refused(calls.register({ ...plantPerson(secrets, "a taken name's password"), username: person.username }));
  await refused(calls.register({ ...plantPerson(secrets, "a taken e-mail's password"), email: person.email }));
  await refused(calls.register({ ...person, password: plant("a weak password").toLowerCase().replace("aa1!", "") }));
  await refused(calls.login({ ...person, password: plant("a wrong password") }));
  await refused(calls.login({ ...newPerson(), password: plant("an unknown person's password") }));
  for (let tries = 0; tries < 11; tries += 1) {
    await refused(calls.login({ ...person, password: plant(`a wrong password ${tries}`) }));
  }
  await refused(calls.login({ email: person.email, password: plant("a long password").repeat(60) }));
  await refused(
    post("/login", {
      body: `{"email":"a@example.org","password":"${plant("a password in broken JSON")}"`,
      headers: { "content-type": "application/json" },
    }),
  );
  await refused(
    post("/login", {
      body: `password=${plant("a password in a form")}`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
    }),
  );
  await refused(post("/login", { json: { email: plant("a password as an e-mail"), password: "x" } }));
  await refused(post("/login", { json: { email: { password: plant("a password in an object") } } }));
  await refused(post("/login", { json: [plant("a password in a list")] }));
  await refused(post("/login", { json: { password: "x".repeat(70_000), other: plant("a password in a large body") } }));
  await refused(post(`/login?password=${plant("a password in a query")}`, { json: {} }));
  await refused(request(`${origin}/me/${plant("a password in a path")}`));
  await refused(request(`${server.url}/${plant("a password outside of any mount")}`));
  await refused(request(`${origin}/register/${plant("a password with a wrong method")}`, { method: "DELETE" }));
  await refused(calls.me(plant("a password as a token")));
  await refused(request(`${origin}/me`, { headers: { authorization: `Basic ${plant("a password as credentials")}` } }));
  await refused(
    request(`${origin}/me`, { headers: { cookie: `session=${plant("a cookie")}`, "x-api-key": plant("a key") } }),
  );
  await refused(
    calls.refresh(`eyJhbGciOiJub25lIn0.${Buffer.from(plant("a forged token's claims")).toString("base64url")}.`),
  );
  await refused(sendForm(server, linkToken, plant("a weak new password").toLowerCase().replace("aa1!", "")));
  await refused(sendForm(server, plant("an unknown link"), plant("a password of an unknown link")));
  await refused(request(`${server.url}/reset-password?token=${plant("a link in a query")}`));
  assert.ok(
    statuses.every((status) => status >= 400 && status < 500),
    statuses.join(" "),
  );
}

/** Takes a table away while requests need it. */
async function failInTheDatabase(calls: JwtCalls, databaseUrl: string, secrets: Secrets): Promise<void> {
  const person = plantPerson(secrets, "a password of a forced fault");
  await readRows(databaseUrl, "alter table password rename to password_away");
  const failed = [await calls.register(person), await calls.login(person)];
  await readRows(databaseUrl, "alter table password_away rename to password");
  await readRows(databaseUrl, "alter table session rename to session_away");
  const owner = plantPerson(secrets, "a password of another forced fault");
  assert.equal((await calls.register(owner)).status, 201);
  failed.push(await calls.login(owner));
  await readRows(databaseUrl, "alter table session_away rename to session");
  assert.deepEqual(
    failed.map(({ status }) => status),
    [500, 500, 500],
  );
}

function sendForm(server: RunningServer, token: string, password: string) {
  return request(`${server.url}/reset-password`, {
    body: new URLSearchParams({ token, password }).toString(),
    headers: { "content-type": "application/x-www-form-urlencoded" },
    address: nextAddress(),
  });
}

function assertNone(secrets: Secrets, text: string, where: string): void {
  const found = [...secrets].filter(([, secret]) => secret.length > 0 && text.includes(secret)).map(([what]) => what);
  assert.deepEqual(found, [], `stand in ${where}`);
}
