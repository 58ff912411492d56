import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readConfiguration } from "#settings/config.js";
import { literalBehaviours, weakerThanDefault } from "#settings/weaker-settings.js";
import { publicUrl, useWrittenConfiguration } from "./written-configuration.js";

const { read, readText, faultsOf, folder } = useWrittenConfiguration();
const hour = 3_600_000;
const day = 24 * hour;

describe("configuration", () => {
  it("serves every contract at its own prefix when there is no file", async () => {
    const configuration = await readConfiguration({ file: undefined, publicUrl });
    const smsLimits = {
      number: { pauseIn: 60_000, perHour: 5, perDay: 10 },
      range: { pauseIn: 0, perHour: 50, perDay: 200 },
      country: { pauseIn: 0, perHour: 1_000, perDay: 5_000 },
      client: { pauseIn: 0, perHour: 1_000, perDay: 5_000 },
      realm: { pauseIn: 0, perHour: 2_000, perDay: 10_000 },
    };
    const shared = {
      mounts: ["jwt", "account", "platform"],
      profile: "contract",
      signIn: {
        passwordBudget: { limit: 10, restIn: hour, disabledAt: 100 },
        knownDeviceBudget: { limit: 5, restIn: hour, disabledAt: 100 },
        deviceKnownIn: 30 * day,
      },
      codes: {
        guessBudget: { limit: 50, restIn: day, disabledAt: 1_000_000 },
        sending: { pauseIn: 60_000, perHour: 5, perDay: 10 },
        sms: smsLimits,
      },
      messages: { language: "contract" },
      protectedEmails: ["admin@gmail.com"],
    };
    const tokens = (address: string) => ({
      algorithm: "ES256",
      issuer: address,
      audience: address,
      accessIn: hour,
      refreshIn: 30 * day,
      rotation: "by-client",
      rotationGraceIn: 10_000,
    });
    const aMinute = (limit: number) => ({ limit, windowIn: 60_000 });
    assert.deepEqual(configuration, {
      file: undefined,
      mounts: [
        {
          name: "jwt",
          contract: "jwt",
          prefix: "/auth",
          host: undefined,
          corsOrigins: ["*"],
          providers: [],
          policy: {
            ...shared,
            mount: "jwt",
            passwords: {
              minimumLength: 12,
              maximumLength: 1_000,
              needsAllClasses: true,
              refusesCommon: true,
              refusesNumeric: false,
              refusesSimilar: false,
            },
            handoff: { redirectUris: [], baseUrl: "https://id.example.org/auth" },
            sessions: { idleIn: 7 * day, absoluteIn: 30 * day },
            tokens: tokens("https://id.example.org/auth"),
            addressLimits: {
              register: aMinute(5),
              verify: aMinute(30),
              login: aMinute(10),
              refresh: { limit: 60, windowIn: hour },
            },
          },
        },
        {
          name: "account",
          contract: "account",
          prefix: "/account",
          host: undefined,
          corsOrigins: ["*"],
          providers: [],
          policy: {
            ...shared,
            mount: "account",
            passwords: {
              minimumLength: 8,
              maximumLength: 1_000,
              needsAllClasses: false,
              refusesCommon: true,
              refusesNumeric: true,
              refusesSimilar: true,
            },
            handoff: { redirectUris: [], baseUrl: "https://id.example.org/account" },
            sessions: { idleIn: 14 * day, absoluteIn: 30 * day },
            tokens: tokens("https://id.example.org/account"),
            addressLimits: {
              register: aMinute(5),
              verify: aMinute(30),
              resend: aMinute(5),
              login: aMinute(10),
              guest: aMinute(10),
              "exchange-token": aMinute(30),
              "mobile-login": aMinute(30),
              forgot: aMinute(5),
              "forgot-verify": aMinute(30),
              reset: aMinute(10),
            },
          },
        },
        {
          name: "platform",
          contract: "platform",
          prefix: "",
          host: undefined,
          corsOrigins: [],
          providers: [],
          policy: {
            ...shared,
            mount: "platform",
            passwords: {
              minimumLength: 8,
              maximumLength: 1_000,
              needsAllClasses: false,
              refusesCommon: true,
              refusesNumeric: true,
              refusesSimilar: true,
            },
            handoff: { redirectUris: [], baseUrl: "https://id.example.org" },
            sessions: { idleIn: 14 * day, absoluteIn: 30 * day },
            tokens: tokens("https://id.example.org"),
            addressLimits: {
              signup: aMinute(5),
              login: aMinute(10),
              check: aMinute(30),
              resend: aMinute(5),
              recovery: aMinute(5),
              oauth: aMinute(10),
              captcha: aMinute(30),
              change: aMinute(30),
              signed: aMinute(600),
            },
          },
        },
      ],
      providers: [],
      captchas: [],
      sms: { gateways: [], connections: 5, countries: [], limits: smsLimits },
      retention: {
        deletedAccountsIn: 30 * day,
        failureRecordsIn: 30 * day,
        sessionsIn: 30 * day,
        idleGuestsIn: 90 * day,
      },
      signing: { rotateEveryIn: 90 * day },
    });
    assert.deepEqual(weakerThanDefault(configuration), []);
  });

  it("fills in the rest of what is written", async () => {
    const { mounts, signing } = await read({
      $schema: "./schema.json",
      mounts: [
        { contract: "jwt" },
        {
          contract: "jwt",
          name: "partners",
          host: "auth.example.org",
          cors: { origins: ["https://app.example.org"] },
          tokens: { algorithm: "EdDSA", audience: "partners", rotation: "always" },
          lifetimes: { access: "15 minutes" },
        },
      ],
      signing: { rotateEvery: "12h" },
    });
    const [, partners] = mounts;
    assert.equal(partners?.prefix, "");
    assert.equal(partners.policy.mount, "partners");
    assert.deepEqual(partners.corsOrigins, ["https://app.example.org"]);
    assert.deepEqual(partners.policy.tokens, {
      algorithm: "EdDSA",
      issuer: "https://auth.example.org",
      audience: "partners",
      accessIn: hour / 4,
      refreshIn: 30 * day,
      rotation: "always",
      rotationGraceIn: 10_000,
    });
    assert.equal(signing.rotateEveryIn, 12 * hour);
  });

  for (const [written, milliseconds] of [
    ["1s", 1_000],
    ["1 second", 1_000],
    ["90 seconds", 90_000],
    ["2m", 120_000],
    ["2 min", 120_000],
    ["1 minute", 60_000],
    ["1h", hour],
    ["2 hours", 2 * hour],
    ["1 day", day],
    ["30d", 30 * day],
  ] as const) {
    it(`reads the duration ${written}`, async () => {
      assert.equal((await read({ signing: { rotateEvery: written } })).signing.rotateEveryIn, milliseconds);
    });
  }

  const jwt = { contract: "jwt" };
  const refused: readonly [string, unknown, RegExp][] = [
    ["another type", [], /^file: the file must be object/],
    [
      "an unknown key",
      { mount: [] },
      /^file: the file has the unknown key "mount"; allowed: \$schema, mounts, providers, captchas, sms, retention, signing$/,
    ],
    [
      "an unknown key of a mount",
      { mounts: [{ ...jwt, path: "/" }] },
      /^file: mounts\[0\] has the unknown key "path"; allowed: contract, name/,
    ],
    ["a key that means the prototype", JSON.parse('{"__proto__": {}}'), /unknown key "__proto__"/],
    ["no mount", { mounts: [] }, /^file: mounts must not have fewer than 1 items/],
    ["no contract", { mounts: [{}] }, /^file: mounts\[0\] lacks "contract"$/],
    [
      "another contract",
      { mounts: [{ contract: "soap" }] },
      /^file: mounts\[0\]\.contract must be one of "jwt", "account", "platform"$/,
    ],
    ["a name in capitals", { mounts: [{ ...jwt, name: "Main" }] }, /^file: mounts\[0\]\.name must match pattern/],
    ["a prefix without slash", { mounts: [{ ...jwt, prefix: "auth" }] }, /^file: mounts\[0\]\.prefix must match/],
    [
      "a prefix with a slash at its end",
      { mounts: [{ ...jwt, prefix: "/auth/" }] },
      /^file: mounts\[0\]\.prefix must match/,
    ],
    ["a prefix that climbs", { mounts: [{ ...jwt, prefix: "/../x" }] }, /^file: mounts\[0\]\.prefix must match/],
    ["a path of the server", { mounts: [{ ...jwt, prefix: "/healthz" }] }, /which the server itself answers$/],
    ["a page of the server", { mounts: [{ ...jwt, prefix: "/reset-password" }] }, /which the server itself answers$/],
    [
      "a host with a scheme",
      { mounts: [{ ...jwt, host: "https://a.example.org" }] },
      /^file: mounts\[0\]\.host must match/,
    ],
    [
      "an origin with a path",
      { mounts: [{ ...jwt, cors: { origins: ["https://a.example.org/x"] } }] },
      /^file: mounts\[0\]\.cors\.origins\[0\] must match/,
    ],
    [
      "an origin that is none",
      { mounts: [{ ...jwt, cors: { origins: ["https://a:b:c"] } }] },
      /cors\.origins has "https:\/\/a:b:c", which is not an origin/,
    ],
    [
      "every origin and one more",
      { mounts: [{ ...jwt, cors: { origins: ["*", "https://a.org"] } }] },
      /origins must be \["\*"\] alone/,
    ],
    [
      "a limit of zero",
      { mounts: [{ ...jwt, addressLimits: { login: { limit: 0, per: "1 minute" } } }] },
      /^file: mounts\[0\]\.addressLimits\.login\.limit must be >= 1/,
    ],
    [
      "a limit without a window",
      { mounts: [{ ...jwt, addressLimits: { login: { limit: 1 } } }] },
      /login lacks "per"$/,
    ],
    [
      "a limit of no endpoint",
      { mounts: [{ ...jwt, addressLimits: { me: { limit: 1, per: "1s" } } }] },
      /unknown key "me"; allowed: register, verify, /,
    ],
    [
      "a duration as number",
      { mounts: [{ ...jwt, lifetimes: { access: 3600 } }] },
      /^file: mounts\[0\]\.lifetimes\.access must be string\. An access token/,
    ],
    [
      "a duration without unit",
      { mounts: [{ ...jwt, lifetimes: { access: "60" } }] },
      /^file: mounts\[0\]\.lifetimes\.access must match/,
    ],
    ["a duration of nothing", { signing: { rotateEvery: "0d" } }, /^file: signing\.rotateEvery must match/],
    [
      "idle longer than absolute",
      { mounts: [{ ...jwt, lifetimes: { sessionAbsolute: "1d" } }] },
      /sessionIdle must not be longer than sessionAbsolute$/,
    ],
    [
      "access longer than refresh",
      { mounts: [{ ...jwt, lifetimes: { access: "2d", refresh: "1d" } }] },
      /access must not be longer than refresh$/,
    ],
    [
      "another algorithm",
      { mounts: [{ ...jwt, tokens: { algorithm: "HS256" } }] },
      /algorithm must be one of "ES256", "EdDSA", "RS256"$/,
    ],
    ["a password of seven", { mounts: [{ ...jwt, passwords: { minimumLength: 7 } }] }, /minimumLength must be >= 8/],
    [
      "one name twice",
      { mounts: [jwt, { ...jwt, prefix: "/b" }] },
      /mounts\[0\] and mounts\[1\] have the same name "jwt"/,
    ],
    [
      "one place twice",
      { mounts: [jwt, { ...jwt, name: "b" }] },
      /mounts\[0\] and mounts\[1\] have the same place b \(\/auth\)/,
    ],
    [
      "one issuer twice",
      { mounts: [jwt, { ...jwt, name: "b", prefix: "/b", tokens: { issuer: `${publicUrl}/auth` } }] },
      /have the same issuer/,
    ],
  ];
  for (const [what, written, says] of refused) {
    it(`refuses ${what}`, async () => {
      const [fault = "", ...more] = await faultsOf(read(written));
      assert.match(fault, says);
      assert.deepEqual(more, []);
    });
  }

  for (const [what, prefix] of [
    ["prefixes that only begin alike", "/authority"],
    ["a prefix within another", "/auth/b"],
    ["the root of every host beside others", "/"],
  ] as const) {
    it(`accepts ${what}`, async () => {
      const { mounts } = await read({ mounts: [jwt, { ...jwt, name: "b", prefix }] });
      assert.deepEqual(
        mounts.map((mount) => mount.prefix),
        ["/auth", prefix === "/" ? "" : prefix],
      );
    });
  }

  it("keeps the port of the public address on a host of its own", async () => {
    const { mounts } = await read({ mounts: [{ ...jwt, host: "id.localhost" }] }, "http://localhost:8080/id");
    assert.equal(mounts[0]?.policy.tokens.issuer, "http://id.localhost:8080");
  });

  it("names every fault at once", async () => {
    const faults = await faultsOf(
      read({ mounts: Array.from({ length: 12 }, () => ({ ...jwt, prefix: "x" })), other: 1 }),
    );
    assert.equal(faults.length, 13);
  });

  for (const [text, says] of [
    ['{"mounts": [\n  {"contract": "jwt",}\n]}', /^file: is not valid JSON at line 2, column 22$/],
    ["", /^file: is not valid JSON/],
    ['{"signing": {}, "retention": {"sessions": "1d", "sessions": "2d"}}', /^file: the key "sessions" stands twice/],
    ['{"signing": {}, "sign\\u0069ng": {}}', /^file: the key "signing" stands twice/],
  ] as const) {
    it(`refuses the text ${JSON.stringify(text)}`, async () => {
      const [fault = ""] = await faultsOf(readText(text));
      assert.match(fault, says);
    });
  }

  it("refuses a file that is named and not there", async () => {
    const [fault = ""] = await faultsOf(readConfiguration({ file: join(folder(), "none.json"), publicUrl }));
    assert.match(fault, /^TRILITHON_CONFIG names .*none\.json, which is not there/);
  });

  it("names what is weaker than its default", async () => {
    const configuration = await read({
      mounts: [
        {
          contract: "jwt",
          lifetimes: { access: "2h", refresh: "31d", sessionIdle: "8d", sessionAbsolute: "60d" },
          passwords: { minimumLength: 8 },
          addressLimits: {
            register: { limit: 5, per: "59s" },
            login: { limit: 11, per: "1h" },
            refresh: { limit: 1, per: "1m" },
          },
        },
      ],
      retention: { sessions: "31d" },
      signing: { rotateEvery: "91d" },
    });
    assert.deepEqual(weakerThanDefault(configuration), [
      "jwt: lifetimes.access is 2h, the default is 1h",
      "jwt: lifetimes.refresh is 31d, the default is 30d",
      "jwt: lifetimes.sessionIdle is 8d, the default is 7d",
      "jwt: lifetimes.sessionAbsolute is 60d, the default is 30d",
      "jwt: passwords.minimumLength is 8, the default is 12",
      "jwt: addressLimits.register is 5 per 59s, the default is 5 per 1m",
      "jwt: addressLimits.login is 11 per 1h, the default is 10 per 1m",
      "retention.sessions is 31d, the default is 30d",
      "signing.rotateEvery is 91d, the default is 90d",
    ]);
  });

  it("names the literal behaviours in force", async () => {
    const rows = async (written: unknown): Promise<readonly string[]> =>
      literalBehaviours(await read(written)).map((text) => /row \d+/.exec(text)?.[0] ?? text);
    assert.deepEqual(await rows({ mounts: [{ contract: "jwt" }] }), ["row 2", "row 8", "row 14"]);
    assert.deepEqual(await rows({ mounts: [{ contract: "jwt", tokens: { rotation: "always" } }] }), [
      "row 2",
      "row 14",
    ]);
    const account = ["row 1", "row 2", "row 3", "row 4", "row 9", "row 10", "row 12"];
    assert.deepEqual(await rows({ mounts: [{ contract: "account" }] }), account);
    assert.deepEqual(await rows({ mounts: [{ contract: "account", profile: "hardened" }] }), []);
  });
});
