import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { smsSending } from "#core/limits/sms-sending.js";
import type { Configuration } from "#settings/config.js";
import { parseSettings } from "#settings/settings.js";
import { smsFaults } from "#settings/sms-faults.js";
import { smsWarnings } from "#settings/sms-faults.js";
import { gatewaysInForce } from "#settings/sms.js";
import { smsTemplates } from "#settings/sms-templates.js";
import { weakerThanDefault } from "#settings/weaker-settings.js";
import { publicUrl, useWrittenConfiguration } from "./written-configuration.js";

const { read, faultsOf, folder } = useWrittenConfiguration();

const own = { name: "own", url: "https://sms.example.org/send" };
const twilio = { name: "twilio", template: "twilio", user: "AC1", secret: "hunter2", from: "+15005550006" };
const ofOwn = { encoding: "json", fields: { to: "{to}", text: "{text}" } };

describe("SMS gateways", () => {
  it("are completed by their templates", async () => {
    const file = join(folder(), "secret");
    writeFileSync(file, "s3cret\n");
    const { sms } = await read({
      sms: {
        gateways: [own, { ...twilio, secret: `file:${file}`, timeout: "3s" }],
        connections: 7,
        countries: ["IR", "881"],
      },
    });
    const named = (name: keyof typeof smsTemplates) => {
      const { url: _, needs: __, ...template } = smsTemplates[name];
      return template;
    };
    assert.deepEqual(sms, {
      gateways: [
        { ...own, template: named("plain"), from: "", user: "", secret: "", answersIn: 10_000 },
        {
          name: "twilio",
          url: "https://api.twilio.com/2010-04-01/Accounts/{user}/Messages.json",
          template: named("twilio"),
          from: "+15005550006",
          user: "AC1",
          secret: "s3cret",
          answersIn: 3_000,
        },
      ],
      connections: 7,
      countries: ["IR", "881"],
      limits: smsSending,
    });
  });

  it("may be spoken to in an operator's own way", async () => {
    const verdict = { at: "results[].code", accepted: ["ok"] };
    const { sms } = await read({ sms: { gateways: [{ ...own, template: { ...ofOwn, verdict } }] } });
    assert.deepEqual(sms.gateways[0]?.template, {
      method: "POST",
      headers: {},
      ...ofOwn,
      hopelessStatuses: [400, 413, 422],
      verdict: { ...verdict, refused: [], hopeless: [] },
    });
  });

  it("are one, by SMS_URL", async () => {
    const { sms } = await read({});
    assert.deepEqual(gatewaysInForce(undefined, sms), []);
    const { smsUrl } = parseSettings({ SMS_URL: "https://ada:p%40%3A%2F@sms.example.org/send?x=1" });
    const [gateway, ...more] = gatewaysInForce(smsUrl, sms);
    assert.ok(gateway !== undefined && more.length === 0);
    const { template: _, ...others } = gateway;
    assert.deepEqual(others, {
      name: "sms-url",
      url: "https://sms.example.org/send?x=1",
      user: "ada",
      secret: "p@:/",
      from: "",
      answersIn: 10_000,
    });
  });

  const refused: readonly (readonly [what: string, gateways: readonly object[], ...says: readonly RegExp[]])[] = [
    ["without a name", [{ url: own.url }], /^file: sms\.gateways\[0\] lacks "name"/],
    ["without an address", [{ name: "own" }], /^file: sms\.gateways\[0\] lacks "url"$/],
    ["of one name", [own, twilio, own], /^file: sms\.gateways\[0\] and sms\.gateways\[2\] have the same name "own"$/],
    [
      "without what their template needs",
      [{ name: "v", template: "vonage", user: "u" }],
      /^file: sms\.gateways\[0\] lacks "from", which its template needs$/,
      /^file: sms\.gateways\[0\] lacks "secret", which its template needs$/,
    ],
    [
      "whose secret is not there",
      [{ ...own, secret: "file:/nowhere/secret" }],
      /^file: sms\.gateways\[0\]\.secret names \/nowhere\/secret, which is not there$/,
    ],
    ["of another scheme", [{ ...own, url: "smpp://h" }], /^file: sms\.gateways\[0\]\.url is no http or https address/],
    ["with a fragment", [{ ...own, url: "https://h/#x" }], /^file: sms\.gateways\[0\]\.url is no http or https/],
    [
      "with credentials in their address",
      [{ ...own, url: "https://u:hunter2@h/" }],
      /^file: sms\.gateways\[0\]\.url has credentials: user and secret are fields$/,
    ],
    [
      "whose address says what is sent",
      [{ ...own, url: "https://h/?t={text}" }],
      /^file: sms\.gateways\[0\]\.url names \{text\}, which is filled into no address$/,
    ],
    ["with another name in the host", [{ ...own, url: "https://{secret}/" }], /^file: sms\.gateways\[0\]\.url is no/],
    ["that may take long", [{ ...own, timeout: "2m" }], /^file: sms\.gateways\[0\]\.timeout is longer than a minute$/],
    [
      "with a header that cannot be",
      [{ ...own, template: { ...ofOwn, headers: { "X Key": "a" } } }],
      /^file: sms\.gateways\[0\]\.template\.headers has what no header can be$/,
    ],
    [
      "with a text in a header",
      [{ ...own, template: { ...ofOwn, headers: { "X-Text": "{text}" } } }],
      /^file: sms\.gateways\[0\]\.template\.headers\.X-Text names \{text\}, which is none of to, digits/,
    ],
    [
      "with an unknown value in a field",
      [{ ...own, template: { ...ofOwn, fields: { a: [{ b: "{phone}" }] } } }],
      /^file: sms\.gateways\[0\]\.template\.fields\.a\.0\.b names \{phone\}, which is none of to/,
    ],
    [
      "with fields that no form can send",
      [{ ...own, template: { encoding: "form", fields: { a: { b: "c" } } } }],
      /^file: sms\.gateways\[0\]\.template\.fields\.a is an object or list, which only json can send$/,
    ],
    [
      "that are asked by GET with a body",
      [{ ...own, template: { ...ofOwn, method: "GET" } }],
      /^file: sms\.gateways\[0\]\.template\.encoding must be query with GET, and only then$/,
    ],
  ];
  for (const [what, gateways, ...says] of refused)
    it(`are refused ${what}, by their path and without a secret`, async () => {
      const faults = await faultsOf(read({ sms: { gateways } }));
      assert.equal(faults.length, says.length, faults.join("\n"));
      for (const [at, fault] of faults.entries()) {
        assert.match(fault, says[at] ?? /^$/);
        assert.doesNotMatch(fault, /hunter2/);
      }
    });

  it("are refused with a template that is none, and with unknown keys", async () => {
    for (const gateway of [
      { ...own, template: "telegram" },
      { ...own, template: { encoding: "xml", fields: {} } },
      { ...own, template: { ...ofOwn, verdict: { at: "a..b", accepted: [] } } },
      { ...own, passwort: "x" },
    ])
      assert.match((await faultsOf(read({ sms: { gateways: [gateway] } })))[0] ?? "", /sms\.gateways\[0\]/);
  });
});

describe("limits of SMS", () => {
  it("are the defaults where they are not written, in every mount's policy", async () => {
    const limits = { number: { pause: "2m", perHour: 3 }, range: { perDay: 20 }, realm: { perHour: 1, perDay: 2 } };
    const { sms, mounts } = await read({ sms: { limits } });
    assert.deepEqual(sms.limits, {
      number: { pauseIn: 120_000, perHour: 3, perDay: 10 },
      range: { pauseIn: 0, perHour: 50, perDay: 20 },
      country: smsSending.country,
      client: smsSending.client,
      realm: { pauseIn: 0, perHour: 1, perDay: 2 },
    });
    for (const { policy } of mounts) assert.deepEqual(policy.codes.sms, sms.limits);
    assert.deepEqual(weakerThanDefault(await read({ sms: { limits } })), []);
  });

  it("are named where they are weaker than the defaults", async () => {
    const limits = { number: { pause: "10s", perDay: 11 }, country: { perHour: 5_000 } };
    assert.deepEqual(weakerThanDefault(await read({ sms: { limits } })), [
      "sms.limits.number.pause is 10s, the default is 1m",
      "sms.limits.number.perDay is 11, the default is 10",
      "sms.limits.country.perHour is 5000, the default is 1000",
    ]);
  });

  it("are whole numbers from 1", async () => {
    for (const perHour of [0, -1, 1.5, "5", 10_000_001])
      assert.match(
        (await faultsOf(read({ sms: { limits: { range: { perHour } } } })))[0] ?? "",
        /^file: sms\.limits\.range\.perHour /,
      );
  });
});

describe("SMS in production", () => {
  const production = (over: Readonly<Record<string, string>> = {}) =>
    parseSettings({ NODE_ENV: "production", PUBLIC_URL: publicUrl, ...over });
  const faults = async (written: object, env: Readonly<Record<string, string>> = {}): Promise<readonly string[]> =>
    smsFaults({ settings: production(env), configuration: await read(written) }).map((fault) =>
      fault.replace(folder(), ""),
    );

  it("go without TLS to this machine alone", async () => {
    for (const url of ["http://127.0.0.1:9/", "http://localhost/", "http://[::1]:80/", "https://sms.example.org/"]) {
      assert.deepEqual(await faults({ sms: { gateways: [{ ...own, url }] } }), []);
      assert.deepEqual(await faults({}, { SMS_URL: url }), []);
    }
    for (const url of ["http://sms.example.org/", "http://10.0.0.1/", "http://127.0.0.1.example.org/"]) {
      assert.deepEqual(await faults({ sms: { gateways: [own, { ...own, name: "b", url }] } }), [
        "/written.json: the url of the gateway b is not https although NODE_ENV is production",
      ]);
      assert.match((await faults({}, { SMS_URL: url }))[0] ?? "", /^SMS_URL is not https although/);
    }
  });

  it("are missed by name where a mount knows telephones", async () => {
    const warnings = (configuration: Configuration, env: Readonly<Record<string, string>> = {}) =>
      smsWarnings({ settings: production(env), configuration });
    const platform = await read({ mounts: [{ contract: "jwt" }, { contract: "platform" }] });
    assert.match(warnings(platform)[0] ?? "", /^the mount platform knows telephones, but no SMS are sent/);
    assert.deepEqual(warnings(platform, { SMS_URL: "https://h/" }), []);
    assert.deepEqual(warnings(await read({ mounts: [{ contract: "jwt" }] })), []);
    assert.deepEqual(smsWarnings({ settings: parseSettings({}), configuration: platform }), []);
  });
});
