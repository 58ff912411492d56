import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { weakerThanDefault } from "#settings/weaker-settings.js";
import { useWrittenConfiguration } from "./written-configuration.js";

const { read, faultsOf } = useWrittenConfiguration();
const account = { contract: "account" };
const day = 86_400_000;

describe("configuration of an account mount", () => {
  it("fills in the rest of what is written", async () => {
    const { mounts } = await read({
      mounts: [
        {
          ...account,
          prefix: "/",
          profile: "hardened",
          language: "negotiate",
          protectedEmails: [" Root@B\u00fccher.example "],
          passwords: { minimumLength: 15 },
          lifetimes: { sessionIdle: "1d" },
          addressLimits: { "forgot-verify": { limit: 3, per: "1h" } },
          handoff: { redirectUris: ["com.example.app:/in"] },
          providers: ["two"],
        },
      ],
      providers: ["one", "two"].map((name) => ({ name, issuer: `https://${name}.example.org`, clientId: "us" })),
    });
    const [mount] = mounts;
    assert.equal(mount?.prefix, "");
    assert.deepEqual(
      mount.providers.map(({ name }) => name),
      ["two"],
    );
    const { policy } = mount;
    assert.equal(policy.profile, "hardened");
    assert.deepEqual(policy.messages, { language: "negotiate" });
    assert.deepEqual(policy.protectedEmails, ["root@xn--bcher-kva.example"]);
    assert.equal(policy.passwords.minimumLength, 15);
    assert.deepEqual(policy.sessions, { idleIn: day, absoluteIn: 30 * day });
    assert.deepEqual(policy.addressLimits["forgot-verify"], { limit: 3, windowIn: 3_600_000 });
    assert.deepEqual(policy.addressLimits["login"], { limit: 10, windowIn: 60_000 });
    assert.deepEqual(policy.handoff, { redirectUris: ["com.example.app:/in"], baseUrl: "https://id.example.org" });
  });

  for (const [written, baseUrl] of [
    [account, "https://id.example.org/account"],
    [{ ...account, prefix: "/api/v1" }, "https://id.example.org/api/v1"],
    [{ ...account, host: "api.example.org" }, "https://api.example.org"],
    [{ ...account, host: "api.example.org", prefix: "/users" }, "https://api.example.org/users"],
  ] as const) {
    it(`is reached at ${baseUrl} with ${JSON.stringify(written)}`, async () => {
      const { mounts } = await read({ mounts: [written] });
      assert.equal(mounts[0]?.policy.handoff.baseUrl, baseUrl);
    });
  }

  it("offers every provider unless it names some", async () => {
    const providers = [{ name: "one", issuer: "https://one.example.org", clientId: "us" }];
    const { mounts } = await read({
      providers,
      mounts: [account, { ...account, name: "b", prefix: "/b", providers: [] }, { contract: "jwt" }],
    });
    assert.deepEqual(
      mounts.map((mount) => mount.providers.map(({ name }) => name)),
      [["one"], [], []],
    );
  });

  const refused: readonly [string, unknown, RegExp][] = [
    [
      "tokens",
      { tokens: { algorithm: "ES256" } },
      /^file: mounts\[0\]\.tokens is not for the contract account, only for jwt$/,
    ],
    ["the lifetime of a token", { lifetimes: { access: "1h" } }, /^file: mounts\[0\]\.lifetimes\.access is not for/],
    [
      "the limit of an endpoint that it does not have",
      { addressLimits: { refresh: { limit: 1, per: "1s" } } },
      /^file: mounts\[0\]\.addressLimits\.refresh is not for the contract account, only for jwt$/,
    ],
    ["another language", { language: "fa" }, /^file: mounts\[0\]\.language must be one of "contract", "negotiate"$/],
    [
      "a protected address that is none",
      { protectedEmails: ["root"] },
      /protectedEmails has "root", which is not an e-mail/,
    ],
    [
      "an unknown provider",
      { providers: ["no"] },
      /^file: mounts\[0\]\.providers has "no", which is no provider's name$/,
    ],
    ["a password of seven", { passwords: { minimumLength: 7 } }, /minimumLength must be >= 8/],
    [
      "idle longer than absolute",
      { lifetimes: { sessionAbsolute: "13d" } },
      /^file: mounts\[0\]\.lifetimes\.sessionIdle must not be longer than sessionAbsolute$/,
    ],
  ];
  for (const [what, over, says] of refused) {
    it(`refuses ${what}`, async () => {
      const [fault = "", ...more] = await faultsOf(read({ mounts: [{ ...account, ...(over as object) }] }));
      assert.match(fault, says);
      assert.deepEqual(more, []);
    });
  }

  for (const [key, value] of Object.entries({
    language: "contract",
    protectedEmails: [],
    handoff: {},
    providers: [],
    addressLimits: { guest: { limit: 1, per: "1s" } },
  })) {
    it(`alone may have ${key}`, async () => {
      const [fault = ""] = await faultsOf(read({ mounts: [{ contract: "jwt", [key]: value }] }));
      assert.match(fault, new RegExp(`^file: mounts\\[0\\]\\.${key}.* is not for the contract jwt, only for account$`));
    });
  }

  const uris: readonly [uri: string, says: RegExp | undefined][] = [
    ["com.example.app:/signed-in", undefined],
    ["myapp://login", undefined],
    ["https://app.example.org/signed-in?from=id", undefined],
    ["http://127.0.0.1:3000/in", undefined],
    ["http://localhost/in", undefined],
    ["http://app.example.org/in", /neither https nor on this machine/],
    ["http://localhost.example.org/in", /neither https nor on this machine/],
    ["https://us@app.example.org/", /holds a user name/],
    ["javascript:alert(1)", /begins with javascript:/],
    ["JavaScript:alert(1)", /begins with javascript:/],
    ["data:text/html,x", /begins with data:/],
    ["vbscript:x", /begins with vbscript:/],
    ["file:///etc/passwd", /begins with file:/],
    ["blob:https://a.example.org/x", /begins with blob:/],
    ["about:blank", /begins with about:/],
    ["//app.example.org/in", /is not a whole URI/],
    ["/in", /is not a whole URI/],
    ["", /has characters/],
    ["https://app.example.org/in#top", /has a fragment/],
    ["https://app.example.org/in#", /has a fragment/],
    ["myapp://in?temp_token=1", /has the parameter temp_token, which the server adds$/],
    ["myapp://in?state=1", /has the parameter state/],
    [" https://app.example.org/in", /has characters/],
    ["https:\\\\app.example.org", /has characters/],
    ["https://app.example.org/\u202e", /has characters/],
  ];
  for (const [uri, says] of uris) {
    it(`${says === undefined ? "accepts" : "refuses"} the redirect URI ${JSON.stringify(uri)}`, async () => {
      const faults = await faultsOf(read({ mounts: [{ ...account, handoff: { redirectUris: [uri] } }] }));
      assert.equal(faults.length, says === undefined ? 0 : 1);
      if (says !== undefined) assert.match(faults[0] ?? "", says);
    });
  }

  it("keeps idle guests as long as the longest session", async () => {
    const sessionAbsolute = "120d";
    const mounts = [account, { ...account, name: "b", prefix: "/b", lifetimes: { sessionAbsolute } }];
    assert.equal((await read({ mounts })).retention.idleGuestsIn, 120 * day);
    assert.equal((await read({ mounts, retention: { idleGuests: "121d" } })).retention.idleGuestsIn, 121 * day);
    assert.deepEqual(await faultsOf(read({ mounts, retention: { idleGuests: "119d" } })), [
      "file: retention.idleGuests must not be shorter than sessionAbsolute of any account mount",
    ]);
    const jwt = { contract: "jwt", lifetimes: { sessionAbsolute } };
    assert.equal((await read({ mounts: [jwt], retention: { idleGuests: "1d" } })).retention.idleGuestsIn, day);
  });

  it("names what is weaker than its default", async () => {
    const configuration = await read({
      mounts: [
        {
          ...account,
          protectedEmails: [],
          lifetimes: { sessionIdle: "15d", sessionAbsolute: "31d" },
          addressLimits: { guest: { limit: 11, per: "1 minute" }, login: { limit: 1, per: "1 minute" } },
        },
      ],
      providers: [{ name: "one", issuer: "https://one.example.org", clientId: "us", trustsEmailsOf: ["*"] }],
      retention: { idleGuests: "91d" },
    });
    assert.deepEqual(weakerThanDefault(configuration), [
      "account: lifetimes.sessionIdle is 15d, the default is 14d",
      "account: lifetimes.sessionAbsolute is 31d, the default is 30d",
      "account: protectedEmails lacks admin@gmail.com",
      "account: addressLimits.guest is 11 per 1m, the default is 10 per 1m",
      "providers: one is believed every address, by trustsEmailsOf",
      "retention.idleGuests is 91d, the default is 90d",
    ]);
  });
});
