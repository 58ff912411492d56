import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";

describe("a mount at the root of every host", () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer({
      config: {
        mounts: [
          { contract: "account", prefix: "/" },
          { contract: "jwt", prefix: "/auth" },
          { contract: "jwt", name: "own", host: "own.localhost" },
        ],
      },
    });
  });
  after(() => server.stop());

  const rows: readonly [path: string, host: string | undefined, status: number, says: RegExp][] = [
    ["/login/", undefined, 400, /"There were validation errors\."/],
    ["/login", undefined, 400, /"There were validation errors\."/],
    ["/nowhere", undefined, 404, /"Not found\."/],
    ["/authority", undefined, 404, /"Not found\."/],
    ["/auth/login", undefined, 400, /^\{"message":"Email and password are required"/],
    ["/auth/nowhere", undefined, 404, /^\{"message":/],
    ["/login", "own.localhost", 400, /^\{"message":"Email and password are required"/],
    ["/login/", "own.localhost", 404, /^\{"message":/],
    ["/auth/login", "own.localhost", 400, /^\{"message":"Email and password are required"/],
    ["/hosted.css", undefined, 405, /^\{"message":/],
    ["/hosted.css", "own.localhost", 405, /^\{"message":/],
  ];
  for (const [path, host, status, says] of rows) {
    it(`${host === undefined ? "" : `${host} `}answers POST ${path} with ${status}`, async () => {
      const answer = await request(server.url + path, {
        method: "POST",
        headers: host === undefined ? {} : { host },
      });
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.text, says);
    });
  }

  for (const path of ["/healthz", "/readyz", "/hosted.css", "/reset-password?token=x", "/dev/inbox.json"]) {
    it(`leaves GET ${path} to the server`, async () => {
      const answer = await request(server.url + path);
      assert.doesNotMatch(answer.text, /"Not found\."|"errors"/);
      assert.notEqual(answer.status, 404);
    });
  }
});
