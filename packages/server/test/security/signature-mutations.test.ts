import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { realmOperator } from "../server/client-key.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { type Scheme, schemes, signed } from "../server/signing.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import type { RunningServer } from "../server/start-server.js";
import { seeded } from "./seeded.js";
import { mutation, type Surroundings, type Wire } from "./signed-mutations.js";

const count = 2_000;
const atOnce = 8;
const policy = { scopes: ["users.read", "users.write", "personal-data"] };

describeOnEveryEngine("changed and repeated signed requests", (engine) => {
  let database: FreshDatabase;
  let servers: readonly RunningServer[];
  let around: Surroundings;
  before(async () => {
    database = await engine.freshDatabase();
    servers = await startNodes(database.url, nodesFor(engine));
    const operator = realmOperator(database.url);
    await operator.command("realm", "create", "acme");
    const [own, other] = [await operator.makeKey("acme", policy), await operator.makeKey("acme", policy)];
    const prefix = "/acme/v2";
    // The nodes have ports of their own: all are called by one name, as behind a balancer.
    around = { own, other, host: "auth.example.org", prefix, userIds: [] };
    const userIds = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const answer = await send(await genuine("POST", "/users", JSON.stringify({ login_name: `user-of-${at}` })), at);
        assert.equal(answer.status, 201, answer.text);
        // What the contract's own tests hold the answer to.
        return (answer.json as { readonly user: { readonly id: string } }).user.id;
      }),
    );
    around = { ...around, userIds };
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });

  const genuine = async (method: string, path: string, body: string, scheme: Scheme = "platform"): Promise<Wire> => {
    const { own, host, prefix } = around;
    const unsigned = { method, host, target: prefix + path, body };
    const type = body === "" ? {} : { "content-type": "application/json" };
    return { ...unsigned, headers: { ...signed(scheme, own, unsigned), host, ...type } };
  };
  const send = ({ method, target, headers, body }: Wire, at: number): Promise<Response> => {
    const server = servers[at % servers.length];
    assert.ok(server);
    // A target in absolute form goes as it is, to the node.
    const url = new URL(server.url);
    return request(url, {
      path: target,
      method,
      headers: { ...headers, connection: "close" },
      ...(body.length === 0 ? {} : { body }),
      address: nextAddress(),
    });
  };
  /** Several at a time. */
  const forEach = async <T>(all: readonly T[], act: (one: T, at: number) => Promise<void>): Promise<void> => {
    const waiting = [...all.entries()];
    const work = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await act(next[1], next[0]);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  };

  it(`${count} changed ones are all refused, on every node, and the genuine ones are good afterwards`, async (test) => {
    const seed = Number(process.env["TEST_SEED"] ?? randomInt(2 ** 31));
    test.diagnostic(`TEST_SEED=${seed}`);
    const chance = seeded(seed);
    const kinds = new Map<string, number>();
    let spared = 0;
    await forEach(
      Array.from({ length: count }, () => mutation(chance, around)),
      async ({ what, genuine: original, changed }, at) => {
        const answer = await send(changed, at);
        assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status} ${answer.text}`);
        const told = String(Object(answer.json).error_code ?? answer.status);
        kinds.set(told, (kinds.get(told) ?? 0) + 1);
        // Nothing that was refused has used up what its owner signed.
        if (at % 8 !== 0) return;
        const afterwards = await send(original, at + 1);
        assert.ok(afterwards.status < 300, `after ${what}: ${afterwards.status} ${afterwards.text}`);
        spared += 1;
      },
    );
    test.diagnostic(`${count} changed, none accepted; ${spared} genuine ones accepted after that`);
    test.diagnostic(JSON.stringify(Object.fromEntries(kinds)));
    assert.ok((kinds.get("auth.signature.invalid") ?? 0) > count / 2);
  });

  it("200 repeated ones are refused on every node, also by a server that has started anew", async (test) => {
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, at) => {
        const id = around.userIds[at % around.userIds.length] ?? "";
        return genuine("GET", `/users/${id}?n=${at}`, "", schemes[at % schemes.length]);
      }),
    );
    const refused = async (wire: Wire, at: number): Promise<void> => {
      const answer = await send(wire, at);
      assert.equal(answer.status, 401, answer.text);
      assert.equal(Object(answer.json).error_code, "auth.signature.invalid");
    };
    // Twice at the same time, on both nodes: one is taken.
    await forEach(all, async (wire, at) => {
      const statuses = (await Promise.all([send(wire, at), send(wire, at + 1)])).map(({ status }) => status);
      assert.deepEqual(
        statuses.toSorted((one, other) => one - other),
        [200, 401],
      );
    });
    await forEach(all, refused);
    await Promise.all(servers.map((server) => server.stop()));
    servers = await startNodes(database.url, nodesFor(engine));
    await forEach(all, refused);
    test.diagnostic("600 repetitions, none accepted");
  });
});
