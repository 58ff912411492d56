import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { useWrittenConfiguration } from "./written-configuration.js";

const { read, faultsOf, folder } = useWrittenConfiguration();

const written = { name: "theirs", provider: "turnstile", siteKey: "0x4A", secret: "hunter2" };

describe("captchas", () => {
  it("are completed", async () => {
    const { captchas } = await read({
      captchas: [
        { ...written, name: "one", provider: "hcaptcha" },
        { ...written, name: "two", hostnames: ["shop.example.org"], checksAction: true },
        {
          ...written,
          name: "three",
          provider: "recaptcha-v2",
          verifyUrl: "https://www.recaptcha.net/recaptcha/api/siteverify",
        },
        { ...written, name: "four", provider: "recaptcha-v3" },
        { ...written, name: "five", provider: "recaptcha-v3", minimumScore: 0.9, checksAction: false },
      ],
    });
    const google = "https://www.google.com/recaptcha/api/siteverify";
    const given = { siteKey: "0x4A", secret: "hunter2", hostnames: [], checksAction: false, minimumScore: undefined };
    assert.deepEqual(captchas, [
      { ...given, name: "one", kind: "hcaptcha", verifyUrl: "https://api.hcaptcha.com/siteverify" },
      {
        ...given,
        name: "two",
        kind: "turnstile",
        verifyUrl: "https://challenges.cloudflare.com/turnstile/v0/siteverify",
        hostnames: ["shop.example.org"],
        checksAction: true,
      },
      {
        ...given,
        name: "three",
        kind: "recaptcha-v2",
        verifyUrl: "https://www.recaptcha.net/recaptcha/api/siteverify",
      },
      { ...given, name: "four", kind: "recaptcha-v3", verifyUrl: google, checksAction: true, minimumScore: 0.5 },
      { ...given, name: "five", kind: "recaptcha-v3", verifyUrl: google, minimumScore: 0.9 },
    ]);
  });

  it("have secrets that are read from files", async () => {
    const file = join(folder(), "captcha-secret");
    writeFileSync(file, "hunter3\n");
    const { captchas } = await read({ captchas: [{ ...written, secret: `file:${file}` }] });
    assert.equal(captchas[0]?.secret, "hunter3");
  });

  const refused: readonly [string, readonly object[], RegExp][] = [
    [
      "the server's own name",
      [{ ...written, name: "altcha" }],
      /^file: captchas\[0\]\.name is "altcha", which is this/,
    ],
    ["one name twice", [written, written], /^file: captchas\[0\] and captchas\[1\] have the same name "theirs"$/],
    ["another provider", [{ ...written, provider: "captcha" }], /captchas\[0\]\.provider must be one of "hcaptcha"/],
    ["no secret", [{ ...written, secret: undefined }], /^file: captchas\[0\] lacks "secret"$/],
    ["a secret in no file", [{ ...written, secret: "file:/nowhere" }], /secret names \/nowhere, which is not there$/],
    [
      "a verification over http",
      [{ ...written, verifyUrl: "http://example.org/" }],
      /verifyUrl is not an https address/,
    ],
    ["a verification with a query", [{ ...written, verifyUrl: "https://example.org/?a" }], /verifyUrl is not an https/],
    [
      "a host name in capitals",
      [{ ...written, hostnames: ["Example.org"] }],
      /captchas\[0\]\.hostnames\[0\] must match/,
    ],
    ["a score of Turnstile", [{ ...written, minimumScore: 0.5 }], /minimumScore is for recaptcha-v3 only$/],
    [
      "a score over 1",
      [{ ...written, provider: "recaptcha-v3", minimumScore: 1.1 }],
      /captchas\[0\]\.minimumScore must/,
    ],
    [
      "an action of hCaptcha",
      [{ ...written, provider: "hcaptcha", checksAction: true }],
      /checksAction is for turnstile and recaptcha-v3 only$/,
    ],
    ["an unknown key", [{ ...written, url: "" }], /captchas\[0\] has the unknown key "url"/],
  ];
  for (const [what, captchas, says] of refused) {
    it(`are refused with ${what}, without repeating a secret`, async () => {
      const [fault = "", ...more] = await faultsOf(read({ captchas }));
      assert.match(fault, says);
      assert.deepEqual(more, []);
      assert.doesNotMatch(fault, /hunter2/);
    });
  }
});
