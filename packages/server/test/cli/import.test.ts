import assert from "node:assert/strict";
import { createHash, pbkdf2Sync, randomBytes, scryptSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { hash as argon2 } from "@node-rs/argon2";
import { hash as bcrypt } from "@node-rs/bcrypt";
import { countRows } from "../engines/read-rows.js";
import { describeOnEveryEngine } from "../engines/engines.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { type JwtCalls, jwtCalls, newPerson, signedIn } from "../server/jwt-calls.js";
import { request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

const sha1Of = (): string => randomBytes(20).toString("hex").toUpperCase();
const salt = "c2FsdHNhbHQ";

/** How other systems keep a password. */
const legacyHashes: Readonly<Record<string, (password: string) => string | Promise<string>>> = {
  argon2id: (password) => argon2(password, { memoryCost: 8192, timeCost: 1, parallelism: 1 }),
  bcrypt: (password) => bcrypt(password, 5),
  "bcrypt of PHP": async (password) => (await bcrypt(password, 5)).replace(/^\$2b\$/, "$2y$"),
  "Django pbkdf2_sha256": (password) =>
    `pbkdf2_sha256$1000$${salt}$${pbkdf2Sync(password, salt, 1000, 32, "sha256").toString("base64")}`,
  "Django scrypt": (password) =>
    `scrypt$1024$${salt}$8$1$${scryptSync(password, salt, 64, { N: 1024, r: 8, p: 1 }).toString("base64")}`,
  "PHC scrypt": (password) =>
    `$scrypt$ln=10,r=8,p=1$${salt}$${scryptSync(password, Buffer.from(salt, "base64"), 32, { N: 1024, r: 8, p: 1 }).toString("base64")}`,
};

interface Hostile {
  readonly when: string;
  readonly line: string | Uint8Array;
  readonly says: RegExp;
}
const planted = "PlantedSecretDigest";
/** Addresses that nobody vouches for work where the tests sign in. */
const onJwt = ["import", "--mount", "jwt"] as const;
const withHash = (hash: string): string => JSON.stringify({ email: "x@example.org", password_hash: hash });
const hostile: readonly Hostile[] = [
  { when: "it is not JSON", line: "{email", says: /is not JSON/ },
  { when: "it is no object", line: '["a@example.org"]', says: /is no JSON object/ },
  { when: "it is null", line: "null", says: /is no JSON object/ },
  { when: "it is not UTF-8", line: Buffer.from([0x22, 0xff, 0xfe, 0x22]), says: /is not UTF-8/ },
  { when: "it is too long", line: `{"email":"${"a".repeat(70_000)}@example.org"}`, says: /is longer than 65536 bytes/ },
  { when: "the e-mail is missing", line: '{"username":"x"}', says: /"email" is needed/ },
  { when: "the e-mail is none", line: '{"email":"x@localhost"}', says: /"email" is no e-mail address/ },
  { when: "the e-mail is a list", line: '{"email":["x@example.org"]}', says: /"email" is needed, as a string/ },
  {
    when: "a field is unknown",
    line: '{"email":"x@example.org","password":"x"}',
    says: /has an unknown field; known: email/,
  },
  {
    when: "a field is every object's",
    line: '{"email":"x@example.org","__proto__":{"is_admin":true}}',
    says: /unknown field/,
  },
  {
    when: "a field stands twice",
    line: '{"email":"x@example.org","email":"y@example.org"}',
    says: /has a field twice/,
  },
  {
    when: "a field stands twice, escaped",
    line: '{"email":"x@example.org","\\u0065mail":"y@example.org"}',
    says: /has a field twice/,
  },
  {
    when: "email_verified is a text",
    line: '{"email":"x@example.org","email_verified":"true"}',
    says: /"email_verified" is neither/,
  },
  { when: "the username is a number", line: '{"email":"x@example.org","username":7}', says: /"username" is no string/ },
  {
    when: "the username is invisible",
    line: '{"email":"x@example.org","username":"a\\u202eb"}',
    says: /"username" is empty, too long or/,
  },
  { when: "the language is a number", line: '{"email":"x@example.org","language":7}', says: /"language" is no string/ },
  {
    when: "created_at is a day",
    line: '{"email":"x@example.org","created_at":"2020-01-31"}',
    says: /"created_at" is no RFC 3339/,
  },
  {
    when: "created_at is a 30 February",
    line: '{"email":"x@example.org","created_at":"2020-02-30T00:00:00Z"}',
    says: /"created_at" is no RFC 3339/,
  },
  {
    when: "created_at is in the future",
    line: '{"email":"x@example.org","created_at":"2999-01-01T00:00:00Z"}',
    says: /"created_at" is in the future/,
  },
  {
    when: "the hash is of no known kind",
    line: withHash(`md5$${planted}`),
    says: /"password_hash" is of no kind that is known/,
  },
  { when: "the hash is a password", line: withHash(planted), says: /"password_hash" is of no kind that is known/ },
  { when: "the hash is empty", line: withHash(""), says: /"password_hash" is of no kind/ },
  {
    when: "Argon2id would take 4 GiB",
    line: withHash(`$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ$${planted}aaaaaaaaaaaaaaaaaaaaaaaa`),
    says: /"password_hash" asks for more than \d+ KiB of memory/,
  },
  {
    when: "bcrypt would take years",
    line: withHash(`$2b$31$${"a".repeat(53)}`),
    says: /"password_hash" has a cost above \d+/,
  },
  {
    when: "PBKDF2 would take minutes",
    line: withHash(`pbkdf2_sha256$2000000000$salt$${"a".repeat(43)}=`),
    says: /"password_hash" asks for more than \d+ iterations/,
  },
  {
    when: "scrypt would take 1 TiB",
    line: withHash(`scrypt$1073741824$salt$8$1$${"a".repeat(64)}`),
    says: /"password_hash" asks for more than/,
  },
  {
    when: "the hash is peppered under a secret that is not ours",
    line: withHash(`$trilithon-argon2id$k=deadbeef$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2Fs$${"a".repeat(43)}`),
    says: /"password_hash" was made under another SECRET_KEY/,
  },
];

describe("import", () => {
  let server: RunningServer;
  let calls: JwtCalls;
  let operator: Operator;
  let folder: string;
  let databaseUrl: string;
  let files = 0;
  const write = (...lines: readonly (string | Uint8Array)[]): string => {
    files += 1;
    const file = join(folder, `accounts-${files}.jsonl`);
    writeFileSync(file, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])));
    return file;
  };
  before(async () => {
    folder = makeTemporaryFolder("import");
    server = await startServer();
    databaseUrl = `sqlite:${server.dataDir}/trilithon.db`;
    calls = jwtCalls(server.origin("/auth"));
    operator = operatorOf(server);
  });
  after(async () => {
    await server.stop();
    removeTemporaryFolder(folder);
  });

  it("brings every kind of hash, with which its owner signs in, now and after the upgrade", async () => {
    const people = await Promise.all(
      Object.entries(legacyHashes).map(async ([kind, hash]) => {
        const person = newPerson();
        return { kind, person, hash: await hash(person.password) };
      }),
    );
    const file = write(
      ...people.map(({ person: { email, username }, hash }) =>
        JSON.stringify({ email, username, password_hash: hash }),
      ),
    );
    assert.deepEqual((await operator.ask(0, ...onJwt, file)).value, {
      imported: people.length,
      skipped: 0,
      refused: 0,
      isDryRun: false,
    });
    for (const { kind, person } of people) {
      assert.equal((await calls.login({ ...person, password: `${person.password}x` })).status, 401, kind);
      assert.equal((await calls.login(person)).status, 200, kind);
      assert.equal((await calls.login(person)).status, 200, `${kind}, upgraded`);
    }
    assert.equal(await countRows(databaseUrl, "password", "hash not like '$trilithon-argon2id$%'"), 0);
  });

  it("keeps what a line says", async () => {
    const person = newPerson();
    const line = {
      ...person,
      password: undefined,
      email_verified: true,
      language: "ru",
      created_at: "2020-01-31T12:00:00.5+03:30",
    };
    await operator.ask(
      0,
      ...onJwt,
      write("", JSON.stringify(line), "  \r", '{"email":"null@example.org","username":null,"password_hash":null}'),
    );
    const shown = await operator.ask(0, "user", "show", person.email);
    assert.deepEqual(
      [shown.at("language"), shown.at("createdAt"), shown.at("passwordChangedAt")],
      ["ru", "2020-01-31T08:30:00.500Z", null],
    );
    assert.ok(
      shown
        .list("identifiers")
        .some((identifier) => identifier.at("kind") === "email" && identifier.at("provenAt") !== null),
    );
  });

  it("passes over what is there, and says who holds what a line wants", async () => {
    const [one, two, free] = [newPerson(), newPerson(), newPerson()];
    const lineOf = (email: string, username?: string) => JSON.stringify({ email, username });
    const file = write(
      lineOf(one.email, one.username),
      lineOf(two.email, two.username),
      lineOf(two.email, two.username),
    );
    assert.deepEqual((await operator.ask(0, ...onJwt, file)).value, {
      imported: 2,
      skipped: 1,
      refused: 0,
      isDryRun: false,
    });
    assert.deepEqual((await operator.ask(0, ...onJwt, file)).value, {
      imported: 0,
      skipped: 3,
      refused: 0,
      isDryRun: false,
    });
    const owner = (await operator.ask(0, "user", "show", one.email)).text("accountId");
    for (const option of [[], ["--dry-run"]]) {
      const ran = await operator.run(
        ...onJwt,
        write(lineOf(free.email, one.username), lineOf(one.email, free.username), lineOf(one.email)),
        ...option,
      );
      assert.match(
        ran.stdout,
        new RegExp(
          `^line 1: "username" is taken by account ${owner}\nline 2: "email" is taken by account ${owner}, which has another username\n`,
        ),
      );
      assert.match(ran.stdout, /0 accounts; passed over 1 line .*; refused 2 lines\.\n$/);
      assert.equal(ran.code, 1);
    }
  });

  it("writes nothing in a dry run", async () => {
    const before = await countRows(databaseUrl, "account");
    const file = write(JSON.stringify({ email: newPerson().email }), "nonsense");
    const ran = await operator.run(...onJwt, file, "--dry-run");
    assert.match(ran.stdout, /^line 2: is not JSON\nWould import 1 account; /);
    assert.equal(ran.code, 1);
    assert.equal(await countRows(databaseUrl, "account"), before);
  });

  it("refuses hostile lines, each by its number, and imports the rest", async () => {
    const last = newPerson();
    const before = await countRows(databaseUrl, "account");
    const file = write(...hostile.map(({ line }) => line), JSON.stringify({ email: last.email }));
    const ran = await operator.run(...onJwt, file);
    assert.equal(ran.code, 1);
    const lines = ran.stdout.trimEnd().split("\n");
    for (const [at, { when, says }] of hostile.entries()) {
      assert.ok(lines[at]?.startsWith(`line ${at + 1}: `), `${when}: ${lines[at]}`);
      assert.match(lines[at] ?? "", says, when);
    }
    assert.match(lines.at(-1) ?? "", new RegExp(`^Imported 1 account; .*refused ${hostile.length} lines\\.$`));
    assert.doesNotMatch(ran.stdout + ran.stderr, new RegExp(planted));
    assert.equal(await countRows(databaseUrl, "account"), before + 1);
    const told = await operator.run(...onJwt, file, "--json");
    const json = told.stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    assert.deepEqual(json.at(0), { line: 1, refused: "is not JSON" });
    assert.deepEqual(json.at(-1), { imported: 0, skipped: 1, refused: hostile.length, isDryRun: false });
  });

  it("needs a mount to be named for addresses that nobody vouches for, where there are several", async () => {
    const [proven, unproven] = [newPerson(), newPerson()];
    const file = write(
      JSON.stringify({ email: proven.email, email_verified: true }),
      JSON.stringify({ email: unproven.email }),
    );
    const ran = await operator.run("import", file);
    assert.deepEqual([ran.code, ran.stderr], [1, ""]);
    assert.equal(
      ran.stdout,
      'line 2: "email_verified" is not true: name the one mount where it works with --mount: jwt, account\n' +
        "Imported 1 account; passed over 0 lines whose account is there already; refused 1 line.\n",
    );
    assert.match(
      (await operator.ask(2, "import", file, "--mount", "three")).text("refused", "messages", 0),
      /no mount is called "three": jwt, account/,
    );
    const told = await operator.ask(0, "import", file, "--mount", "account");
    assert.deepEqual([told.at("imported"), told.at("skipped")], [1, 1]);
    const mounts = await Promise.all([proven, unproven].map(({ email }) => operator.ask(0, "user", "show", email)));
    assert.deepEqual(
      mounts.map((shown) => shown.at("identifiers", 0, "mount")),
      ["cli", "account"],
    );
  });

  it("brings a list of breached passwords, which the next start reads", async () => {
    const password = `Breached-${sha1Of()}-pw1`;
    const hash = createHash("sha1").update(password).digest("hex").toUpperCase();
    const file = join(folder, "hibp.txt");
    writeFileSync(file, `${[sha1Of(), hash, sha1Of()].toSorted().join(":3\n")}:3\n`);
    const dataDir = makeTemporaryFolder("data");
    const own = operatorOf({ dataDir, url: server.url });
    assert.equal((await own.ask(0, "passwords", "import", file)).at("imported"), 3);
    const strict = await startServer({ dataDir });
    const answer = await jwtCalls(strict.origin("/auth")).register({ ...newPerson(), password });
    assert.deepEqual([answer.status, answer.text], [400, '{"message":"Password does not meet security requirements"}']);
    await strict.stop();
    writeFileSync(file, "no hash at all\n");
    assert.match(
      (await own.ask(1, "passwords", "import", file)).text("refused", "messages", 0),
      /line 1 is not 40 hexadecimal digits/,
    );
    removeTemporaryFolder(dataDir);
  });
});

describeOnEveryEngine("two imports of one file at once", (engine) => {
  it("bring each account once, beside a running server that answers meanwhile", async (test) => {
    const database = await engine.freshDatabase();
    const folder = makeTemporaryFolder("import");
    const server = await startServer({ databaseUrl: database.url });
    // Also where it fails: a server that is left over would keep the file from ending.
    test.after(async () => {
      await server.stop();
      await database.drop();
      removeTemporaryFolder(folder);
    });
    const calls = jwtCalls(server.origin("/auth"));
    const person = await signedIn(calls);
    const size = 300;
    const file = join(folder, "accounts.jsonl");
    const lines = Array.from({ length: size }, (_, at) =>
      JSON.stringify({ email: `p${at}@example.org`, username: `p${at}`, email_verified: at % 2 === 0 }),
    );
    writeFileSync(file, `${lines.join("\n")}\n`);
    const operator = operatorOf(server, { DATABASE_URL: database.url });
    const startedAt = performance.now();
    let isDone = false;
    const imports = Promise.all([operator.ask(0, ...onJwt, file), operator.ask(0, ...onJwt, file)]).finally(() => {
      isDone = true;
    });
    let answered = 0;
    while (!isDone) {
      assert.equal((await calls.me(person.access)).status, 200);
      answered += 1;
    }
    const told = await imports;
    test.diagnostic(
      `${engine.name}: ${size} lines twice in ${Math.round(performance.now() - startedAt)} ms, ${answered} answers meanwhile`,
    );
    const sum = (name: string): number => told.reduce((total, one) => total + Number(one.at(name)), 0);
    assert.deepEqual([sum("imported"), sum("skipped"), sum("refused")], [size, size, 0]);
    assert.equal(await countRows(database.url, "account"), size + 1);
    assert.equal(await countRows(database.url, "identifier"), 2 * size + 2);
    assert.equal((await request(`${server.url}/readyz`)).status, 200);
  });
});
