import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

const openid = { name: "work", issuer: "https://sso.example.org", clientId: "us", clientSecret: "hunter2-in-the-file" };

describe("trilithon provider", () => {
  let server: RunningServer;
  let operator: Operator;
  let folder = "";
  before(async () => {
    folder = makeTemporaryFolder("providers");
    const config = { providers: [{ name: "configured", issuer: "https://id.example.org", clientId: "us" }] };
    server = await startServer({ config });
    operator = operatorOf(server, { TRILITHON_CONFIG: join(server.dataDir, "trilithon.config.json") });
    await operator.ask(0, "realm", "create", "shop");
  });
  after(async () => {
    await server.stop();
    removeTemporaryFolder(folder);
  });
  const file = (written: unknown): string => {
    const path = join(folder, "provider.json");
    writeFileSync(path, typeof written === "string" ? written : JSON.stringify(written));
    return path;
  };
  const refused = async (says: RegExp, ...args: readonly string[]) => {
    const { code, stderr, stdout } = await operator.run(...args);
    assert.equal(code, 1, stdout);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /hunter2/);
  };

  test("adds one, changes how it is asked, takes it out and puts it back", async () => {
    const added = await operator.ask(0, "provider", "add", "shop", file(openid));
    assert.deepEqual(added.value, { company: "shop", name: "work", issuer: openid.issuer, outcome: "added" });
    const changed = await operator.ask(
      0,
      "provider",
      "add",
      "shop",
      file({ ...openid, clientId: "we", title: "Work" }),
    );
    assert.equal(changed.at("outcome"), "replaced");
    assert.deepEqual(
      (await operator.ask(0, "provider", "list", "shop"))
        .list("providers")
        .map((one) => [
          one.at("name"),
          one.at("clientId"),
          one.at("title"),
          one.at("credential"),
          one.at("disabledAt"),
        ]),
      [["work", "we", "Work", "secret", null]],
    );
    await operator.ask(0, "provider", "remove", "shop", "work");
    const [off] = (await operator.ask(0, "provider", "list", "shop")).list("providers");
    assert.match(off?.text("disabledAt") ?? "", /^\d{4}-/);
    await refused(/shop has no provider "work" that is on/, "provider", "remove", "shop", "work");
    await operator.ask(0, "provider", "add", "shop", file(openid));
    const [on] = (await operator.ask(0, "provider", "list", "shop")).list("providers");
    assert.equal(on?.at("disabledAt"), null);
    const events = (await operator.ask(0, "audit", "--kind", "provider-changed")).list("events");
    assert.equal(events.length, 0, "the trail is the realm's own");
  });

  test("gives no name to another issuer, and none of the configuration's", async () => {
    await operator.ask(0, "provider", "add", "shop", file({ ...openid, name: "mine" }));
    const elsewhere = { ...openid, name: "mine", issuer: "https://evil.example.org" };
    await refused(/mine was another issuer's/, "provider", "add", "shop", file(elsewhere));
    await operator.ask(0, "provider", "remove", "shop", "mine");
    await refused(/mine was another issuer's/, "provider", "add", "shop", file(elsewhere));
    const configured = file({ ...openid, name: "configured" });
    await refused(/the configuration has a provider configured/, "provider", "add", "default", configured);
    await operator.ask(0, "provider", "add", "shop", configured);
  });

  test("refuses what is no provider, by its path, without repeating a secret", async () => {
    const add = (written: unknown) => ["provider", "add", "shop", file(written)] as const;
    await refused(/lacks "clientId"/, ...add({ ...openid, clientId: undefined }));
    await refused(/has the unknown key "secret"/, ...add({ ...openid, secret: "hunter2" }));
    await refused(/issuer is not an https address/, ...add({ ...openid, issuer: "http://sso.example.org" }));
    await refused(/lacks "issuer" or "preset"/, ...add({ ...openid, issuer: undefined }));
    await refused(/is not valid JSON/, ...add("{hunter2"));
    await refused(/is not there/, "provider", "add", "shop", join(folder, "nowhere.json"));
    await refused(/there is no realm "nobody"/, "provider", "add", "nobody", file(openid));
  });

  test("keeps it sealed", async () => {
    await operator.ask(0, "provider", "add", "shop", file(openid));
    const text = ["trilithon.db", "trilithon.db-wal"]
      .map((name) => readFileSync(join(server.dataDir, name), { encoding: "latin1" }))
      .join("");
    assert.doesNotMatch(text, /hunter2-in-the-file/);
    assert.doesNotMatch(text, /sso\.example\.org/);
  });
});
