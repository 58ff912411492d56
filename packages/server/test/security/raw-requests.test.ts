import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { countRows } from "../engines/read-rows.js";
import { jwtCalls, newPerson, signedIn } from "../server/jwt-calls.js";
import { request } from "../server/request.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { countStatuses } from "../server/tally.js";

const smuggled = newPerson();
const payload = JSON.stringify({ username: smuggled.username, email: smuggled.email, password: smuggled.password });
const hidden = [
  "POST /auth/register HTTP/1.1",
  "Host: x",
  "Content-Type: application/json",
  `Content-Length: ${payload.length}`,
  "",
  payload,
].join("\r\n");
const head = ["POST /auth/login HTTP/1.1", "Host: x", "Content-Type: application/json"];

const hostile: readonly { readonly when: string; readonly sends: string }[] = [
  {
    when: "both a length and chunks",
    sends: [...head, "Content-Length: 5", "Transfer-Encoding: chunked", "", "0", "", hidden].join("\r\n"),
  },
  {
    when: "chunks and then a length",
    sends: [...head, "Transfer-Encoding: chunked", `Content-Length: ${hidden.length + 5}`, "", "0", "", hidden].join(
      "\r\n",
    ),
  },
  {
    when: "two lengths",
    sends: [...head, "Content-Length: 2", `Content-Length: ${hidden.length + 2}`, "", `{}${hidden}`].join("\r\n"),
  },
  {
    when: "one length twice",
    sends: [...head, "Content-Length: 2", "Content-Length: 2", "", `{}${hidden}`].join("\r\n"),
  },
  { when: "a list of lengths", sends: [...head, "Content-Length: 2, 2", "", `{}${hidden}`].join("\r\n") },
  { when: "a length with a sign", sends: [...head, "Content-Length: +2", "", `{}${hidden}`].join("\r\n") },
  { when: "a negative length", sends: [...head, "Content-Length: -2", "", `{}${hidden}`].join("\r\n") },
  { when: "a hexadecimal length", sends: [...head, "Content-Length: 0x2", "", `{}${hidden}`].join("\r\n") },
  { when: "a blank before the colon", sends: [...head, "Content-Length : 2", "", `{}${hidden}`].join("\r\n") },
  {
    when: "a folded header",
    sends: [...head, "X-Folded: a", " Content-Length: 2", `Content-Length: 2`, "", `{}${hidden}`].join("\r\n"),
  },
  { when: "an unknown coding", sends: [...head, "Transfer-Encoding: xchunked", "", "0", "", hidden].join("\r\n") },
  {
    when: "chunked not last",
    sends: [...head, "Transfer-Encoding: chunked, identity", "", "0", "", hidden].join("\r\n"),
  },
  {
    when: "chunked twice",
    sends: [...head, "Transfer-Encoding: chunked", "Transfer-Encoding: identity", "", "0", "", hidden].join("\r\n"),
  },
  {
    when: "a chunk size that is none",
    sends: [...head, "Transfer-Encoding: chunked", "", "0x0", "", hidden].join("\r\n"),
  },
  {
    when: "a chunk longer than said",
    sends: [...head, "Transfer-Encoding: chunked", "", "2", `{}${hidden}`].join("\r\n"),
  },
  { when: "a NUL in a header", sends: [...head, "X-Nul: a\0b", "Content-Length: 2", "", `{}${hidden}`].join("\r\n") },
  {
    when: "a bare CR in a header",
    sends: [...head, "X-Bare: a\rContent-Length: 0", "Content-Length: 2", "", `{}${hidden}`].join("\r\n"),
  },
  { when: "no version", sends: `GET /auth/me\r\n${hidden}` },
  { when: "a version that is none", sends: `GET /auth/me HTTP/9.9\r\nHost: x\r\n\r\n${hidden}` },
  {
    when: "headers of 100 KB",
    sends: `GET /auth/me HTTP/1.1\r\nHost: x\r\nX-Long: ${"a".repeat(100_000)}\r\n\r\n${hidden}`,
  },
  { when: "no host", sends: `GET /auth/me HTTP/1.1\r\n\r\n${hidden}` },
  {
    when: "two hosts",
    sends: `GET /auth/me HTTP/1.1\r\nHost: x\r\nHost: y\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
  },
];

describe("raw requests", () => {
  let server: RunningServer;
  let databaseUrl: string;
  before(async () => {
    server = await startServer();
    databaseUrl = `sqlite:${server.dataDir}/trilithon.db`;
  });
  after(() => server.stop());

  for (const { when, sends } of hostile) {
    it(`with ${when} are one request or none, and what is hidden behind is not served`, async () => {
      const answers = statusLines(await exchange(server.port, sends));
      assert.ok(answers.length <= 1, answers.join());
      assert.equal(await countRows(databaseUrl, "identifier", `normalized_value = '${smuggled.email}'`), 0);
      assert.equal((await request(`${server.url}/healthz`)).status, 200);
    });
  }

  it("with line feeds alone are one request or none", async () => {
    const answers = statusLines(await exchange(server.port, "GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n"));
    assert.ok(answers.length <= 1, answers.join());
  });

  it("that are two well-formed ones are two", async () => {
    const one = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    const two = one.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    assert.deepEqual(statusLines(await exchange(server.port, one + two)), ["HTTP/1.1 200 OK", "HTTP/1.1 200 OK"]);
  });

  for (const target of ["http://localhost/auth/me", "HTTP://x/auth/me", "http://x", "https://x:80/?y", "*"]) {
    it(`to ${target} are not found, whatever it names: targets begin with a slash`, async () => {
      const text = await exchange(server.port, `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      assert.match(text, /^HTTP\/1\.1 404 Not Found\r\n/);
      assert.match(text, /\r\nx-request-id: req_[\w-]{22}\r\n/i);
      assert.match(text, /\r\n\r\n\{"message":"Not found"\}$/);
    });
  }

  for (const target of ["/reflected", "/auth/reflected", "/healthz/reflected", "*", "http://localhost/auth/login"]) {
    it(`OPTIONS ${target} is not found, which is on record and repeats nothing of it`, async () => {
      const text = await exchange(
        server.port,
        `OPTIONS ${target} HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nConnection: close\r\n\r\n`,
      );
      assert.match(text, /^HTTP\/1\.1 404 Not Found\r\n/);
      assert.match(text, /\r\n\r\n\{"message":"Not found"\}$/);
      assert.doesNotMatch(text, /reflected/);
      const requestId = /\r\nx-request-id: (req_[\w-]{22})\r\n/i.exec(text)?.[1] ?? "";
      const found = await server.findLog((line) => line["requestId"] === requestId);
      assert.deepEqual([found["status"], found["reason"]], [404, "not-found"]);
    });
  }

  it("that cannot be read are told so in JSON, and without the server's kind or version", async () => {
    const text = await exchange(server.port, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n");
    assert.match(text, /^HTTP\/1\.1 400 /);
    assert.doesNotMatch(text, /node|fastify|llhttp|HPE_/i);
  });

  it("that cannot be read have a request id, which is on record", async () => {
    const text = await exchange(server.port, "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n");
    const [, requestId] = /\r\nx-request-id: (req_[\w-]{22})\r\n/.exec(text) ?? [];
    assert.ok(requestId, text);
    const found = await server.findLog((line) => line["requestId"] === requestId);
    assert.deepEqual([found["status"], found["reason"]], [400, "unreadable"]);
  });

  it("that expect what nobody knows are served without it", async () => {
    const text = await exchange(
      server.port,
      "GET /auth/me HTTP/1.1\r\nHost: x\r\nExpect: the-unexpected\r\nConnection: close\r\n\r\n",
    );
    assert.match(text, /^HTTP\/1\.1 401 [\s\S]*\r\nx-request-id: req_/i);
  });

  it("that never end keep nobody else waiting", async () => {
    const slow = await Promise.all(Array.from({ length: 300 }, () => open(server.port)));
    for (const [at, socket] of slow.entries()) {
      socket.write(
        at % 2 === 0
          ? "GET /auth/me HTTP/1.1\r\nHost: x\r\nX-Slow:"
          : `${[...head, "Content-Length: 1000"].join("\r\n")}\r\n\r\n{`,
      );
    }
    const calls = jwtCalls(server.origin("/auth"));
    const { access } = await signedIn(calls);
    for (const socket of slow) {
      socket.write("a");
    }
    const answers = await Promise.all(Array.from({ length: 100 }, () => calls.me(access)));
    assert.deepEqual(countStatuses(answers), { 200: 100 });
    assert.equal(slow.filter(({ destroyed }) => destroyed).length, 0);
    for (const socket of slow) {
      socket.destroy();
    }
  });
});

describe("answers", () => {
  it("name neither the server's kind nor its version", async () => {
    const server = await startServer();
    const calls = jwtCalls(server.origin("/auth"));
    const { access, ...owner } = await signedIn(calls);
    const answers = await Promise.all([
      calls.me(access),
      calls.me("x"),
      calls.register(owner),
      calls.login({ ...owner, password: "x" }),
      request(`${server.origin("/auth")}/.well-known/jwks.json`),
      request(`${server.origin("/auth")}/login`, {
        method: "OPTIONS",
        headers: { origin: "https://a.example", "access-control-request-method": "POST" },
      }),
      request(`${server.origin("/auth")}/login`, { method: "DELETE" }),
      request(`${server.origin("/auth")}/nothing`),
      request(`${server.url}/`),
      request(`${server.url}/healthz`),
      request(`${server.url}/readyz`),
      request(`${server.url}/reset-password?token=x`),
      request(`${server.url}/%ff%fe`),
    ]);
    for (const { headers, text } of answers) {
      assert.deepEqual([headers["server"], headers["x-powered-by"], headers["via"]], [undefined, undefined, undefined]);
      const all = `${JSON.stringify({ ...headers, date: "" })} ${text}`;
      assert.doesNotMatch(
        all,
        /fastify|node(?:\.js|\/)|express|sqlite 3|postgresql \d|mariadb \d|trilithon\/|\bat .*:\d+:\d+/i,
      );
      assert.equal(headers["x-content-type-options"], "nosniff");
    }
    await server.stop();
  });
});

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.on("error", () => {});
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** Sends the bytes on one connection and gives all that came back, once the server has closed it or has nothing more to say. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = await open(port);
  let text = "";
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("data", (piece: Buffer) => {
    text += piece.toString("latin1");
  });
  socket.write(bytes, "latin1");
  // Our end: whoever has read it all has nothing to wait for, and a request cut off in its middle is over.
  socket.end();
  await closed;
  return text;
}

function statusLines(text: string): readonly string[] {
  return text.match(/HTTP\/1\.1 \d{3} [^\r]*/g) ?? [];
}
