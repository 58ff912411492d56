import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { givenRegistration } from "../../given.js";
import { nextAddress } from "../../server/request.js";
import { specEndpoints } from "../../specs/jwt-page.js";
import { rawRequest } from "../raw-request.js";
import { anyEndpointRows } from "./any-endpoint-rows.js";
import { expectHeaders } from "../expect-headers.js";
import { testRows } from "./row.js";
import type { Sent } from "../stage.js";
import { bothProfiles, useStage } from "./stage.js";

const utf8Types = [
  "application/json",
  "application/json; charset=utf-8",
  "application/json;charset=UTF-8",
  'application/json; charset="utf-8"',
  "APPLICATION/JSON",
  "Application/Json ; Charset=Utf-8",
];

const emptyBodies: readonly (readonly [when: string, over: Partial<Sent>])[] = [
  ["no type", {}],
  ["the type text/plain", { headers: { "content-type": "text/plain" } }],
  ["a type that is none", { headers: { "content-type": "garbage" } }],
  ["the type of JSON", { headers: { "content-type": "application/json" } }],
  ["no length", { headers: { "transfer-encoding": "chunked", "content-type": "text/plain" } }],
];

describeOnEveryEngine("any endpoint", (engine) => {
  const stage = useStage(engine, {
    config: {
      mounts: [
        ...bothProfiles,
        { contract: "jwt", name: "hosted", host: "id.example.org", prefix: "/" },
        { contract: "jwt", name: "deep", prefix: "/a/deep/place" },
      ],
    },
  });

  for (const type of utf8Types) {
    test(`a body of the type ${type} is read`, async () => {
      const answer = await stage.ask({
        path: "/register",
        headers: { "content-type": type },
        body: JSON.stringify(givenRegistration()),
      });
      assert.equal(answer.status, 201, answer.text);
    });
  }

  for (const [when, over] of emptyBodies) {
    test(`an empty body with ${when} counts as {}`, async () => {
      const answer = await stage.ask({ path: "/login", method: "POST", body: "", ...over });
      assert.deepEqual([answer.status, answer.json], [400, { message: "Email and password are required" }]);
      expectHeaders(answer);
    });
  }

  for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
    test(`a body of exactly 64 KiB is read${"transfer-encoding" in headers ? ", in pieces" : ""}`, async () => {
      const registration = { ...givenRegistration(), padding: "" };
      const padding = "x".repeat(64 * 1024 - JSON.stringify(registration).length);
      const body = JSON.stringify({ ...registration, padding });
      assert.equal(Buffer.byteLength(body), 64 * 1024);
      const answer = await stage.ask({
        path: "/register",
        headers: { "content-type": "application/json", ...headers },
        body,
      });
      assert.equal(answer.status, 201, answer.text);
    });
  }

  test("JSON that says the same in another way is the same", async () => {
    const { username, email, password } = givenRegistration();
    const body = ` \r\n{"\\u0075sername":${JSON.stringify(username)},"email" :\t${JSON.stringify(email)},"password":${JSON.stringify(password)},"n":1e400,"o":{"n":-0}}\n`;
    const answer = await stage.ask({ path: "/register", headers: { "content-type": "application/json" }, body });
    assert.equal(answer.status, 201, answer.text);
    await stage.signIn({ email, password });
  });

  test("a hostile body changes nothing for the requests after it", async () => {
    const bodies = [
      '{"__proto__":{"email":"a@example.org","password":"x"}}',
      '{"constructor":{"prototype":{"email":"a"}}}',
    ];
    for (const body of bodies)
      await stage.ask({ path: "/login", headers: { "content-type": "application/json" }, body });
    const answer = await stage.ask({ path: "/login", json: {} });
    assert.deepEqual([answer.status, answer.json], [400, { message: "Email and password are required" }]);
  });

  test("a query changes nothing", async () => {
    const answer = await stage.ask({ path: "/login?email=a@example.org&password=x&__proto__[x]=1", method: "POST" });
    assert.deepEqual([answer.status, answer.json], [400, { message: "Email and password are required" }]);
  });

  test("request ids are the server's own, each another", async () => {
    const sent = "00000000-0000-7000-8000-000000000000";
    const ask = () => stage.ask({ path: "/me", headers: { "x-request-id": sent } });
    const ids = (await Promise.all([ask(), ask(), ask()])).map(({ headers }) => headers["x-request-id"]);
    assert.equal(new Set([...ids, sent]).size, 4);
  });

  test("a connection is used again after every kind of refusal", async () => {
    const head = (line: string, headers: readonly string[] = []) => [line, "Host: x", ...headers].join("\r\n");
    const text = [
      `${head("GET /auth/nothing HTTP/1.1")}\r\n\r\n`,
      `${head("PUT /auth/login HTTP/1.1", ["Content-Length: 2"])}\r\n\r\n{}`,
      `${head("POST /auth/login HTTP/1.1", ["Content-Length: 2", "Content-Type: text/plain"])}\r\n\r\n{}`,
      `${head("POST /auth/login HTTP/1.1", ["Content-Length: 2", "Content-Type: application/json"])}\r\n\r\n[]`,
      `${head("GET /auth/me HTTP/1.1", ["Connection: close"])}\r\n\r\n`,
    ].join("");
    const statuses = [...(await rawRequest(stage.server.port, text)).matchAll(/HTTP\/1\.1 (\d+)/g)].map(
      ([, status]) => status,
    );
    assert.deepEqual(statuses, ["404", "405", "415", "400", "401"]);
  });

  const unreadable: readonly (readonly [when: string, text: string])[] = [
    ["no HTTP", "hello\r\n\r\n"],
    ["an unknown method", "FROB /auth/login HTTP/1.1\r\nHost: x\r\n\r\n"],
    ["two lengths", "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}"],
    [
      "a length and chunks",
      "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["a length that is no number", "POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 0x2\r\n\r\n{}"],
    ["a blank before a header's colon", "GET /auth/me HTTP/1.1\r\nHost : x\r\n\r\n"],
    ["a line feed in a header", "GET /auth/me HTTP/1.1\r\nHost: x\r\nX-A: a\nb\r\n\r\n"],
    ["a header of 100 KB", `GET /auth/me HTTP/1.1\r\nHost: x\r\nX-A: ${"a".repeat(100_000)}\r\n\r\n`],
  ];
  for (const [when, text] of unreadable) {
    test(`bytes that are no request end the connection with a 4xx: ${when}`, async () => {
      const answer = await rawRequest(stage.server.port, text);
      assert.match(answer, /^HTTP\/1\.1 4\d\d [\s\S]*connection: close/i);
      assert.equal([...answer.matchAll(/HTTP\/1\.1/g)].length, 1);
    });
  }

  for (const { name, method, path } of specEndpoints) {
    test(`${method} ${path} is served on the host of its mount, in any case and with a port, and on no other`, async () => {
      const statusOn = async (host: string) =>
        (await stage.ask({ path, method, prefix: "", headers: { host }, address: nextAddress() })).status;
      const reached = { register: 400, login: 400, refresh: 401, logout: 401, me: 401 }[name] ?? 200;
      for (const host of ["id.example.org", "ID.example.ORG", "id.example.org:8443"])
        assert.equal(await statusOn(host), reached, host);
      for (const host of ["example.org", "id.example.org.evil.org", "localhost"])
        assert.equal(await statusOn(host), 404, host);
    });

    test(`${method} ${path} is served below a prefix of several parts, and not beside it`, async () => {
      const statusAt = async (prefix: string) => (await stage.ask({ path, method, prefix })).status;
      assert.notEqual(await statusAt("/a/deep/place"), 404);
      for (const prefix of ["/a/deep", "/a", "/a/deep/place/auth", "/A/deep/place", "/a/deep%2fplace"])
        assert.equal(await statusAt(prefix), 404, prefix);
    });
  }

  for (const path of ["", "/", "/.well-known", "/.well-known/openid-configuration", "/verify", "/admin"]) {
    test(`GET /auth${path} is not there, in the contract's words`, async () => {
      const answer = await stage.ask({ path });
      assert.deepEqual([answer.status, answer.json], [404, { message: "Not found" }]);
      expectHeaders(answer);
    });
  }

  testRows(stage, anyEndpointRows);
});
