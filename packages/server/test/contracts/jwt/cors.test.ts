import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import type { Response } from "../../server/request.js";
import { specEndpoints } from "../../specs/jwt-page.js";
import { useStage } from "./stage.js";

const app = "https://app.example.org";
const evil = "https://evil.example";

const preflight = (origin: string, method: string) => ({
  method: "OPTIONS",
  headers: {
    origin,
    "access-control-request-method": method,
    "access-control-request-headers": "authorization,content-type",
  },
});

const corsHeaders = ({ headers }: Response) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("access-control-")));

const exposed = "X-Request-Id, Retry-After, WWW-Authenticate, Allow";
const allowed = {
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
  "access-control-allow-headers": "Authorization, Content-Type",
  "access-control-max-age": "600",
  "access-control-expose-headers": exposed,
};

const lists = (header: string | undefined): readonly string[] => (header ?? "").toLowerCase().split(/\s*,\s*/);

describeOnEveryEngine("browser clients of other origins", (engine) => {
  const stage = useStage(engine, {
    config: {
      mounts: [
        { contract: "jwt", prefix: "/auth" },
        { contract: "jwt", name: "named", prefix: "/named", cors: { origins: [app, "http://localhost:5173"] } },
      ],
    },
  });

  for (const { method, path } of specEndpoints) {
    test(`${method} ${path} may be called from every origin, without cookies`, async () => {
      const answer = await stage.ask({ path, ...preflight(evil, method) });
      assert.deepEqual([answer.status, answer.text], [204, ""]);
      assert.deepEqual(corsHeaders(answer), { "access-control-allow-origin": "*", ...allowed });
      assert.ok(answer.headers["x-request-id"]);
      const real = await stage.ask({ path, method, headers: { origin: evil } });
      assert.deepEqual(corsHeaders(real), {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": exposed,
      });
    });

    test(`${method} ${path} may be called from the configured origins alone`, async () => {
      for (const origin of [app, "http://localhost:5173"]) {
        const answer = await stage.ask({ path, prefix: "/named", ...preflight(origin, method) });
        assert.deepEqual(corsHeaders(answer), { "access-control-allow-origin": origin, ...allowed });
        const real = await stage.ask({ path, method, prefix: "/named", headers: { origin } });
        assert.equal(real.headers["access-control-allow-origin"], origin);
        assert.ok(lists(real.headers["vary"]).includes("origin"));
      }
      for (const origin of [
        evil,
        "null",
        `${app}.evil.example`,
        app.toUpperCase(),
        "http://app.example.org",
        `${app}:8443`,
      ]) {
        for (const sent of [preflight(origin, method), { method, headers: { origin } }]) {
          const answer = await stage.ask({ path, prefix: "/named", ...sent });
          assert.equal(answer.headers["access-control-allow-origin"], undefined, origin);
          assert.equal(answer.headers["access-control-allow-credentials"], undefined);
          assert.ok(lists(answer.headers["vary"]).includes("origin"));
        }
      }
    });
  }

  const refusals = [
    { path: "/nothing", method: "GET", status: 404 },
    { path: "/login", method: "GET", status: 405 },
    { path: "/login", method: "POST", body: "x".repeat(70_000), status: 413 },
    { path: "/login", method: "POST", body: "x", status: 415 },
    { path: "/login", method: "POST", status: 400 },
    { path: "/me", method: "GET", status: 401 },
  ];
  for (const { status, ...sent } of refusals) {
    test(`a page may read a refusal too: ${status}`, async () => {
      for (const [prefix, origin, told] of [
        ["/auth", evil, "*"],
        ["/named", app, app],
      ] as const) {
        const answer = await stage.ask({ ...sent, prefix, headers: { origin } });
        assert.equal(answer.status, status);
        assert.deepEqual(corsHeaders(answer), {
          "access-control-allow-origin": told,
          "access-control-expose-headers": exposed,
        });
      }
    });
  }
});
