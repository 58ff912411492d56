import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createLetterWriter } from "#adapters/mail/letters.js";
import { createSmtpCourier, type SmtpCourier } from "#adapters/mail/smtp-courier.js";
import type { Letter } from "#core/outbox/message.js";
import { allLetters } from "./all-letters.js";
import { givenLeasedMessage } from "./given-message.js";
import { startSink, type SmtpSink, type SunkMessage } from "./smtp-sink.js";

const at = Date.UTC(2026, 0, 31, 12, 5);
const code = "042137";
const link = "https://id.example.org/auth/verify?token=a_b-c&x=1";

interface Told {
  readonly subject: string;
  /** The first words that are said. */
  readonly begins: string;
  /** Words that stand somewhere in it. */
  readonly has: readonly string[];
}

const rows: readonly { readonly letter: Letter; readonly en: Told; readonly fa: Told }[] = [
  {
    letter: { kind: "registration-code", code, expiresIn: 300_000 },
    en: {
      subject: "Your code for Example",
      begins: "Enter this code to finish your registration at Example:",
      has: ["It is good once, for 5 minutes. Tell it to nobody."],
    },
    fa: {
      subject: "کد ثبت‌نام شما در \u2068Example\u2069",
      begins: "برای پایان دادن به ثبت‌نام در \u2068Example\u2069 این کد را وارد کنید:",
      has: ["این کد ۵ دقیقه اعتبار دارد"],
    },
  },
  {
    letter: { kind: "already-registered" },
    en: {
      subject: "You have an account at Example",
      begins: "Somebody, perhaps you, tried to register at Example with this address.",
      has: ["sign in as usual, or ask there for a new password"],
    },
    fa: {
      subject: "شما در \u2068Example\u2069 حساب دارید",
      begins: "کسی، شاید خود شما، خواسته است",
      has: ["گذرواژهٔ تازه بخواهید"],
    },
  },
  {
    letter: { kind: "registration-link", link, expiresIn: 1_800_000 },
    en: {
      subject: "Confirm your address for Example",
      begins: "Open this link to finish your registration at Example:",
      has: ["It is good once, for 30 minutes."],
    },
    fa: {
      subject: "نشانی خود را برای \u2068Example\u2069 تأیید کنید",
      begins: "برای پایان دادن به ثبت‌نام",
      has: ["این پیوند ۳۰ دقیقه اعتبار دارد"],
    },
  },
  {
    letter: { kind: "username-taken" },
    en: {
      subject: "Choose another user name for Example",
      begins: "You tried to register at Example with this address, but the user name that you chose is taken.",
      has: ["no account was made"],
    },
    fa: {
      subject: "برای \u2068Example\u2069 نام کاربری دیگری برگزینید",
      begins: "شما خواسته‌اید با این نشانی",
      has: ["حسابی ساخته نشده است"],
    },
  },
  {
    letter: { kind: "recovery-code", code, expiresIn: 60_000 },
    en: {
      subject: "Your code for a new password at Example",
      begins: "Enter this code to choose a new password at Example:",
      has: ["It is good once, for 1 minute.", "whoever has it can take over your account"],
    },
    fa: {
      subject: "کد شما برای گذرواژهٔ تازه در \u2068Example\u2069",
      begins: "برای برگزیدن گذرواژهٔ تازه",
      has: ["این کد ۱ دقیقه اعتبار دارد"],
    },
  },
  {
    letter: { kind: "identity-link-code", code, expiresIn: 7_200_000, provider: "GitHub" },
    en: {
      subject: "Your code to allow signing in with GitHub",
      begins: "Somebody, perhaps you, wants to sign in to your account at Example with GitHub.",
      has: ["It is good once, for 2 hours."],
    },
    fa: {
      subject: "کد شما برای اجازهٔ ورود با \u2068GitHub\u2069",
      begins: "کسی، شاید خود شما، می‌خواهد با \u2068GitHub\u2069 وارد حساب شما",
      has: ["این کد ۲ ساعت اعتبار دارد"],
    },
  },
  {
    letter: { kind: "password-changed", at },
    en: {
      subject: "Your password at Example was changed",
      begins: "The password of your account at Example was changed on 31 January 2026 at 12:05 (UTC).",
      has: ["If it was not you"],
    },
    fa: {
      subject: "گذرواژهٔ شما در \u2068Example\u2069 تغییر کرد",
      begins: "گذرواژهٔ حساب شما در \u2068Example\u2069 در ۱۱ بهمن ۱۴۰۴",
      has: ["۱۲:۰۵ (UTC)"],
    },
  },
  {
    letter: { kind: "identity-linked", provider: "Google", at },
    en: {
      subject: "You can now sign in with Google",
      begins: "Since 31 January 2026 at 12:05 (UTC) your account at Example can be entered",
      has: ["If you have not allowed this"],
    },
    fa: {
      subject: "اکنون می‌توانید با \u2068Google\u2069 وارد شوید",
      begins: "از ۱۱ بهمن ۱۴۰۴",
      has: ["اگر شما اجازه نداده‌اید"],
    },
  },
  {
    letter: { kind: "sign-in-stolen", at },
    en: {
      subject: "One of your sign-ins at Example was ended",
      begins: "On 31 January 2026 at 12:05 (UTC) somebody used a copy of one of your sign-ins at Example.",
      has: ["Sign in again."],
    },
    fa: {
      subject: "یکی از ورودهای شما به \u2068Example\u2069 پایان داده شد",
      begins: "در ۱۱ بهمن ۱۴۰۴",
      has: ["دوباره وارد شوید"],
    },
  },
];

const directions = { en: "ltr", fa: "rtl" } as const;

describe("a letter, as it is read out of the mailbox", () => {
  let sink: SmtpSink;
  before(async () => {
    sink = await startSink();
  });
  after(() => sink.close());

  const courierOf = (service: string): SmtpCourier =>
    createSmtpCourier({
      clock: { now: () => Date.now() },
      letters: createLetterWriter(service),
      from: { name: service, address: "no-reply@example.org" },
      server: {
        host: "127.0.0.1",
        port: sink.port,
        tls: "offered",
        credentials: undefined,
        answersIn: 10_000,
        connections: 1,
      },
    });
  const mailed = async (letter: Letter, language: string, service = "Example"): Promise<SunkMessage> => {
    const courier = courierOf(service);
    const count = sink.messages.length;
    const delivery = await courier.send(givenLeasedMessage({ letter, language }));
    courier.close();
    assert.deepEqual(delivery, { kind: "sent" });
    const message = sink.messages[count];
    assert.ok(message !== undefined && sink.messages.length === count + 1);
    return message;
  };

  const scripts = { en: /^[\p{ASCII}]+$/u, fa: /\p{Script=Arabic}{3}/u, ru: /\p{Script=Cyrillic}{3}/u } as const;
  for (const letter of allLetters)
    for (const [language, script] of Object.entries(scripts))
      test(`${letter.kind} in ${language} says for whom it is, and its code or link on a line of its own`, async () => {
        const { mail } = await mailed(letter, language);
        const { subject = "", text = "", html = "" } = mail;
        assert.match(subject, script);
        assert.match(text, script);
        assert.ok(text.includes("Example"));
        for (const said of [subject, text, html]) assert.doesNotMatch(said, /undefined|\[object|NaN|Invalid/);
        const key = "code" in letter ? letter.code : "link" in letter ? letter.link : undefined;
        if (key !== undefined) assert.ok(text.split("\n").includes(key));
        assert.equal(mail.headers.find((header) => header.key === "content-language")?.value, language);
        assert.match(html, new RegExp(`<html lang="${language}" dir="${language === "fa" ? "rtl" : "ltr"}">`));
      });

  for (const { letter, ...tongues } of rows)
    for (const [language, told] of Object.entries(tongues)) {
      test(`${letter.kind} in ${language}`, async () => {
        const { mail } = await mailed(letter, language);
        const { subject, text = "", html = "" } = mail;
        assert.equal(subject, told.subject);
        assert.ok(text.startsWith(told.begins), text);
        for (const words of told.has) assert.ok(text.includes(words) && html.includes(words), text);
        const lines = text.split("\n");
        if ("code" in letter) assert.equal(lines.filter((line) => line === letter.code).length, 1);
        if ("link" in letter) assert.equal(lines.filter((line) => line === letter.link).length, 1);
        assert.equal(mail.headers.find(({ key }) => key === "content-language")?.value, language);
        const direction = directions[language as keyof typeof directions];
        assert.match(html, new RegExp(`^<!doctype html>\\n<html lang="${language}" dir="${direction}">`));
        assert.match(html, new RegExp(`<div lang="${language}" dir="${direction}"`));
        if ("code" in letter) assert.match(html, new RegExp(`<p dir="ltr"[^>]*><bdi[^>]*>${code}</bdi></p>`));
        if ("link" in letter) assert.ok(html.includes(`<a href="${link.replace("&", "&amp;")}"`));
        assert.doesNotMatch(html, /<script|<img|<link|url\(|undefined|\[object/i);
        assert.doesNotMatch(text, /undefined|\[object/i);
        assert.equal(mail.attachments.length, 0);
      });
    }

  const tags: readonly (readonly [tag: string, language: string])[] = [
    ["fa-IR", "fa"],
    ["fa-latn-ir", "fa"],
    ["en-GB", "en"],
    ["ru-RU", "ru"],
    ["de", "en"],
    ["", "en"],
    ["../../etc/passwd", "en"],
    ["__proto__", "en"],
    ["constructor", "en"],
    ["fa\r\nBcc: eve@evil.example", "en"],
  ];
  for (const [tag, language] of tags) {
    test(`to somebody who reads ${JSON.stringify(tag)} is in ${language}`, async () => {
      const { mail, raw } = await mailed({ kind: "already-registered" }, tag);
      assert.equal(mail.headers.find(({ key }) => key === "content-language")?.value, language);
      assert.doesNotMatch(raw, /evil\.example/);
    });
  }

  const hostile = [
    "Eve\r\nBcc: eve@evil.example",
    "Eve\nSubject: Lottery",
    "Eve\r\n\r\n<script>alert(1)</script>",
    "Eve\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\nhi\r\n.\r\n",
    "\n.\n",
    "Eve\u2028Bcc: eve@evil.example",
    "Eve\u0000",
    '"Eve" <eve@evil.example>, "x',
    "=?utf-8?B?RXZlDQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
    `{{7*7}} $${"{7*7}"} <%= 7*7 %>`,
    `<img src=x onerror=alert(1)>"'&`,
    "سرویس\u202eevil",
    "x".repeat(2000),
  ];
  for (const name of hostile) {
    test(`is one clean mail when a name is ${JSON.stringify(name.slice(0, 60))}, INP-07`, async () => {
      for (const language of ["en", "fa"]) {
        const { mail, raw, to } = await mailed(
          { kind: "identity-link-code", code, expiresIn: 60_000, provider: name },
          language,
          name,
        );
        assert.deepEqual(to, ["ada@example.org"]);
        assert.equal(mail.from?.address, "no-reply@example.org");
        assert.deepEqual(mail.to, [{ name: "", address: "ada@example.org" }]);
        const keys = mail.headers.map(({ key }) => key);
        assert.equal(new Set(keys).size, keys.length, keys.join(" "));
        for (const key of ["bcc", "cc", "reply-to"]) assert.ok(!keys.includes(key), key);
        assert.doesNotMatch(raw.slice(0, raw.indexOf("\r\n\r\n")), /^(?:bcc|mail from|rcpt to)/im);
        assert.doesNotMatch(mail.html ?? "", /<script|<img/i);
        assert.doesNotMatch(`${mail.subject}${mail.text}${mail.html}`, /49/);
        assert.doesNotMatch(mail.subject ?? "", /[\r\n]/);
        assert.ok(mail.text?.split("\n").includes(code));
      }
    });
  }
});
