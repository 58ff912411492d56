import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readEveryTable } from "../engines/read-rows.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { realmOperator, type RealmOperator } from "../server/client-key.js";
import { nextAddress, request, type Response } from "../server/request.js";
import { schemes, signed, type SigningKey } from "../server/signing.js";
import { nodesFor, startNodes } from "../server/start-nodes.js";
import type { RunningServer } from "../server/start-server.js";

const policy = { scopes: ["users.read"] };

describeOnEveryEngine("API keys", (engine) => {
  let database: FreshDatabase;
  let servers: readonly RunningServer[];
  let operator: RealmOperator;
  let folder: string;
  before(async () => {
    database = await engine.freshDatabase();
    folder = makeTemporaryFolder("policies");
    servers = await startNodes(database.url, nodesFor(engine), { env: { LOG_LEVEL: "trace" } });
    operator = realmOperator(database.url);
    await operator.command("realm", "create", "acme");
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
    removeTemporaryFolder(folder);
  });

  const target = "/acme/v2/users/01234567-89ab-7cde-8f01-23456789abcd";
  /** What every node says to the key, in both schemes: `object.id.notfound` to one that is good. */
  const told = async (key: SigningKey, address?: string): Promise<ReadonlySet<unknown>> => {
    const answers = servers.flatMap((server) =>
      schemes.map((scheme): Promise<Response> => {
        const unsigned = { method: "GET", host: new URL(server.url).host, target, body: "" };
        const headers = signed(scheme, key, unsigned);
        return request(server.url + target, { headers, address: address ?? nextAddress() });
      }),
    );
    return new Set((await Promise.all(answers)).map(({ json }) => Object(json).error_code));
  };
  const good = new Set(["object.id.notfound"]);
  const invalid = new Set(["auth.apikey.invalid"]);
  const wrongSignature = new Set(["auth.signature.invalid"]);
  const restricted = new Set(["auth.restricted"]);

  it("a disabled one is refused with the next request on every node, and good again when it is enabled", async () => {
    const key = await operator.makeKey("acme", policy);
    assert.deepEqual(await told(key), good);
    await operator.command("key", "disable", key.keyId);
    assert.deepEqual(await told(key), invalid);
    await operator.command("key", "enable", key.keyId);
    assert.deepEqual(await told(key), good);
  });

  it("one whose time is over is refused", async () => {
    const made = await operator.command("key", "create", "acme", "--name", "short", "--expires", "1s");
    const key = { keyId: String(made["keyId"]), key: String(made["key"]), secret: String(made["secret"]) };
    const end = Date.parse(String(made["expiresAt"]));
    while (Date.now() <= end) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(await told(key), invalid);
  });

  it("two secrets are good during a rotation, and each ends by itself on every node", async () => {
    const old = await operator.makeKey("acme", policy);
    const rotated = await operator.command("key", "rotate-secret", old.keyId, "--overlap", "1h");
    const young = { ...old, secret: String(rotated["secret"]) };
    assert.notEqual(young.secret, old.secret);
    assert.deepEqual(await told(old), good);
    assert.deepEqual(await told(young), good);
    await operator.command("key", "expire-secret", old.keyId, old.secretId);
    assert.deepEqual(await told(old), wrongSignature);
    assert.deepEqual(await told(young), good);
    await operator.command("key", "expire-secret", old.keyId, String(rotated["secretId"]));
    assert.deepEqual(await told(young), wrongSignature);
  });

  it("a policy is in force with the next request on every node", async () => {
    const key = await operator.makeKey("acme", policy);
    const put = async (changed: object) => {
      const file = join(folder, "policy.json");
      writeFileSync(file, JSON.stringify(changed));
      await operator.command("key", "policy", key.keyId, file);
    };
    await put({});
    assert.deepEqual(await told(key), restricted);
    await put({ ...policy, addresses: ["127.99.0.0/16", "2001:db8::/32"] });
    assert.deepEqual(await told(key, "127.98.255.255"), restricted);
    assert.deepEqual(await told(key, "127.99.0.1"), good);
    // The address is told before anything that only the key's holder knows is looked at.
    assert.deepEqual(await told({ ...key, secret: "another" }, "127.98.0.1"), restricted);
    await put(policy);
    assert.deepEqual(await told(key, "127.98.255.255"), good);
  });

  it("neither key nor secret stands in a log or a row, as it is or hashed without a key of the server", async () => {
    const key = await operator.makeKey("acme", policy);
    await told(key);
    await told({ ...key, secret: "another" });
    await operator.command("key", "disable", key.keyId);
    await told(key);
    const shown = await operator.command("key", "show", key.keyId);
    const rows = [...(await readEveryTable(database.url)).values()].flat();
    const held = `${JSON.stringify(rows)}${JSON.stringify(shown)}${servers.map((server) => server.output()).join("")}`;
    for (const secret of [key.key, key.secret, key.key.slice(4), key.secret.slice(4)]) {
      assert.ok(!held.includes(secret));
      assert.ok(!held.includes(Buffer.from(secret).toString("base64url")));
    }
  });
});
