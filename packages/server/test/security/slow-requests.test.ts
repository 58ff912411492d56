import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { after, before, describe, it } from "node:test";
import { type RunningServer, startServer } from "../server/start-server.js";

const slow: Readonly<Record<string, string>> = {
  "no byte": "",
  "half a head": "GET /auth/me HTTP/1.1\r\nHost: x\r\nX-Slow:",
  "half a body":
    "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
};

// A request may take 30 s to arrive, and connections are looked at every 5 s; what is beyond is a busy machine.
const earliest = 29_000;
const latest = 40_000;

describe("a client that never sends the rest", { concurrency: 3 }, () => {
  let server: RunningServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.stop());

  for (const [what, sent] of Object.entries(slow)) {
    it(`is told 408 with a request id within ${latest / 1000} s: ${what}`, { timeout: latest + 10_000 }, async () => {
      const startedAt = performance.now();
      const socket = connect(server.port, "127.0.0.1");
      socket.write(sent);
      const answer = await text(socket);
      const took = performance.now() - startedAt;
      assert.match(answer, /^HTTP\/1\.1 408 Request Timeout\r\n[\s\S]*x-request-id: req_[\w-]{22}\r\n/);
      assert.ok(took > earliest && took < latest, `${took} ms`);
    });
  }
});
