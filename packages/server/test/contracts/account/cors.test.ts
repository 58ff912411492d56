import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { specEndpoints } from "../../specs/account-page.js";
import { protectedMember } from "./profile-delete-rows.js";
import { carrying, stageMounts, useStage } from "./stage.js";

const app = "https://app.example.org";
const evil = "https://evil.example.org";

describeOnEveryEngine("browser clients of other origins", (engine) => {
  const stage = useStage(engine, {
    config: {
      mounts: [...stageMounts(), { contract: "account", name: "named", prefix: "/named", cors: { origins: [app] } }],
    },
  });

  for (const { methods, path } of specEndpoints.filter(({ name }) => name !== "mobile-login")) {
    test(`${methods.join("/")} ${path} may be called with a Token from every origin, or the configured ones`, async () => {
      for (const method of methods) {
        const preflight = {
          path,
          method: "OPTIONS",
          headers: {
            origin: evil,
            "access-control-request-method": method,
            "access-control-request-headers": "authorization, content-type",
          },
        };
        const open = await stage.ask(preflight);
        assert.deepEqual([open.status, open.text, open.headers["access-control-allow-origin"]], [204, "", "*"]);
        assert.ok(open.headers["access-control-allow-methods"]?.split(", ").includes(method));
        assert.equal(open.headers["access-control-allow-headers"], "Authorization, Content-Type");
        assert.equal(open.headers["access-control-allow-credentials"], undefined);
        const closed = await stage.ask({ ...preflight, prefix: "/named" });
        assert.equal(closed.headers["access-control-allow-origin"], undefined);
        const named = await stage.ask({
          ...preflight,
          prefix: "/named",
          headers: { ...preflight.headers, origin: app },
        });
        assert.equal(named.headers["access-control-allow-origin"], app);
        const refused = await stage.ask({ path, method, headers: { origin: evil } });
        assert.equal(refused.headers["access-control-allow-origin"], "*");
      }
    });
  }

  test("a page may read why a protected account was not deleted", async () => {
    const { key } = await protectedMember(stage);
    const answer = await stage.ask({
      path: "/profile/delete/",
      method: "DELETE",
      headers: { ...carrying(key), origin: app },
    });
    assert.equal(answer.status, 204);
    assert.ok(answer.headers["access-control-expose-headers"]?.split(", ").includes("X-Error-Message"));
  });
});
