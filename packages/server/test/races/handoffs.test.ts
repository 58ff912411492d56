import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { rounds } from "../engines/rounds.js";
import { givenPerson } from "../given.js";
import { openBrowser } from "../identity-providers/browser.js";
import {
  appUri,
  cancelOn,
  givenToApp,
  signInOn,
  type Started,
  tempTokenIn,
} from "../identity-providers/handoff-page.js";
import { codeFor } from "../server/inbox.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import type { RunningServer } from "../server/start-server.js";
import { countMessages, countStatuses } from "../server/tally.js";

describeOnEveryEngine("hand-offs at once", (engine) => {
  let database: FreshDatabase;
  let servers: readonly RunningServer[];
  before(async () => {
    database = await engine.freshDatabase();
    servers = await startNodes(database.url, nodesFor(engine), {
      config: { mounts: [{ contract: "account", handoff: { redirectUris: [appUri] } }] },
    });
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
  const post = (at: number, path: string, json: unknown) =>
    request(`${serverAt(at).origin("/account")}${path}`, { json, address: nextAddress() });
  const member = async () => {
    const person = givenPerson();
    assert.equal((await post(0, "/web/register/", person)).status, 200);
    const code = await codeFor(serverAt(0), person.email);
    assert.equal((await post(0, "/verify/", { email: person.email, code })).status, 201);
    return person;
  };
  const start = async (at: number): Promise<Started> => {
    const browser = openBrowser();
    const visit = await browser.get(`${serverAt(at).origin("/account")}/mobile/login/?redirect_uri=${appUri}`);
    return { ...visit, browser };
  };
  const exchanges = (token: string): Promise<readonly Response[]> =>
    Promise.all(Array.from({ length: 32 }, (_, at) => post(at, "/exchange-token/", { temp_token: token })));
  const keyIn = ({ json }: Response) => (json as { readonly data: { readonly token: string } }).data.token;
  const profile = (at: number, key: string) =>
    request(`${serverAt(at).origin("/account")}/profile/update/`, { headers: { authorization: `Token ${key}` } });

  it("one of 32 exchanges gets a key, and since the token was in 32 hands, the key is good nowhere", async () => {
    const person = await member();
    for (let round = 0; round < rounds(); round += 1) {
      const token = tempTokenIn(await signInOn(await start(round), person));
      const answers = await exchanges(token);
      assert.deepEqual(countMessages(answers), { "200 Logged in.": 1, "404 توکن نامعتبر یا منقضی شده است": 31 });
      const winner = answers.find(({ status }) => status === 200);
      assert.ok(winner);
      for (const [at] of servers.entries()) assert.equal((await profile(at, keyIn(winner))).status, 401);
    }
    const open = await readRows(
      database.url,
      "select count(*) as sessions from session where ended_at is null and session_id in (select session_id from handoff)",
    );
    assert.equal(Number(open[0]?.["sessions"]), 0);
  });

  it("32 exchanges of a token that nobody is bound to all say so", async () => {
    const { temp_token: token = "" } = givenToApp(await cancelOn(await start(0)));
    assert.deepEqual(countStatuses(await exchanges(token)), { 400: 32 });
  });

  it("a hand-off is bound once, by one of two people who sign in for it in one browser at once", async () => {
    const people = [await member(), await member()];
    for (let round = 0; round < rounds(); round += 1) {
      const page = await start(round);
      const visits = await Promise.all(people.map((person) => signInOn(page, person)));
      assert.equal(visits.filter(({ isAtApp }) => isAtApp).length, 1);
      const winner = visits.findIndex(({ isAtApp }) => isAtApp);
      const answer = await post(round, "/exchange-token/", { temp_token: tempTokenIn(visits[winner] ?? page) });
      const { data } = answer.json as { readonly data: { readonly user: { readonly email: string } } };
      assert.equal(data.user.email, people[winner]?.email);
    }
  });

  it("an exchange and a deletion leave no live session", async () => {
    for (let round = 0; round < rounds(); round += 1) {
      const person = await member();
      const login = await post(round, "/login/", person);
      const token = tempTokenIn(await signInOn(await start(round), person));
      const [deleted, exchanged] = await Promise.all([
        request(`${serverAt(round).origin("/account")}/profile/delete/`, {
          method: "DELETE",
          headers: { authorization: `Token ${keyIn(login)}` },
          address: nextAddress(),
        }),
        post(round + 1, "/exchange-token/", { temp_token: token }),
      ]);
      assert.equal(deleted.status, 200, deleted.text);
      if (exchanged.status === 200) assert.equal((await profile(round, keyIn(exchanged))).status, 401);
      else assert.equal(exchanged.status, 404, exchanged.text);
    }
  });
});
