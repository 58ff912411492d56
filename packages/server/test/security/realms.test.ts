import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { realmOperator, type RealmOperator } from "../server/client-key.js";
import { jwtCalls, signedIn, textIn } from "../server/jwt-calls.js";
import { nextAddress, request, type RequestOptions, type Response } from "../server/request.js";
import { type Scheme, schemes, signed, type SigningKey } from "../server/signing.js";
import { type RunningServer, startServer } from "../server/start-server.js";

const origin = "https://app.example.org";
const policy = { scopes: ["users.read", "users.write", "personal-data"], origins: [origin] };

describeOnEveryEngine("realms", (engine) => {
  let database: FreshDatabase;
  let server: RunningServer;
  let operator: RealmOperator;
  let acme: SigningKey;
  let beta: SigningKey;
  let home: SigningKey;
  before(async () => {
    database = await engine.freshDatabase();
    server = await startServer({ databaseUrl: database.url });
    operator = realmOperator(database.url);
    for (const company of ["acme", "beta"]) await operator.command("realm", "create", company);
    acme = await operator.makeKey("acme", policy);
    beta = await operator.makeKey("beta", { ...policy, origins: [] });
    home = await operator.makeKey("default", policy);
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });

  interface Call {
    readonly company: string;
    readonly key: SigningKey;
    readonly method?: string;
    readonly path: string;
    readonly json?: object;
    readonly scheme?: Scheme;
    /** In place of what the signature gives. */
    readonly headers?: Readonly<Record<string, string>>;
  }
  const ask = async ({ company, key, path, json, scheme = "platform", headers, ...over }: Call): Promise<Response> => {
    const body = json === undefined ? "" : JSON.stringify(json);
    const method = over.method ?? (json === undefined ? "GET" : "POST");
    const target = `/${company}/v2${path}`;
    const signature = signed(scheme, key, { method, host: new URL(server.url).host, target, body });
    const type = json === undefined ? {} : { "content-type": "application/json" };
    const sent: RequestOptions = { method, headers: { ...signature, ...type, ...headers }, address: nextAddress() };
    return request(server.url + target, { ...sent, ...(body === "" ? {} : { body }) });
  };
  const codeOf = ({ json }: Response): unknown => Object(json).error_code;
  const idIn = (answer: Response): string => {
    assert.equal(answer.status, 201, answer.text);
    return String(Object(Object(answer.json).user).id);
  };
  /** What tells one answer from another, but the id that each has. */
  const seen = ({ status, headers, json }: Response): unknown => {
    const { error_id: _own, ...body } = Object(json) as Readonly<Record<string, unknown>>;
    const { "x-request-id": _id, date: _date, ...others } = headers;
    return { status, headers: others, body };
  };

  it("a realm's key is unknown in another, and in one that is not there", async () => {
    for (const scheme of schemes) {
      const there = await ask({ company: "beta", key: acme, path: `/users/${randomUUID()}`, scheme });
      assert.deepEqual([there.status, codeOf(there)], [401, "auth.apikey.invalid"]);
      const nowhere = await ask({ company: "gamma", key: acme, path: `/users/${randomUUID()}`, scheme });
      assert.deepEqual([nowhere.status, codeOf(nowhere)], [404, "object.id.notfound"]);
    }
  });

  it("a signature of one realm is none in another, though the key's id is named", async () => {
    for (const scheme of schemes) {
      const mixed = { ...beta, secret: acme.secret };
      const answer = await ask({ company: "beta", key: mixed, path: "/users", json: { login_name: "mixed" }, scheme });
      assert.deepEqual([answer.status, codeOf(answer)], [401, "auth.signature.invalid"]);
    }
    const named = { ...beta, keyId: acme.keyId };
    const answer = await ask({ company: "beta", key: named, path: `/users/${randomUUID()}`, scheme: "rfc9421" });
    assert.deepEqual([answer.status, codeOf(answer)], [401, "auth.signature.invalid"]);
  });

  it("a user of one realm is as good as nobody in another", async () => {
    const id = idIn(await ask({ company: "acme", key: acme, path: "/users", json: { login_name: "only-here" } }));
    assert.equal((await ask({ company: "acme", key: acme, path: `/users/${id}` })).status, 200);
    const nobody = seen(await ask({ company: "beta", key: beta, path: `/users/${randomUUID()}` }));
    for (const [company, key] of [
      ["beta", beta],
      ["default", home],
    ] as const) {
      const foreign = await ask({ company, key, path: `/users/${id}` });
      assert.equal(codeOf(foreign), "object.id.notfound");
      assert.deepEqual(seen(foreign), nobody);
    }
  });

  it("the same addresses and names are another user in each", async () => {
    const json = { login_name: "grace", emails: ["grace@example.org"], phones: ["+989121110000"] };
    const ids = [
      idIn(await ask({ company: "acme", key: acme, path: "/users", json })),
      idIn(await ask({ company: "beta", key: beta, path: "/users", json })),
      idIn(await ask({ company: "default", key: home, path: "/users", json })),
    ];
    assert.equal(new Set(ids).size, 3);
    assert.equal((await ask({ company: "beta", key: beta, path: "/users", json })).status, 403);
  });

  it("accounts of the other contracts are the realm default's alone, and their tokens none of this contract's", async () => {
    const calls = jwtCalls(server.origin("/auth"));
    const { access } = await signedIn(calls);
    const id = textIn(await calls.me(access), "id");
    assert.equal((await ask({ company: "default", key: home, path: `/users/${id}` })).status, 200);
    assert.equal((await ask({ company: "acme", key: acme, path: `/users/${id}` })).status, 404);
    for (const [company, key] of [
      ["default", home],
      ["acme", acme],
    ] as const) {
      const answer = await ask({ company, key, path: "/user", headers: { authorization: `Bearer ${access}` } });
      assert.deepEqual([answer.status, codeOf(answer)], [401, "auth.token.invalid"]);
    }
  });

  it("an origin of one realm's keys is none of another's", async () => {
    const preflight = (company: string) =>
      request(`${server.url}/${company}/v2/user`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "GET" },
        address: nextAddress(),
      });
    assert.equal((await preflight("acme")).headers["access-control-allow-origin"], origin);
    assert.equal((await preflight("beta")).headers["access-control-allow-origin"], undefined);
  });

  it("what one realm did stands in its own trail", async () => {
    const kinds = async (company: string) => {
      const { events } = await operator.command("audit", "--company", company, "--limit", "1000");
      return (events as readonly { readonly kind: string; readonly details: object }[]).filter(
        ({ kind }) => kind === "account-created" || kind === "api-key-made",
      );
    };
    const [one, other] = [await kinds("acme"), await kinds("beta")];
    assert.ok(one.length > 2 && other.length > 1);
    assert.ok(JSON.stringify(one).includes(acme.keyId) && !JSON.stringify(one).includes(beta.keyId));
    assert.ok(JSON.stringify(other).includes(beta.keyId) && !JSON.stringify(other).includes(acme.keyId));
  });
});
