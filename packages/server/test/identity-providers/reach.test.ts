import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ProviderFault } from "#adapters/identity-providers/provider-fault.js";
import { assertMayReach, checkedLookup, type Reach } from "#adapters/identity-providers/reach.js";

const reach = (issuer: string, mayBeLoopback = true): Reach => ({ issuer: new URL(issuer), mayBeLoopback });
const mayReach = (from: Reach, url: string): boolean => {
  try {
    assertMayReach(from, new URL(url));
    return true;
  } catch (error) {
    assert.ok(error instanceof ProviderFault);
    return false;
  }
};

describe("from where a provider's answers may come", () => {
  const inside = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/",
    "https://192.0.0.192/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[ff02::1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
  ];
  for (const url of inside)
    it(`not from ${url}`, () => {
      assert.equal(mayReach(reach("https://id.example.org"), url), false);
    });

  const others: readonly (readonly [issuer: string, url: string, may: boolean])[] = [
    ["https://id.example.org", "https://id.example.org/token", true],
    ["https://id.example.org", "https://keys.example.net/", true],
    ["https://id.example.org", "https://93.184.215.14/", true],
    ["https://id.example.org", "https://[2606:2800:21f:cb07::1]/", true],
    ["https://id.example.org", "http://id.example.org/token", false],
    ["https://id.example.org", "http://93.184.215.14/", false],
    ["https://id.example.org", "https://user:secret@id.example.org/", false],
    ["https://id.example.org", "ftp://id.example.org/", false],
    ["https://id.example.org", "file:///etc/passwd", false],
    ["https://id.example.org", "data:application/json,{}", false],
    // Written by the operator, proven by TLS.
    ["https://10.0.0.1", "https://10.0.0.1/token", true],
    ["https://10.0.0.1", "https://10.0.0.1:8443/token", false],
    ["https://10.0.0.1", "https://10.0.0.2/token", false],
    ["https://10.0.0.1", "http://10.0.0.1/token", false],
    ["http://10.0.0.1", "http://10.0.0.1/token", false],
    ["https://169.254.169.254", "https://169.254.169.254/", false],
    ["http://127.0.0.1:9000", "http://127.0.0.1:9000/token", true],
    ["http://localhost:9000", "http://localhost:9000/token", true],
    ["http://[::1]:9000", "http://[::1]:9000/token", true],
    ["http://127.0.0.1:9000", "http://127.0.0.1:9001/token", false],
    ["http://127.0.0.1:9000", "http://localhost:9000/token", false],
    ["http://127.0.0.1:9000", "https://127.0.0.1:9000/token", false],
  ];
  for (const [issuer, url, may] of others)
    it(`${may ? "" : "not "}from ${url} when the issuer is ${issuer}`, () => {
      assert.equal(mayReach(reach(issuer), url), may);
    });

  it("not from this machine in production", () => {
    assert.equal(mayReach(reach("http://127.0.0.1:9000", false), "http://127.0.0.1:9000/token"), false);
    assert.equal(mayReach(reach("https://localhost", false), "https://localhost/token"), true, "the name is looked up");
  });

  /** What a connection to a name is given. */
  const look = (from: Reach, url: string, all: boolean) =>
    new Promise<unknown>((resolve) => {
      const { hostname } = new URL(url);
      checkedLookup(from, new URL(url))(hostname, { all }, (error, address) => resolve(error ?? address));
    });

  it("not from a name that leads inside: what was checked is what is connected to", async () => {
    for (const all of [true, false]) {
      const refused = await look(reach("https://id.example.org"), "https://localhost/", all);
      assert.ok(refused instanceof ProviderFault);
      assert.equal(refused.reason, "address-not-public");
      const local = await look(reach("http://localhost:9000"), "http://localhost:9000/", all);
      assert.ok(all ? Array.isArray(local) : typeof local === "string", String(local));
    }
    assert.ok((await look(reach("https://localhost", false), "https://localhost/", true)) instanceof ProviderFault);
  });
});
