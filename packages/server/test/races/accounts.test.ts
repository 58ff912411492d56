import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { countRows, readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { type GivenPerson, givenPassword, givenPerson } from "../given.js";
import { otherThan } from "../server/account-commands.js";
import { codeFor, lettersTo } from "../server/inbox.js";
import { testSecrets } from "../server/open-node.js";
import { nextAddress, request, type RequestOptions, type Response } from "../server/request.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import type { RunningServer } from "../server/start-server.js";
import { countStatuses } from "../server/tally.js";

const crowd = 32;

// Over HTTP, and on two servers where the engine lets two serve one database.
describeOnEveryEngine("accounts at once", (engine) => {
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
  const serverAt = (at: number): RunningServer => {
    const server = servers[at % servers.length];
    assert.ok(server);
    return server;
  };
  const ask = (at: number, path: string, options: RequestOptions & { readonly key?: string } = {}) => {
    const { key, ...sent } = options;
    const headers = key === undefined ? {} : { headers: { authorization: `Token ${key}` } };
    return request(`${serverAt(at).origin("/account")}${path}`, { address: nextAddress(), ...headers, ...sent });
  };
  const together = (many: number, act: (at: number) => Promise<Response>): Promise<readonly Response[]> =>
    Promise.all(Array.from({ length: many }, (_, at) => act(at)));
  const dataIn = ({ json, text }: Response): Readonly<Record<string, unknown>> => {
    assert.ok(typeof json === "object" && json !== null && "data" in json, text);
    return json.data as Readonly<Record<string, unknown>>;
  };
  const keyIn = (answer: Response): string => String(dataIn(answer)["token"]);
  const userIn = (answer: Response) => dataIn(answer)["user"] as Readonly<Record<string, unknown>>;
  const winnerOf = (answers: readonly Response[], status: number): Response => {
    const winner = answers.find((answer) => answer.status === status);
    assert.ok(winner);
    return winner;
  };
  /** A registration whose code has been mailed. */
  const waiting = async (key?: string): Promise<{ readonly person: GivenPerson; readonly code: string }> => {
    const person = givenPerson();
    const answer = await ask(0, "/web/register/", { json: person, ...(key === undefined ? {} : { key }) });
    assert.equal(answer.status, 200, answer.text);
    return { person, code: await codeFor(serverAt(0), person.email) };
  };
  const verify = (at: number, email: string, code: string) => ask(at, "/verify/", { json: { email, code } });
  const member = async () => {
    const { person, code } = await waiting();
    const answer = await verify(0, person.email, code);
    assert.equal(answer.status, 201, answer.text);
    return { person, key: keyIn(answer), user: userIn(answer) };
  };
  const profile = (at: number, key: string) => ask(at, "/profile/update/", { key });
  /** As if a minute had passed since the last letter to the address. */
  const restAddress = (email: string) => {
    const subject = testSecrets().digest("sending-subject", email);
    return readRows(database.url, `update sending_budget set last_at = last_at - 60000 where subject = '${subject}'`);
  };

  it(`one of ${crowd} right codes makes the account`, async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { person, code } = await waiting();
      const accounts = await countRows(database.url, "account");
      const answers = await together(crowd, (at) => verify(at, person.email, code));
      assert.deepEqual(countStatuses(answers), { 201: 1, 400: crowd - 1 });
      assert.equal(await countRows(database.url, "account"), accounts + 1);
      assert.equal((await profile(round, keyIn(winnerOf(answers, 201)))).status, 200);
    }
  });

  it(`of ${crowd} wrong codes none makes an account, and the right one is dead behind them`, async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { person, code } = await waiting();
      const accounts = await countRows(database.url, "account");
      const evaluated = () => countRows(database.url, "audit_event", `details like '%"wasEvaluated":true%'`);
      const before = await evaluated();
      const answers = await together(crowd, (at) => verify(at, person.email, otherThan(code)));
      assert.deepEqual(countStatuses(answers), { 400: crowd });
      assert.equal(await evaluated(), before + 5);
      assert.equal((await verify(round, person.email, code)).status, 400);
      assert.equal(await countRows(database.url, "account"), accounts);
    }
  });

  it("one address registered twice with one body is written to once", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const person = givenPerson();
      const answers = await together(2, (at) => ask(at, "/web/register/", { json: person }));
      assert.deepEqual(countStatuses(answers), { 200: 2 });
      assert.equal((await lettersTo(serverAt(0), person.email)).length, 1);
    }
  });

  it("a guest upgraded to two addresses has one, and keeps its id", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const guest = await ask(round, "/guest/", { json: { device_id: nextAddress() + String(round) } });
      assert.equal(guest.status, 201, guest.text);
      const registrations = [await waiting(keyIn(guest)), await waiting(keyIn(guest))];
      const answers = await together(2, (at) => {
        const { person, code } = registrations[at] ?? { person: givenPerson(), code: "" };
        return verify(at, person.email, code);
      });
      assert.deepEqual(countStatuses(answers), { 201: 1, 400: 1 });
      const user = userIn(winnerOf(answers, 201));
      assert.deepEqual([user["id"], user["is_guest"]], [userIn(guest)["id"], false]);
      assert.equal((await profile(round, keyIn(guest))).status, 401);
      const identifiers = await readRows(
        database.url,
        `select kind from identifier where account_id = '${String(user["id"])}'`,
      );
      assert.deepEqual(identifiers, [{ kind: "email" }]);
    }
  });

  it("one of two passwords that one recovery key sets is the new one", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { person, key } = await member();
      const { email } = person;
      await restAddress(email);
      assert.equal((await ask(round, "/forgot/", { json: { email } })).status, 200);
      const code = await codeFor(serverAt(0), email);
      const recovery = keyIn(await ask(round, "/forgot/verify/", { json: { email, code } }));
      const passwords = ["eight blue lanterns", "nine quiet harbours"];
      const answers = await together(2, (at) =>
        ask(at, "/reset/", { key: recovery, json: { password: passwords[at] } }),
      );
      assert.deepEqual(countStatuses(answers), { 200: 1, 401: 1 });
      const signIns = await Promise.all(
        [...passwords, givenPassword].map((password) => ask(round, "/login/", { json: { email, password } })),
      );
      assert.deepEqual(
        signIns.map(({ status }) => status),
        [...answers.map(({ status }) => (status === 200 ? 200 : 400)), 400],
      );
      assert.equal((await profile(round, key)).status, 401);
    }
  });

  it(`one of ${crowd} deletions is made`, async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const { person, key, user } = await member();
      const answers = await together(crowd, (at) => ask(at, "/profile/delete/", { method: "DELETE", key }));
      const { 200: made, 401: late = 0, 404: lost = 0, ...unexpected } = countStatuses(answers);
      assert.deepEqual([made, late + lost, unexpected], [1, crowd - 1, {}]);
      for (const [at] of servers.entries()) assert.equal((await profile(at, key)).status, 401);
      await restAddress(person.email);
      const again = await ask(round, "/web/register/", { json: person });
      assert.equal(again.status, 200, again.text);
      const code = await codeFor(serverAt(0), person.email);
      assert.notEqual(userIn(await verify(round, person.email, code))["id"], user["id"]);
    }
  });
});
