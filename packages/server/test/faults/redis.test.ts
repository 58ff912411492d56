import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { makeCertificate } from "../engines/certificate.js";
import { describeOnEveryEngine, isRedisAvailable } from "../engines/engines.js";
import type { PrivateEngine } from "../engines/private-engine.js";
import { askRedis, startRedis } from "../engines/redis.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { startRedisCluster } from "../engines/redis-groups.js";
import { carrying, dataIn, otherThan, type Stage, useStage } from "../contracts/account/stage.js";
import { poll } from "../server/poll.js";
import { nextAddress, request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";

const within = 20_000;
const isDown = "down, using the database";

const objectIn = (value: unknown): Readonly<Record<string, unknown>> => {
  assert.ok(typeof value === "object" && value !== null);
  return { ...value };
};

/** What `/readyz` says of Redis; it has to be ready whatever it says. */
const redisOf = async (server: RunningServer): Promise<unknown> => {
  const { status, json, text } = await request(`${server.url}/readyz`);
  assert.equal(status, 200, text);
  return objectIn(objectIn(json)["stores"])["redis"];
};
const becomes = (server: RunningServer, state: string): Promise<true> =>
  poll(`/readyz says ${state}`, within, async () => ((await redisOf(server)) === state ? true : undefined));

const transitions = ({ log }: RunningServer): readonly string[] =>
  log.flatMap(({ level, msg }) => (String(msg).startsWith("redis ") ? [`${String(level)} ${String(msg)}`] : []));
const down = "warn redis is down, the database counts requests instead";
const up = "info redis counts requests again";

/** Ways to lose what Redis holds, and to have it back. */
interface Loss {
  readonly name: string;
  readonly lose: (redis: PrivateEngine, server: RunningServer) => Promise<void>;
  readonly restore: (redis: PrivateEngine, server: RunningServer) => Promise<void>;
}
const nothing = () => Promise.resolve();
const losses: readonly Loss[] = [
  {
    name: "flushed",
    lose: async ({ url }) => {
      await askRedis(url, "flushall");
    },
    restore: nothing,
  },
  {
    name: "killed",
    lose: async (redis, server) => {
      await redis.kill();
      await becomes(server, isDown);
    },
    restore: async (redis, server) => {
      await redis.start();
      await becomes(server, "ok");
    },
  },
  {
    name: "killed and started anew",
    lose: async (redis, server) => {
      await redis.kill();
      await redis.start();
      await becomes(server, "ok");
    },
    restore: nothing,
  },
  {
    name: "frozen",
    lose: async (redis, server) => {
      process.kill(redis.pid(), "SIGSTOP");
      await becomes(server, isDown);
    },
    restore: async (redis, server) => {
      process.kill(redis.pid(), "SIGCONT");
      await becomes(server, "ok");
    },
  },
];

/** What must stay as it is, whatever becomes of Redis: prepared before the loss, tried after it. */
interface Hold {
  readonly name: string;
  prepare(stage: Stage): Promise<() => Promise<void>>;
}
const holds: readonly Hold[] = [
  {
    name: "a used code stays dead",
    prepare: async (stage) => {
      const { email } = await stage.register();
      const code = await stage.codeFor(email);
      assert.equal((await stage.verify(email, code)).status, 201);
      return async () => {
        assert.equal((await stage.verify(email, code)).status, 400);
      };
    },
  },
  {
    name: "a code stays dead after five wrong ones",
    prepare: async (stage) => {
      const { email } = await stage.register();
      const code = await stage.codeFor(email);
      for (let wrong = 0; wrong < 5; wrong += 1) await stage.verify(email, otherThan(code));
      return async () => {
        assert.equal((await stage.verify(email, code)).status, 400);
      };
    },
  },
  {
    name: "an address gets no second code within a minute",
    prepare: async (stage) => {
      const { email } = await stage.register();
      return async () => {
        assert.equal((await stage.ask({ path: "/resend/", json: { email } })).status, 429);
      };
    },
  },
  {
    name: "a password's budget is not refilled",
    prepare: async (stage) => {
      const { person } = await stage.enter();
      const { email, password } = person;
      const guess = (text: string) => stage.ask({ path: "/login/", json: { email, password: text } });
      for (let wrong = 0; wrong < 10; wrong += 1) await guess("wrong");
      return async () => {
        assert.equal((await guess(password)).status, 400);
      };
    },
  },
  {
    name: "a revoked key stays dead",
    prepare: async (stage) => {
      const { key } = await stage.enter();
      const headers = carrying(key);
      assert.equal((await stage.ask({ path: "/logout/", method: "POST", headers })).status, 200);
      return async () => {
        assert.equal((await stage.ask({ path: "/profile/update/", headers })).status, 401);
      };
    },
  },
  {
    name: "a recovery key is good once",
    prepare: async (stage) => {
      const { person } = await stage.enter();
      const headers = carrying(await stage.recover(person.email));
      const json = { password: "Another-Horse-9-battery" };
      assert.equal((await stage.ask({ path: "/reset/", json, headers })).status, 200);
      return async () => {
        assert.equal((await stage.ask({ path: "/reset/", json, headers })).status, 401);
      };
    },
  },
  {
    name: "an address of a client is limited still",
    prepare: async (stage) => {
      const address = nextAddress();
      return async () => {
        const statuses: number[] = [];
        for (let use = 0; use < 12; use += 1)
          statuses.push((await stage.ask({ path: "/guest/", json: { device_id: "" }, address })).status);
        assert.deepEqual(statuses.slice(10), [429, 429]);
      };
    },
  },
];

describeOnEveryEngine("Redis lost", (engine) => {
  const env: Record<string, string> = {};
  let redis: PrivateEngine | undefined;
  const skip = isRedisAvailable() ? false : "Redis is not installed";
  describe("during traffic", { skip }, () => {
    before(async () => {
      redis = await startRedis();
      env["REDIS_URL"] = redis.url;
    });
    const stage = useStage(engine, { env });
    after(() => redis?.stop());
    const started = (): PrivateEngine => {
      if (redis === undefined) throw new Error("the suite has not begun");
      return redis;
    };

    for (const { name, lose, restore } of losses) {
      it(`${name}, lets nobody in who should not`, async () => {
        const before = transitions(stage.server).length;
        const tries = await Promise.all(holds.map((hold) => hold.prepare(stage)));
        await lose(started(), stage.server);
        await Promise.all(tries.map((tryIt) => tryIt()));
        await restore(started(), stage.server);
        await Promise.all(tries.map((tryIt) => tryIt()));
        assert.deepEqual(
          transitions(stage.server).slice(before),
          name === "flushed" ? [] : [down, up],
          stage.server.output(),
        );
      });
    }

    it("answers everybody meanwhile", async () => {
      const members = await Promise.all([1, 2, 3, 4].map(() => stage.enter()));
      let isOver = false;
      const signIns = members.map(async ({ person: { email, password } }) => {
        const statuses: number[] = [];
        while (!isOver) {
          const answer = await stage.ask({ path: "/login/", json: { email, password } });
          statuses.push(answer.status);
          if (answer.status === 200) assert.ok(dataIn(answer)["token"]);
        }
        return statuses;
      });
      for (const { lose, restore } of losses) {
        await lose(started(), stage.server);
        await restore(started(), stage.server);
      }
      isOver = true;
      assert.deepEqual(new Set((await Promise.all(signIns)).flat()), new Set([200]));
    });

    it("flushed, costs one window of a client's address", async () => {
      const address = nextAddress();
      const spend = async (): Promise<number> => {
        let granted = 0;
        for (let use = 0; use < 15; use += 1)
          if ((await stage.ask({ path: "/guest/", json: { device_id: "" }, address })).status !== 429) granted += 1;
        return granted;
      };
      assert.equal(await spend(), 10);
      assert.equal(await spend(), 0);
      await askRedis(started().url, "flushall");
      assert.equal(await spend(), 10);
    });
  });
});

describe("Redis", { skip: isRedisAvailable() ? false : "Redis is not installed" }, () => {
  // What a failed test leaves behind would keep the process.
  const opened: { stop(): Promise<unknown> }[] = [];
  after(() => Promise.all(opened.map((one) => one.stop())));
  const keep = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
    const started = await starting;
    opened.push(started);
    return started;
  };
  const verify = (server: RunningServer, address = nextAddress()) =>
    request(`${server.url}/account/verify/`, { json: { email: "a@example.org", code: "123456" }, address });

  it("absent at the start, is done without, and used once it is there", async () => {
    const redis = await keep(startRedis());
    await redis.kill();
    const server = await keep(startServer({ env: { REDIS_URL: redis.url } }));
    assert.equal(await redisOf(server), isDown);
    const address = nextAddress();
    const statuses: number[] = [];
    for (let use = 0; use < 32; use += 1) statuses.push((await verify(server, address)).status);
    assert.deepEqual(new Set(statuses.slice(0, 30)), new Set([400]));
    assert.deepEqual(statuses.slice(30), [429, 429]);
    await redis.start();
    await becomes(server, "ok");
    assert.equal((await verify(server)).status, 400);
    assert.match(String(await askRedis(redis.url, "keys", "trilithon:default:window:*")), /account verify 127\./);
    assert.deepEqual(transitions(server), [down, up]);
    const told = server.log.find(({ msg }) => String(msg).startsWith("redis is down"));
    assert.match(String(told?.["reason"]), /ECONNREFUSED/);
    assert.ok(!server.output().includes(new URL(redis.url).password), server.output());
  });

  it("frozen, is waited for once, not by every request", async () => {
    const redis = await keep(startRedis());
    const server = await keep(startServer({ env: { REDIS_URL: redis.url } }));
    const spend = async (): Promise<number> => {
      const startedAt = performance.now();
      for (let use = 0; use < 60; use += 1) assert.equal((await verify(server)).status, 400);
      return performance.now() - startedAt;
    };
    const usual = await spend();
    process.kill(redis.pid(), "SIGSTOP");
    const frozen = await spend();
    process.kill(redis.pid(), "SIGCONT");
    // Had each waited for the 100 ms that one may wait, it would be 6,000 more.
    assert.ok(frozen < usual + 3_000, `${frozen} ms, else ${usual} ms`);
    await becomes(server, "ok");
  });

  it("speaks TLS, and nothing where its certificate is a stranger's", async () => {
    const folder = makeTemporaryFolder("certificate");
    const certificate = makeCertificate(folder);
    const redis = await keep(startRedis({ certificate }));
    const group = await keep(startRedisCluster({ certificate }));
    const trusting = { NODE_EXTRA_CA_CERTS: certificate.file };
    for (const [env, state] of [
      [{ REDIS_URL: redis.url, ...trusting }, "ok"],
      [{ REDIS_URL: group.url, ...trusting }, "ok"],
      [{ REDIS_URL: redis.url, NODE_TLS_REJECT_UNAUTHORIZED: "0" }, isDown],
      [{ REDIS_URL: redis.url.replace("rediss:", "redis:"), ...trusting }, isDown],
    ] as const) {
      const server = await keep(startServer({ env }));
      assert.equal(await redisOf(server), state, server.output());
      assert.equal((await verify(server)).status, 400);
    }
    removeTemporaryFolder(folder);
  });
});
