import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { systemRandom } from "#adapters/system/random.js";
import { type AccountId, defaultRealm, keySessionId } from "#core/ids.js";
import {
  givenCode,
  givenEntry,
  givenFailure,
  givenHandoff,
  givenLink,
  givenPending,
  givenSignIn,
} from "../conformance/given-rows.js";
import { dataIn } from "../contracts/account/stage.js";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readEveryTable, type Row } from "../engines/read-rows.js";
import { type GivenPerson, givenPerson } from "../given.js";
import { givenMessage } from "../mail/given-message.js";
import { codeFor } from "../server/inbox.js";
import { type Node, openNode } from "../server/open-node.js";
import { request, type RequestOptions } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

interface Planted extends GivenPerson {
  readonly id: AccountId;
  /** What stands for him wherever a text may. */
  readonly marker: string;
}

/** What lets somebody in or is compared with what does, and what only orders rows. None of it may be told. */
const withheld = new Set([
  "identifier.normalized_value",
  "identifier.live_key",
  "password.hash",
  "session.current_refresh",
  "session.previous_refresh",
  "session.sealed_successor",
  "account_link.token_hash",
  "guest.secret_hash",
  "pending_registration.normalized_email",
  "pending_registration.normalized_username",
  "pending_registration.password_hash",
  "pending_registration.link_hash",
  "pending_registration.sent_digest",
  "one_time_code.subject",
  "one_time_code.code_hash",
  "handoff.token_hash",
  "handoff.sealed_token",
  "handoff.browser_hash",
  "handoff.code_challenge",
  "handoff.provider_state_hash",
  "handoff.sealed_provider",
  "message.sealed",
  "pending_session.token_hash",
  "pending_session.sealed_memory",
  "backup_code.slot",
  "backup_code.hash",
  "memorable_word.sealed_words",
  "memorable_challenge.positions",
  "control_question.sealed_question",
  "control_question.answer_hash",
  "entry.unique_key",
  "message.owner",
  "attempt_budget.subject",
]);
/** Told already, by the account's own row or by what the rows are listed under. */
const implied = new Set(["realm_id", "password.set_at"]);

describeOnEveryEngine("trilithon export user", (engine) => {
  let database: FreshDatabase;
  let server: RunningServer;
  let node: Node;
  let operator: Operator;
  let one: Planted;
  let other: Planted;
  before(async () => {
    database = await engine.freshDatabase();
    server = await startServer({ databaseUrl: database.url });
    node = await openNode(database.url, "account");
    operator = operatorOf(server, { DATABASE_URL: database.url });
    one = await plant("planted-one");
    other = await plant("planted-other");
  });
  after(async () => {
    await node.close();
    await server.stop();
    await database.drop();
  });

  /** Somebody about whom there is a row in every table that may hold one. */
  const plant = async (marker: string): Promise<Planted> => {
    const person = givenPerson({ email: `${marker}@example.org`, fullname: `${marker} Lovelace` });
    const call = (path: string, options: RequestOptions) =>
      request(server.origin("/account") + path, {
        ...options,
        headers: { "user-agent": `${marker} agent`, ...options.headers },
      });
    // What happens before there is an account is nobody's: its events keep the agent.
    const agent = { headers: { "user-agent": "somebody" } };
    assert.equal((await call("/web/register/", { json: person, ...agent })).status, 200);
    const code = await codeFor(server, person.email);
    const verified = await call("/verify/", { json: { email: person.email, code } });
    assert.equal(verified.status, 201, verified.text);
    const { token, user } = dataIn(verified);
    const id = String(Object(user).id) as AccountId;
    const profile = {
      phone: marker.endsWith("one") ? "+4915123456789" : "+4915987654321",
      avatar_url: `https://img.example.org/${marker}.png`,
      birth_date: marker.endsWith("one") ? "1815-12-10" : "1815-12-11",
    };
    const headers = { authorization: `Token ${String(token)}` };
    const changed = await call("/profile/update/", { method: "PATCH", json: profile, headers });
    assert.equal(changed.status, 200, changed.text);
    assert.equal((await call("/login/", { json: person })).status, 200);
    assert.equal((await call("/login/", { json: { ...person, password: "wrong" } })).status, 400);

    const { stores } = node;
    const now = node.clock.now();
    const secret = () => systemRandom.token(256);
    const expiresAt = now + 600_000;
    await stores.guests.insert({ accountId: id, secretHash: secret(), seenAt: now - 1 });
    await stores.links.replace(givenLink(id, { createdAt: now - 2, expiresAt }));
    await stores.codes.replace(
      givenCode({ accountId: id, purpose: "recovery", codeHash: secret(), createdAt: now - 3, expiresAt }),
    );
    await stores.handoffs.insert(
      givenHandoff({
        accountId: id,
        redirectUri: `com.example.${marker}:/in`,
        clientState: `${marker} state`,
        codeChallenge: secret(),
        provider: { name: `${marker}-provider`, stateHash: secret(), sealed: `sealed ${marker}` },
        createdAt: now - 4,
        expiresAt,
        boundAt: now - 5,
        usedAt: now - 6,
        sessionId: keySessionId(node.fingerprint(String(token))),
      }),
    );
    for (const [mount, over] of [
      ["account", {}],
      [
        "jwt",
        { guestId: id, email: { displayValue: `${marker}@example.net`, normalizedValue: `${marker}@example.net` } },
      ],
    ] as const)
      await stores.pendingRegistrations.replace(
        givenPending(person.email, {
          mount,
          fullname: `${marker} Byron`,
          username: { displayValue: `${marker}-name`, normalizedValue: `${marker}-name` },
          passwordHash: secret(),
          linkHash: secret(),
          sentDigest: secret(),
          isDecoy: mount === "account",
          createdAt: now - 7,
          expiresAt,
          ...over,
        }),
      );
    await stores.outbox.append(givenMessage({ to: person.email, accountId: id }));
    await stores.pendingSessions.insert(
      givenSignIn({
        accountId: id,
        memory: { ...givenSignIn().memory, proven: ["password"] },
        failures: 3,
        createdAt: now - 9,
        expiresAt,
        endedAt: now - 10,
      }),
    );
    await stores.disclaimers.accept({
      accountId: id,
      code: `${marker}-terms`,
      version: `${marker} version`,
      language: "ru",
      acceptedAt: now - 11,
      requestId: `req_${marker}_accepted`,
    });
    await stores.entries.insert(
      givenEntry(id, { client: `${marker} programme`, data: { subject: `${marker} subject` }, createdAt: now - 12 }),
    );
    await stores.factors.setSecondFactor(id, true, now - 13);
    await stores.factors.replaceBackupCodes(id, [{ slot: `${marker.slice(-3)}-slot`, hash: secret() }], now - 14);
    await stores.factors.setMemorableWords(id, [`${marker}-word`], now - 15);
    await stores.factors.setControlQuestion(id, { question: `${marker}?`, answerHash: secret() }, now - 16);
    await stores.factors.pinPositions(id, [21, 22, 23], { at: now - 17, drawnBefore: 0 });
    for (const subject of [`memorable ${id}`, `any ${id} 20000`])
      await stores.attempts.take(subject, { limit: 9, restIn: 1, disabledAt: 100 }, now - 18);
    await node.database.forRealm(defaultRealm).failures.append([
      givenFailure(`req_${marker}`, {
        accountId: id,
        at: now - 8,
        expiresAt,
        details: JSON.stringify({ at: marker }),
        node: `${marker} node`,
      }),
    ]);
    return { ...person, id, marker };
  };

  /** The rows about somebody, by table: those that name his id or, of registrations, his address. */
  const rowsAbout = async ({ id, email }: Planted): Promise<ReadonlyMap<string, readonly Row[]>> => {
    const tables = await readEveryTable(database.url);
    const isAbout = (row: Row) =>
      Object.values(row).some((value) => String(value).includes(id)) || row["normalized_email"] === email;
    return new Map([...tables].map(([name, rows]) => [name, rows.filter(isAbout)]));
  };

  it("has every column of every row about somebody, and no secret", async () => {
    const about = await rowsAbout(one);
    const text = (await operator.run("export", "user", one.email, "--json")).stdout;
    const told = new Set(valuesIn(JSON.parse(text)));
    const tables = [...about].filter(([, rows]) => rows.length > 0).map(([name]) => name);
    assert.deepEqual(tables.toSorted(), [
      "account",
      "account_link",
      "attempt_budget",
      "audit_event",
      "backup_code",
      "control_question",
      "disclaimer_acceptance",
      "entry",
      "failure_record",
      "guest",
      "handoff",
      "identifier",
      "known_device",
      "memorable_challenge",
      "memorable_word",
      "message",
      "one_time_code",
      "password",
      "pending_registration",
      "pending_session",
      "profile",
      "second_factor",
      "session",
    ]);
    for (const [table, rows] of about)
      for (const row of rows)
        for (const [column, value] of Object.entries(row)) {
          const place = `${table}.${column}`;
          if (value === null || value === "" || implied.has(column) || implied.has(place)) continue;
          if (withheld.has(place)) {
            // An address that is written in small letters is its own normal form.
            if (!place.includes(".normalized_")) assert.ok(!text.includes(asText(value)), `${place} is told`);
          } else assert.ok(isTold(told, value), `${place} is not told: ${asText(value)}`);
        }
  });

  it("has nothing of a memorable word, and what its owner wrote as his question", async () => {
    const text = (await operator.run("export", "user", one.id, "--json")).stdout;
    assert.ok(!text.includes(`${one.marker}-word`));
    const told = await operator.ask(0, "export", "user", one.id);
    assert.equal(told.at("factors", "controlQuestion", "question"), `${one.marker}?`);
    assert.deepEqual(told.at("pendingSessions", 0, "memory", "proven"), ["password"]);
  });

  it("has nothing of another", async () => {
    const text = (await operator.run("export", "user", one.id)).stdout;
    assert.ok(!text.includes(other.marker) && !text.includes(other.id), text);
    const [mine, others] = [await rowsAbout(one), await rowsAbout(other)];
    for (const [table, rows] of others) {
      const own = JSON.stringify(mine.get(table));
      for (const value of rows.flatMap((row) => Object.values(row)).map(String))
        if (value.length > 11 && !own.includes(value)) assert.ok(!text.includes(value), `${value} of ${table}`);
    }
  });

  it("is indented for people, and audited", async () => {
    const ran = await operator.run("export", "user", one.email);
    assert.equal(ran.code, 0);
    assert.match(ran.stdout, /^\{\n {2}"exportedAt": "/);
    const events = await operator.ask(0, "audit", "--account", one.id, "--kind", "account-exported");
    assert.equal(events.at("events", 0, "mount"), "cli");
  });

  it("tells of a deleted account until it is purged, and then nothing is left but the audit trail", async () => {
    const live = await operator.ask(0, "export", "user", one.id);
    await operator.ask(0, "user", "delete", one.id, "--reason", `${one.marker} asked`);
    const deleted = await operator.ask(0, "export", "user", one.email);
    assert.equal(deleted.at("account", "statusReason"), `${one.marker} asked`);
    for (const part of ["identifiers", "sessions", "knownDevices", "handoffs", "messages", "failureRecords"])
      assert.equal(deleted.list(part).length, live.list(part).length, part);

    // What waits for the address is a stranger's, and over within a day; nothing of it is the account's.
    await node.stores.pendingRegistrations.removeAll(one.email);
    await operator.ask(0, "user", "purge", one.id, "--yes");
    const personal = [one.marker, one.email, "4915123456789", "1815-12-10"];
    for (const [table, rows] of await readEveryTable(database.url))
      for (const row of rows)
        for (const [column, value] of Object.entries(row)) {
          const text = String(value).toLowerCase();
          for (const one of personal) assert.ok(!text.includes(one), `${table}.${column} still has ${one}`);
          assert.ok(!text.includes(String(live.at("account", "id"))) || table === "audit_event", `${table}.${column}`);
        }
    const events = await operator.ask(0, "audit", "--account", one.id);
    assert.equal(events.at("events", 0, "kind"), "account-purged");
    assert.match((await operator.run("export", "user", one.id)).stderr, /no account is known as/);
    assert.equal((await operator.ask(0, "export", "user", other.email)).at("account", "id"), other.id);
  });
});

/** Every text and number in a JSON value. */
function valuesIn(value: unknown): readonly (string | number)[] {
  if (typeof value === "string" || typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(valuesIn) : [];
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

function isTold(told: ReadonlySet<string | number>, value: unknown): boolean {
  const text = asText(value);
  // 0 and 1 stand for false and true as well.
  if (/^[01]$/.test(text)) return true;
  if (/^1[5-9]\d{11}$/.test(text)) return told.has(new Date(Number(text)).toISOString());
  if (/^\d+$/.test(text)) return told.has(Number(text)) || told.has(text);
  // The details of an audit event are told as an object.
  if (/^\{.*\}$/.test(text) && !told.has(text)) return valuesIn(JSON.parse(text)).every((part) => told.has(part));
  return told.has(text);
}
