import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "#adapters/system/log.js";
import type { Random } from "#core/ports.js";
import { loadSettings } from "#settings/load-settings.js";
import { compose, type RunningServer, startServer } from "#src/compose.js";
import { describeOnEveryEngine, describeOnEveryStore } from "../../engines/engines.js";
import { findFreePort } from "../../engines/free-port.js";
import { request, type Response } from "../../server/request.js";
import { builtEnvironment } from "../../server/start-server.js";
import { entered, expectSuccess, expectUser } from "./expect-success.js";
import { expectRow } from "./row.js";
import { stageMounts, useStage } from "./stage.js";
import { notMadeRows } from "./web-guest-rows.js";

const made = "Signed in as a new guest.";
const back = "Signed in as a guest.";

/** The cookie that an answer sets: its name and value, and what it says of it. */
const cookieIn = ({ headers }: Response): { readonly pair: string; readonly terms: readonly string[] } => {
  const [cookie = "", ...others] = headers["set-cookie"] ?? [];
  assert.deepEqual(others, []);
  const [pair = "", ...terms] = cookie.split("; ");
  return { pair, terms };
};

describeOnEveryStore("POST /web/guest/", (engine) => {
  const stage = useStage(engine);
  const enter = (headers: Readonly<Record<string, string>> = {}, path = "/web/guest/") =>
    stage.ask({ path, method: "POST", headers });

  for (const path of ["/web/guest/", "/web/guest"]) {
    test(`POST ${path} makes a guest, whom its cookie brings back and renews`, async () => {
      const first = await enter({}, path);
      const { key, user } = entered(first);
      expectSuccess(first, { status: 201, message: made, data: { token: key, user }, setsCookie: true });
      expectUser(user, { is_guest: true, is_verified: false });
      const { pair, terms } = cookieIn(first);
      assert.match(pair, /^guest=[\w-]{43}$/);
      assert.deepEqual([...terms].sort(), ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"]);
      const second = await enter({ cookie: `theme=dark; ${pair}; other=1` }, path);
      const again = entered(second);
      expectSuccess(second, { message: back, data: { token: again.key, user: again.user }, setsCookie: true });
      assert.equal(again.user["id"], user["id"]);
      assert.deepEqual(cookieIn(second), { pair, terms });
    });
  }

  test("POST /web/guest/ makes a new guest of a cookie that this server did not make", async () => {
    const forged = [
      "guest=",
      "guest=x",
      `guest=${"x".repeat(43)}`,
      "guest=%00",
      `guest=${"x".repeat(4000)}`,
      "guest",
      "__Host-guest=x",
    ];
    for (const cookie of forged) {
      const answer = await enter({ cookie });
      assert.equal(answer.status, 201, cookie);
      assert.notEqual(cookieIn(answer).pair, cookie);
    }
  });

  test("POST /web/guest/ does not find a device's guest, nor a device a browser's", async () => {
    const { deviceId } = await stage.guest();
    assert.equal((await enter({ cookie: `guest=${deviceId}` })).status, 201);
    const { pair } = cookieIn(await enter());
    const device = await stage.ask({ path: "/guest/", json: { device_id: pair.replace("guest=", "") } });
    assert.equal(device.status, 201);
  });

  test("POST /web/guest/ keeps the guests of each mount apart, hardened or not", async () => {
    const { pair } = cookieIn(await enter());
    const hardened = stage.at({ mount: "hardened" });
    const other = await hardened.ask({ path: "/web/guest/", method: "POST", headers: { cookie: pair } });
    assert.equal(other.status, 201);
    const own = cookieIn(other).pair;
    const again = await hardened.ask({ path: "/web/guest/", method: "POST", headers: { cookie: own } });
    assert.equal(again.status, 200);
  });

  test("POST /web/guest/ hears no cookie of another site's page, and sets none", async () => {
    const { pair } = cookieIn(await enter());
    const host = `127.0.0.1:${stage.server.port}`;
    for (const origin of [
      "https://evil.example",
      "null",
      `http://${host}.evil.example`,
      "http://127.0.0.1",
      "garbage",
    ]) {
      const answer = await enter({ origin, cookie: pair });
      assert.equal(answer.status, 201, origin);
      assert.equal(answer.headers["set-cookie"], undefined, origin);
    }
    assert.equal((await enter({ origin: `http://${host}`, cookie: pair })).status, 200);
    for (const [site, status] of [
      ["cross-site", 201],
      ["same-site", 201],
      ["same-origin", 200],
      ["none", 200],
    ] as const)
      assert.equal((await enter({ "sec-fetch-site": site, cookie: pair })).status, status, site);
  });

  test("POST /web/guest/ refuses a body that is neither JSON nor a form, whatever the cookie", async () => {
    const { pair } = cookieIn(await enter());
    const answer = await stage.ask({
      path: "/web/guest/",
      body: "x",
      headers: { cookie: pair, "content-type": "text/plain", origin: "https://evil.example" },
    });
    assert.deepEqual([answer.status, answer.headers["set-cookie"]], [415, undefined]);
  });
});

describeOnEveryEngine("POST /web/guest/ of a node whose random source fails", (engine) => {
  for (const row of notMadeRows) {
    test(`POST /web/guest/ refuses when ${row.when}: 400 ${row.reaches.message}`, async () => {
      const database = await engine.freshDatabase();
      const node = await startNodeWithout256Bits(database.url);
      try {
        for (const path of ["/web/guest/", "/web/guest"])
          expectRow(await request(`${node.url}/account${path}`, { method: "POST" }), row);
        // A device names itself: what fails there is a fault.
        const guest = await request(`${node.url}/account/guest/`, { json: { device_id: "device" } });
        expectRow(guest, {
          reaches: { endpoint: "guest", status: 500, field: undefined, message: "A server error occurred." },
        });
      } finally {
        await node.stop();
        await database.drop();
      }
    });
  }
});

/** A server in this process whose random source gives what ids are made of, and no secrets. */
async function startNodeWithout256Bits(databaseUrl: string): Promise<RunningServer> {
  const environment = builtEnvironment({ DATABASE_URL: databaseUrl, PORT: String(await findFreePort()) });
  const log = createLog({ level: "error", out: { write: () => true }, form: "json" });
  const administration = await compose(await loadSettings(environment), log);
  const random: Random = {
    ...administration.random,
    token: (bits) => {
      if (bits === 256) throw new Error("no entropy");
      return administration.random.token(bits);
    },
  };
  return startServer({ ...administration, random }, log);
}

describeOnEveryStore("POST /web/guest/ where the server is reached by HTTPS", (engine) => {
  const stage = useStage(engine, {
    env: { PUBLIC_URL: "https://localhost:8443" },
    config: { mounts: stageMounts() },
  });

  test("its cookie is __Host-guest, and Secure", async () => {
    const enter = (headers: Readonly<Record<string, string>>) =>
      stage.ask({ path: "/web/guest/", method: "POST", headers });
    const { pair, terms } = cookieIn(await enter({}));
    assert.match(pair, /^__Host-guest=[\w-]{43}$/);
    assert.deepEqual([...terms].sort(), ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax", "Secure"]);
    assert.equal((await enter({ cookie: pair, origin: "https://localhost:8443" })).status, 200);
    assert.equal((await enter({ cookie: pair.replace("__Host-", "") })).status, 201);
    assert.equal((await enter({ cookie: pair, origin: "https://localhost" })).status, 201);
  });
});
