import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { givenPerson } from "../../given.js";
import { specEndpoints } from "../../specs/account-page.js";
import { bodyLimit } from "../hostile-requests.js";
import { rawRequest } from "../raw-request.js";
import type { Sent } from "../stage.js";
import { anyEndpointRows } from "./any-endpoint-rows.js";
import { codeSent, expectSuccess } from "./expect-success.js";
import { testRows } from "./row.js";
import { stageMounts, useStage } from "./stage.js";

const utf8Types = ["application/json", "application/json; charset=utf-8", 'APPLICATION/JSON ; Charset="UTF-8"'];

const emptyBodies: readonly (readonly [when: string, over: Partial<Sent>])[] = [
  ["no type", {}],
  ["the type text/plain", { headers: { "content-type": "text/plain" } }],
  ["a type that is none", { headers: { "content-type": "garbage" } }],
  ["the type of JSON", { headers: { "content-type": "application/json" } }],
  ["the type of a form", { headers: { "content-type": "application/x-www-form-urlencoded" } }],
  ["the type of parts without a boundary", { headers: { "content-type": "multipart/form-data" } }],
  ["no length", { headers: { "transfer-encoding": "chunked", "content-type": "text/plain" } }],
];

describeOnEveryStore("any endpoint", (engine) => {
  const stage = useStage(engine, {
    config: {
      mounts: [
        ...stageMounts(),
        { contract: "account", name: "rooted", host: "id.example.org", prefix: "/" },
        { contract: "account", name: "deep", prefix: "/api/v1/users" },
      ],
    },
  });
  const missing = {
    status: "error",
    code: "validation_error",
    status_code: 400,
    message: "There were validation errors.",
    errors: [
      { field: "email", message: "This field is required." },
      { field: "password", message: "This field is required." },
    ],
  };

  for (const type of utf8Types) {
    test(`a body of the type ${type} is read`, async () => {
      const { email, fullname } = givenPerson();
      const body = JSON.stringify({ email, fullname });
      expectSuccess(await stage.ask({ path: "/register/", headers: { "content-type": type }, body }), codeSent(email));
    });
  }

  for (const [when, over] of emptyBodies) {
    test(`an empty body with ${when} counts as {}`, async () => {
      const answer = await stage.ask({ path: "/login/", method: "POST", body: "", ...over });
      assert.deepEqual([answer.status, answer.json], [400, missing]);
    });
  }

  test("a form of no field, and parts of none, count as {}", async () => {
    for (const [type, body] of [
      ["application/x-www-form-urlencoded", "&&"],
      ["multipart/form-data; boundary=b", "--b--\r\n"],
      ["application/json", " { } "],
    ] as const) {
      const answer = await stage.ask({ path: "/login/", headers: { "content-type": type }, body });
      assert.deepEqual([answer.status, answer.json], [400, missing], type);
    }
  });

  test("a body of exactly 64 KiB is read", async () => {
    const { email, fullname } = givenPerson();
    const start = { email, fullname, padding: "" };
    const body = JSON.stringify({ ...start, padding: "x".repeat(bodyLimit - JSON.stringify(start).length) });
    assert.equal(Buffer.byteLength(body), bodyLimit);
    const headers = { "content-type": "application/json" };
    expectSuccess(await stage.ask({ path: "/register/", headers, body }), codeSent(email));
  });

  test("a thousand fields, and parts that look like boundaries, are read in no time", async () => {
    const { email, fullname } = givenPerson();
    const boundary = "b";
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const noise = Array.from({ length: 900 }, (_, at) => part(`x${at}`, "--b-\r\n--")).join("");
    const body = `${noise}${part("email", email)}${part("fullname", fullname)}--b--\r\n`;
    const startedAt = performance.now();
    const answer = await stage.ask({
      path: "/register/",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
      body,
    });
    expectSuccess(answer, codeSent(email));
    assert.ok(performance.now() - startedAt < 2000);
  });

  test("a query changes nothing", async () => {
    const answer = await stage.ask({ path: "/login/?email=a@example.org&password=x&__proto__[x]=1", method: "POST" });
    assert.deepEqual([answer.status, answer.json], [400, missing]);
  });

  test("a hostile body changes nothing for the requests after it", async () => {
    for (const body of [
      '{"__proto__":{"email":"a@example.org","password":"x"}}',
      '{"constructor":{"prototype":{"email":"a"}}}',
    ])
      await stage.ask({ path: "/login/", headers: { "content-type": "application/json" }, body });
    const form = { "content-type": "application/x-www-form-urlencoded" };
    await stage.ask({ path: "/login/", headers: form, body: "__proto__[email]=a&constructor.prototype.email=b" });
    const answer = await stage.ask({ path: "/login/", json: {} });
    assert.deepEqual([answer.status, answer.json], [400, missing]);
  });

  test("a connection is used again after every kind of refusal", async () => {
    const request = (line: string, type: string, body: string) =>
      [line, "Host: x", `Content-Type: ${type}`, `Content-Length: ${body.length}`, "", body].join("\r\n");
    const text = [
      request("POST /account/nothing/ HTTP/1.1", "application/json", "{}"),
      request("PUT /account/login/ HTTP/1.1", "application/json", "{}"),
      request("POST /account/login/ HTTP/1.1", "text/plain", "{}"),
      request("POST /account/login/ HTTP/1.1", "application/json", "[]"),
      request("POST /account/login/ HTTP/1.1", "multipart/form-data; boundary=b", "--b\r\n"),
      request("DELETE /account/profile/delete/ HTTP/1.1", "application/json", "{}"),
      "GET /account/profile/update/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ].join("");
    const answers = await rawRequest(stage.server.port, text);
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    assert.deepEqual(statuses, ["404", "405", "415", "400", "400", "401", "401"]);
  });

  for (const { methods, path } of specEndpoints) {
    test(`${methods.join("/")} ${path} is served at a root of its own host, and below a deep prefix`, async () => {
      const [method = "POST"] = methods;
      const host = { host: "id.example.org" };
      for (const spelled of [path, path.replace(/\/$/, "")]) {
        assert.notEqual((await stage.ask({ path: spelled, method, prefix: "", headers: host })).status, 404, spelled);
        assert.notEqual((await stage.ask({ path: spelled, method, prefix: "/api/v1/users" })).status, 404, spelled);
        assert.equal((await stage.ask({ path: spelled, method, prefix: "/api/v1" })).status, 404, spelled);
      }
    });
  }

  for (const path of ["", "/", "/password/", "/admin/", "/register/verify/", "/profile/", "/web/"]) {
    test(`GET /account${path} is not there, in the contract's words`, async () => {
      const answer = await stage.ask({ path });
      assert.deepEqual(
        [answer.status, answer.json],
        [404, { status: "error", code: "not_found", status_code: 404, message: "Not found.", errors: [] }],
      );
    });
  }

  testRows(stage, anyEndpointRows);
});
