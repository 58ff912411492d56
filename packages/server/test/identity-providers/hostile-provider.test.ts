import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { availableEngines } from "../engines/engines.js";
import { poll } from "../server/poll.js";
import type { Visit } from "./browser.js";
import { type Canary, startCanary } from "./canary.js";
import { appUri, tempTokenIn } from "./handoff-page.js";
import { type HandoffStage, useHandoffStage } from "./handoff-stage.js";
import { type HostileProvider, startHostileProvider } from "./hostile-provider.js";
import { hostileRows } from "./hostile-rows.js";

// One provider each: what is kept of a provider's metadata and keys would be another row's.
const providersOf = (provider: HostileProvider, names: readonly string[]) =>
  names.map((name) => ({ name, issuer: provider.issuer(name), clientId: provider.clientId, trustsEmailsOf: ["*"] }));

interface Surrounded {
  readonly provider: HostileProvider;
  readonly canary: Canary;
  readonly stage: HandoffStage;
}

/** A server that knows these providers. What they do has nothing to do with the database. */
function useHostileProviders(names: readonly string[]): Surrounded {
  const [sqlite] = availableEngines();
  assert.ok(sqlite);
  let provider: HostileProvider | undefined;
  let canary: Canary | undefined;
  const stage = useHandoffStage(sqlite, {
    config: async () => {
      [provider, canary] = await Promise.all([startHostileProvider(), startCanary()]);
      return {
        mounts: [{ contract: "account", handoff: { redirectUris: [appUri] } }],
        providers: providersOf(provider, names),
      };
    },
  });
  after(() => Promise.all([provider?.stop(), canary?.stop()]));
  return {
    stage,
    get provider() {
      assert.ok(provider);
      return provider;
    },
    get canary() {
      assert.ok(canary);
      return canary;
    },
  };
}

const half = Math.ceil(hostileRows.length / 2);
for (const part of [hostileRows.slice(0, half), hostileRows.slice(half)])
  describe("a hostile provider", () => {
    const surrounded = useHostileProviders(["honest", ...part.map((_, at) => `p${at}`)]);

    describe("lets nobody in", { concurrency: 4 }, () => {
      for (const [at, { when, misconduct }] of part.entries())
        it(`when ${when}`, async () => {
          const { provider, canary, stage } = surrounded;
          const name = `p${at}`;
          provider.behave(name, typeof misconduct === "function" ? misconduct({ inside: canary.url }) : misconduct);
          const began = performance.now();
          const visit = await stage.start({ query: { provider: name } });
          const tookIn = performance.now() - began;
          await expectNobody(stage, visit, name);
          assert.ok(tookIn < 5_000, `it took ${tookIn} ms`);
        });
    });

    it("has nothing asked of this machine on its behalf", () => {
      assert.deepEqual(surrounded.canary.asked, []);
    });

    it("lets somebody in when it is honest", async () => {
      const { stage } = surrounded;
      const visit = await stage.start({ query: { provider: "honest" } });
      assert.equal((await stage.exchange(tempTokenIn(visit))).status, 200);
    });
  });

/** The browser is on a page of ours that says so, and nobody is known by that provider. */
async function expectNobody(stage: HandoffStage, visit: Visit, provider: string): Promise<void> {
  const { answer, url, isAtApp } = visit;
  assert.ok(!isAtApp, url);
  assert.ok(url.startsWith(stage.base), url);
  assert.equal(answer.status, 400, answer.text);
  assert.equal(answer.headers["content-type"], "text/html; charset=utf-8");
  assert.match(answer.text, /role="alert"/);
  assert.doesNotMatch(answer.text, /<script/i);
  const known = await stage.sql(
    `select * from identifier where kind = 'external' and normalized_value like '${provider} %'`,
  );
  assert.deepEqual(known, []);
  const bound = await stage.sql(`select * from handoff where provider = '${provider}' and account_id is not null`);
  assert.deepEqual(bound, []);
  const requestId = String(answer.headers["x-request-id"]);
  const [record] = await poll("the failure is recorded", 10_000, async () => {
    const records = await stage.sql(`select reason, details from failure_record where request_id = '${requestId}'`);
    return records.length > 0 ? records : undefined;
  });
  assert.match(String(record?.["reason"]), /^(?:provider-failed|handoff-unknown)$/);
}
