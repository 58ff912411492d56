import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { countRows, readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { jwtCalls, newPassword, newPerson, type Person, textIn, tokensOf } from "../server/jwt-calls.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import type { RunningServer } from "../server/start-server.js";
import { countMessages } from "../server/tally.js";

const crowd = 32;

interface Race {
  readonly when: string;
  readonly people: () => readonly Person[];
  readonly refusal: string;
}
const races: readonly Race[] = [
  { when: "want one user name", people: peopleNamed((_at, name) => name), refusal: "User name already exists" },
  {
    when: "want one user name in different letters",
    people: peopleNamed((at, name) => (at % 2 === 0 ? name.toUpperCase() : ` ${name} `)),
    refusal: "User name already exists",
  },
  { when: "want one e-mail", people: peopleAt((_at, email) => email), refusal: "Email already exists" },
  {
    when: "want one e-mail in different letters",
    people: peopleAt((at, email) => (at % 2 === 0 ? email.toUpperCase() : ` ${email}`)),
    refusal: "Email already exists",
  },
];

describeOnEveryEngine("registrations at once", (engine) => {
  let database: FreshDatabase;
  let servers: readonly RunningServer[];
  before(async () => {
    database = await engine.freshDatabase();
    servers = await startNodes(database.url, nodesFor(engine));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });
  const callsAt = (at: number) => jwtCalls(servers[at % servers.length]?.origin("/auth") ?? "");
  const registerAll = (people: readonly Person[]) =>
    Promise.all(people.map((person, at) => callsAt(at).register(person)));

  for (const { when, people, refusal } of races) {
    it(`let one of ${crowd} pass who ${when}`, async () => {
      for (let round = 0; round < rounds(); round += 1) {
        const crowdOf = people();
        const accounts = await countRows(database.url, "account");
        const answers = await registerAll(crowdOf);
        assert.deepEqual(countMessages(answers), { "201 User created successfully": 1, [`400 ${refusal}`]: crowd - 1 });
        assert.equal(await countRows(database.url, "account"), accounts + 1);
        const winner = crowdOf[answers.findIndex(({ status }) => status === 201)];
        assert.ok(winner);
        await assertOwner(callsAt(round), winner);
      }
    });
  }

  it("give each name and each e-mail exactly one owner when they want them crosswise", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const [one, other] = [newPerson(), newPerson()];
      const pairs = [
        { username: one.username, email: one.email },
        { username: one.username, email: other.email },
        { username: other.username, email: one.email },
        { username: other.username, email: other.email },
      ];
      const people = Array.from({ length: crowd / pairs.length }, () =>
        pairs.map((pair) => ({ ...pair, password: newPassword() })),
      ).flat();
      const accounts = await countRows(database.url, "account");
      const answers = await registerAll(people);
      const told = countMessages(answers);
      const taken = (told["400 User name already exists"] ?? 0) + (told["400 Email already exists"] ?? 0);
      assert.deepEqual([told["201 User created successfully"], taken], [2, crowd - 2], JSON.stringify(told));
      const winners = people.filter((_person, at) => answers[at]?.status === 201);
      assert.deepEqual(winners.map(({ username }) => username).toSorted(), [one.username, other.username].toSorted());
      assert.deepEqual(winners.map(({ email }) => email).toSorted(), [one.email, other.email].toSorted());
      for (const winner of winners) {
        await assertOwner(callsAt(round), winner);
      }
      assert.equal(await countRows(database.url, "account"), accounts + 2);
      const values = [one.username, one.email, other.username, other.email];
      const rows = await readRows(
        database.url,
        `select normalized_value, count(*) as n from identifier where normalized_value in (${values.map((value) => `'${value}'`).join(", ")}) group by normalized_value`,
      );
      assert.deepEqual(
        Object.fromEntries(rows.map((row) => [row["normalized_value"], Number(row["n"])])),
        Object.fromEntries(values.map((value) => [value, 1])),
      );
    }
  });
});

/** A crowd that wants one name, each in the form that `form` gives it. */
function peopleNamed(form: (at: number, name: string) => string): () => readonly Person[] {
  return () => {
    const { username } = newPerson();
    return Array.from({ length: crowd }, (_, at) => ({ ...newPerson(), username: form(at, username) }));
  };
}

function peopleAt(form: (at: number, email: string) => string): () => readonly Person[] {
  return () => {
    const { email } = newPerson();
    return Array.from({ length: crowd }, (_, at) => ({ ...newPerson(), email: form(at, email) }));
  };
}

/** He signs in with his own password, and the account is his in name and e-mail. */
async function assertOwner(calls: ReturnType<typeof jwtCalls>, person: Person): Promise<void> {
  const { access } = await tokensOf(calls.login(person));
  const me = await calls.me(access);
  assert.deepEqual(
    [textIn(me, "username").toLowerCase(), textIn(me, "email").toLowerCase()],
    [person.username.trim().toLowerCase(), person.email.trim().toLowerCase()],
  );
}
