import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryPair } from "../../engines/engines.js";
import { bodyLimit } from "../hostile-requests.js";
import { rawRequest } from "../raw-request.js";
import { anyEndpointRows } from "./any-endpoint-rows.js";
import { endpoints } from "./endpoints.js";
import { keyRows, otherCompany } from "./key-rows.js";
import { limitsRows } from "./limits-rows.js";
import { expectRefused, testRows } from "./row.js";
import { useStage } from "./stage.js";
import { tokenRows } from "./token-rows.js";

const utf8Types = ["application/json", "application/json; charset=utf-8", 'APPLICATION/JSON ; Charset="UTF-8"'];

describeOnEveryPair("any endpoint", (engine) => {
  const stage = useStage(engine);
  // Refused for want of a signature, once its body has been read.
  const users = { path: "/users", method: "POST" };
  const unsigned = { code: "auth.header.missing" };

  for (const type of utf8Types) {
    test(`a body of the type ${type} is read`, async () => {
      expectRefused(await stage.ask({ ...users, headers: { "content-type": type }, body: "{}" }), unsigned);
    });
  }

  for (const type of [undefined, "text/plain", "garbage", "application/x-www-form-urlencoded"]) {
    test(`an empty body of ${type ?? "no"} type counts as {}`, async () => {
      const headers = type === undefined ? {} : { "content-type": type };
      expectRefused(await stage.ask({ ...users, headers, body: "" }), unsigned);
      expectRefused(await stage.ask({ ...users, headers: { ...headers, "transfer-encoding": "chunked" } }), unsigned);
    });
  }

  test("a body of exactly 64 KiB is read", async () => {
    const body = JSON.stringify({ padding: "x".repeat(bodyLimit - JSON.stringify({ padding: "" }).length) });
    assert.equal(Buffer.byteLength(body), bodyLimit);
    expectRefused(await stage.ask({ ...users, headers: { "content-type": "application/json" }, body }), unsigned);
  });

  test("HEAD is answered where GET is, without a body", async () => {
    for (const { path } of endpoints.filter(({ method }) => method === "GET")) {
      const [got, head] = [await stage.ask({ path }), await stage.ask({ path, method: "HEAD" })];
      assert.deepEqual([head.status, head.text], [got.status, ""], path);
    }
  });

  test("an OPTIONS that asks for nothing is answered, of a company that is there", async () => {
    const answer = await stage.ask({ path: "/user", method: "OPTIONS", key: null });
    assert.deepEqual([answer.status, answer.text], [204, ""]);
    expectRefused(await stage.ask({ path: "/user", method: "OPTIONS", key: null, prefix: "/nobody/v2" }), {
      code: "object.id.notfound",
    });
    expectRefused(await stage.ask({ path: "/nothing", method: "OPTIONS", key: null }), { code: "route.notfound" });
  });

  test("only paths of a company and a version are the contract's", async () => {
    for (const path of ["/default", "/default/", "/default/v3/user", "/default/V2/user", "/v2/user", "/nothing", "/"]) {
      const answer = await stage.ask({ path, prefix: "" });
      assert.deepEqual([answer.status, answer.json], [404, { message: "Not found" }], path);
    }
    for (const path of ["/default/v2", "/default/v2/", "/default/v1/", "/default/v2//user", "/default/v2/user/"])
      expectRefused(await stage.ask({ path, prefix: "" }), { code: "route.notfound" });
  });

  test("the other contracts keep their paths", async () => {
    const jwt = await stage.ask({ prefix: "/auth", path: "/v2/user" });
    assert.deepEqual([jwt.status, jwt.headers["content-type"]], [404, "application/json; charset=utf-8"]);
    assert.doesNotMatch(jwt.text, /error_code/);
    const account = await stage.ask({ prefix: "/account", path: "/v2/user" });
    assert.match(account.text, /"code":"not_found"/);
    assert.equal((await stage.ask({ prefix: "", path: "/healthz" })).status, 200);
  });

  test("a key of another company opens its own company alone", async () => {
    const there = stage.at({ company: await otherCompany(stage) });
    const own = await there.ownKey();
    expectRefused(await there.ask({ path: "/user", key: own.key }), unsigned);
    expectRefused(await stage.ask({ path: "/user", key: own.key }), { code: "auth.apikey.invalid" });
  });

  test("a key's language answers where nobody names another", async () => {
    const { key } = await stage.keyWith({ language: "ru" });
    const ask = (headers: Record<string, string>) => stage.ask({ path: "/user", key, headers });
    expectRefused(await ask({}), unsigned, "ru");
    expectRefused(await ask({ "accept-language": "de, *;q=0.5" }), unsigned, "ru");
    expectRefused(await ask({ "accept-language": "fa-IR, en;q=0.5" }), unsigned, "fa");
    expectRefused(await ask({ "accept-language": "en" }), unsigned, "en");
    expectRefused(await ask({ "accept-language": "../../etc, __proto__, fa;q=0" }), unsigned, "ru");
    expectRefused(
      await stage.ask({ path: "/user", key: null, headers: { "accept-language": "ru" } }),
      {
        code: "auth.apikey.missing",
      },
      "ru",
    );
  });

  test("a key that the address list lets in is let in", async () => {
    const { key } = await stage.keyWith({ addresses: ["127.0.0.0/8"] });
    expectRefused(await stage.ask({ path: "/user", key }), unsigned);
  });

  test("a connection is used again after every kind of refusal", async () => {
    const { key } = await stage.ownKey();
    const request = (line: string, type: string, body: string) =>
      [line, "Host: x", `X-Api-Key: ${key}`, `Content-Type: ${type}`, `Content-Length: ${body.length}`, "", body].join(
        "\r\n",
      );
    const text = [
      request("POST /nobody/v2/users HTTP/1.1", "application/json", "{}"),
      request("POST /default/v2/nothing HTTP/1.1", "application/json", "{}"),
      request("DELETE /default/v2/users HTTP/1.1", "application/json", "{}"),
      request("POST /default/v2/users HTTP/1.1", "text/plain", "{}"),
      request("POST /default/v2/users HTTP/1.1", "application/json", "[]"),
      request("POST /default/v2/users HTTP/1.1", "application/json", "{}"),
      "GET /default/v2/user HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ].join("");
    const answers = await rawRequest(stage.server.port, text);
    const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    assert.deepEqual(statuses, ["404", "404", "405", "415", "422", "401", "401"]);
  });

  test("an operator finds the cause of an answer by its error_id", async () => {
    const answer = await stage.ask({ path: "/user", key: null });
    const { error_id: id } = Object(answer.json) as { readonly error_id: string };
    const { stdout } = await stage.cli("error", id, "--json");
    assert.match(stdout, /"reason": ?"api-key-missing"/);
  });

  testRows(stage, [...keyRows, ...anyEndpointRows, ...tokenRows, ...limitsRows]);
});
