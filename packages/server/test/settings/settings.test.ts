import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { loadSettings } from "#settings/load-settings.js";
import { parseSettings } from "#settings/settings.js";
import type { SmtpSetting } from "#settings/smtp-url.js";
import { SettingsRefused } from "#settings/settings-refused.js";

import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";

const secret = randomBytes(32).toString("base64url");
const other = randomBytes(32).toString("base64url");

const plainServer: SmtpSetting = {
  host: "mail.example.org",
  port: 587,
  tls: "offered",
  credentials: undefined,
  answersIn: 60_000,
  connections: 5,
};
const mailServers: readonly (readonly [url: string, over: Partial<SmtpSetting>])[] = [
  ["smtp://Mail.example.org", {}],
  ["smtp://mail.example.org:25/", { port: 25 }],
  [
    "smtp://mail.example.org?tls=required&timeout=10s&connections=2",
    { tls: "required", answersIn: 10_000, connections: 2 },
  ],
  ["smtp://mail.example.org?tls=none", { tls: "none" }],
  ["smtps://mail.example.org", { port: 465, tls: "implicit" }],
  ["smtp://[::1]:2525", { host: "::1", port: 2525 }],
  ["smtp://u:p%40%25@mail.example.org", { tls: "required", credentials: { user: "u", password: "p@%" } }],
  ["smtp://u:p@mail.example.org?tls=none", { tls: "none", credentials: { user: "u", password: "p" } }],
  ["smtp://u:p@localhost", { host: "localhost", credentials: { user: "u", password: "p" } }],
  ["smtps://u:p@mail.example.org:1465", { port: 1465, tls: "implicit", credentials: { user: "u", password: "p" } }],
];

const faultsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    parseSettings(environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof SettingsRefused);
    return error.faults;
  }
};

describe("settings", () => {
  it("has a default for everything", () => {
    assert.deepEqual(parseSettings({}), {
      host: "127.0.0.1",
      port: 8080,
      publicUrl: "http://localhost:8080",
      dataDirectory: resolve("data"),
      database: { engine: "sqlite", path: resolve("data/trilithon.db") },
      redis: undefined,
      secretKeys: undefined,
      smtp: undefined,
      smsUrl: undefined,
      mailFrom: undefined,
      trustedProxies: [],
      configurationFile: undefined,
      logLevel: "info",
      isProduction: false,
    });
  });

  it("counts an empty variable as unset", () => {
    assert.deepEqual(
      parseSettings({ PORT: "", SECRET_KEY: " ", REDIS_URL: "", TRILITHON_CONFIG: "" }),
      parseSettings({}),
    );
  });

  const accepted: readonly [Record<string, string>, Partial<ReturnType<typeof parseSettings>>][] = [
    [{ PORT: "0" }, { port: 0 }],
    [{ PORT: "65535" }, { port: 65_535, publicUrl: "http://localhost:65535" }],
    [{ HOST: "::" }, { host: "::" }],
    [{ HOST: "node-1.example.org" }, { host: "node-1.example.org" }],
    [{ PUBLIC_URL: "https://ID.example.org/" }, { publicUrl: "https://id.example.org" }],
    [{ PUBLIC_URL: "https://example.org/id//" }, { publicUrl: "https://example.org/id" }],
    [{ NODE_ENV: "production", PUBLIC_URL: "http://127.0.0.1:3" }, { isProduction: true }],
    [{ DATABASE_URL: "sqlite:x/y.db" }, { database: { engine: "sqlite", path: resolve("x/y.db") } }],
    [{ DATABASE_URL: "sqlite:///x/y.db" }, { database: { engine: "sqlite", path: "/x/y.db" } }],
    [
      { DATABASE_URL: "postgresql://u:p%40@[::1]:5/d?sslmode=require", SECRET_KEY: secret },
      { database: { engine: "postgres", url: "postgres://u:p%40@[::1]:5/d?sslmode=require" } },
    ],
    [
      { DATABASE_URL: "mariadb://u@h/d", SECRET_KEY: secret },
      { database: { engine: "mariadb", url: "mysql://u@h/d" } },
    ],
    [
      { SECRET_KEY: `${secret}, ${other}=` },
      { secretKeys: [Buffer.from(secret, "base64url"), Buffer.from(other, "base64url")] },
    ],
    [{ TRUSTED_PROXIES: "127.0.0.1, fd00::/8" }, { trustedProxies: ["127.0.0.1", "fd00::/8"] }],
    [{ LOG_LEVEL: "warn" }, { logLevel: "warn" }],
    [{ TRILITHON_CONFIG: "/etc/t.json" }, { configurationFile: "/etc/t.json" }],
    [{ MAIL_FROM: "A@Example.org" }, { mailFrom: { name: "", address: "a@example.org" } }],
    [
      { MAIL_FROM: "سرویس ما <a@bücher.example>" },
      { mailFrom: { name: "سرویس ما", address: "a@xn--bcher-kva.example" } },
    ],
    [{ MAIL_FROM: '"Ex, Ltd" <a@example.org>' }, { mailFrom: { name: "Ex, Ltd", address: "a@example.org" } }],
    ...mailServers.map(([url, over]): [Record<string, string>, Partial<ReturnType<typeof parseSettings>>] => [
      { SMTP_URL: url, MAIL_FROM: "a@example.org" },
      { smtp: { ...plainServer, ...over } },
    ]),
  ];
  for (const [environment, expected] of accepted) {
    it(`accepts ${Object.keys(environment).join(" and ")} as in ${JSON.stringify(Object.values(expected)[0])}`, () => {
      const settings = parseSettings(environment);
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(settings[name as keyof typeof settings], value);
    });
  }

  const refused: readonly [string, Record<string, string>, RegExp][] = [
    [
      "a port with letters",
      { PORT: "80a" },
      /^PORT is "80a", which is not a number from 0 to 65535\. Example: PORT=8080$/,
    ],
    ["a port beyond the last", { PORT: "65536" }, /^PORT /],
    ["a negative port", { PORT: "-1" }, /^PORT /],
    ["a port in another notation", { PORT: "8e3" }, /^PORT /],
    ["a host with a port", { HOST: "127.0.0.1:80" }, /^HOST .*neither/],
    ["a host that is half an address", { HOST: "10.0.0" }, /^HOST /],
    ["a public address without scheme", { PUBLIC_URL: "id.example.org" }, /^PUBLIC_URL is not an http/],
    ["a public address of another scheme", { PUBLIC_URL: "ftp://id.example.org" }, /^PUBLIC_URL /],
    [
      "a public address with a password",
      { PUBLIC_URL: "https://u:hunter2@id.example.org" },
      /^PUBLIC_URL holds a user/,
    ],
    ["a public address with a query", { PUBLIC_URL: "https://id.example.org/?a" }, /^PUBLIC_URL has a query/],
    [
      "no https in production",
      { NODE_ENV: "production", PUBLIC_URL: "http://id.example.org" },
      /^PUBLIC_URL is not https although/,
    ],
    [
      "a host that begins like this machine",
      { NODE_ENV: "production", PUBLIC_URL: "http://localhost.example.org" },
      /^PUBLIC_URL /,
    ],
    ["another environment", { NODE_ENV: "prod" }, /^NODE_ENV is "prod"/],
    ["another log level", { LOG_LEVEL: "verbose" }, /^LOG_LEVEL is "verbose", which is none of trace, debug/],
    ["another database", { DATABASE_URL: "oracle://u:hunter2@h/d" }, /^DATABASE_URL must begin with sqlite:/],
    ["a database in memory", { DATABASE_URL: "sqlite::memory:" }, /^DATABASE_URL must be a file/],
    ["a folder as database", { DATABASE_URL: "sqlite:/data/" }, /^DATABASE_URL names no file/],
    ["options of the embedded database", { DATABASE_URL: "sqlite:x.db?mode=ro" }, /^DATABASE_URL has a file name/],
    [
      "several hosts",
      { DATABASE_URL: "postgres://u:hunter2@a:1,b:2/d", SECRET_KEY: secret },
      /^DATABASE_URL names several hosts/,
    ],
    [
      "a password with a bare @",
      { DATABASE_URL: "mysql://u:hunter2@x@h/d", SECRET_KEY: secret },
      /^DATABASE_URL .*%40/,
    ],
    [
      "no database name",
      { DATABASE_URL: "mysql://u:hunter2@h", SECRET_KEY: secret },
      /^DATABASE_URL names no database/,
    ],
    [
      "a database port with letters",
      { DATABASE_URL: "mysql://u:hunter2@h:x/d", SECRET_KEY: secret },
      /^DATABASE_URL has no valid/,
    ],
    ["a server without secret", { DATABASE_URL: "postgres://u:hunter2@h/d" }, /^SECRET_KEY is not set/],
    ["a short secret", { SECRET_KEY: "hunter2" }, /^SECRET_KEY is 5 bytes long/],
    ["a hexadecimal secret", { SECRET_KEY: randomBytes(32).toString("hex") }, /^SECRET_KEY is 48 bytes long/],
    ["a secret in other characters", { SECRET_KEY: "hunter2+/!" }, /^SECRET_KEY has characters/],
    ["a secret of zeros", { SECRET_KEY: Buffer.alloc(32).toString("base64url") }, /^SECRET_KEY is guessable/],
    [
      "a secret of few values",
      { SECRET_KEY: Buffer.from("0123456789abcdef".repeat(2), "hex").toString("base64url").padEnd(43, "A") },
      /^SECRET_KEY /,
    ],
    [
      "a counted secret",
      { SECRET_KEY: Buffer.from(Array.from({ length: 32 }, (_, at) => at * 3)).toString("base64url") },
      /guessable/,
    ],
    [
      "words as secret",
      { SECRET_KEY: Buffer.from("The quick brown fox jumps over t").toString("base64url") },
      /guessable/,
    ],
    [
      "a weak second secret",
      { SECRET_KEY: `${secret},${Buffer.alloc(32, 7).toString("base64url")}` },
      /guessable.*\(number 2 of the list\)/,
    ],
    ["the same secret twice", { SECRET_KEY: `${secret},${secret}` }, /same secret twice/],
    ["an empty place in the list", { SECRET_KEY: `${secret},` }, /0 bytes long.*number 2/],
    ["a proxy by name", { TRUSTED_PROXIES: "proxy.local" }, /^TRUSTED_PROXIES has "proxy.local"/],
    ["a range that is too long", { TRUSTED_PROXIES: "10.0.0.0/33" }, /^TRUSTED_PROXIES /],
    ["everybody as proxy", { TRUSTED_PROXIES: "0.0.0.0/0" }, /^TRUSTED_PROXIES has 0\.0\.0\.0\/0: every caller/],
    ["mail without a sender", { SMTP_URL: "smtp://h" }, /^MAIL_FROM is not set, although SMTP_URL is\. Example: /],
    ["a sender that is no address", { MAIL_FROM: "Example" }, /^MAIL_FROM is no e-mail address/],
    ["a sender with two addresses", { MAIL_FROM: "a@example.org, b@example.org" }, /^MAIL_FROM is no/],
    ["a sender with a line break", { MAIL_FROM: "Ex\r\nBcc: b@example.org <a@example.org>" }, /^MAIL_FROM has a line/],
    ["a sender whose text is turned", { MAIL_FROM: "Ex\u202e <a@example.org>" }, /^MAIL_FROM has a line/],
    ["a sender with an open quote", { MAIL_FROM: '"Ex <a@example.org>' }, /^MAIL_FROM is no/],
    ["a sender of this machine", { MAIL_FROM: "root@localhost" }, /^MAIL_FROM is no/],
    ...(
      [
        ["of another scheme", "http://u:hunter2@h", /^SMTP_URL must begin with smtp:\/\/ or smtps:\/\//],
        ["without a scheme", "mail.example.org:25", /^SMTP_URL must begin/],
        ["without a host", "smtp://u:hunter2@", /^SMTP_URL must begin/],
        ["with a path", "smtp://u:hunter2@h/x", /^SMTP_URL has more than a host .*%40/],
        ["with a bare # in its password", "smtp://u:hunter2#@h", /^SMTP_URL /],
        ["with half of its credentials", "smtp://u@h", /^SMTP_URL has a user name without a password/],
        ["with a bare % in its password", "smtp://u:hunter2%@h", /^SMTP_URL has a %/],
        [
          "with an unknown option",
          "smtp://h?insecure=1",
          /^SMTP_URL has an option that is none of tls, timeout, connections/,
        ],
        ["with an option twice", "smtp://h?tls=none&tls=required", /^SMTP_URL has the option tls twice/],
        [
          "with another TLS",
          "smtp://h?tls=maybe",
          /^SMTP_URL has an option tls that is none of required, offered, none/,
        ],
        ["in TLS that asks for none", "smtps://h?tls=none", /^SMTP_URL has the option tls, which smtps/],
        ["with a time without unit", "smtp://h?timeout=60", /^SMTP_URL has an option timeout that is no duration/],
        ["with no connections", "smtp://h?connections=0", /^SMTP_URL has an option connections/],
      ] as const
    ).map(([what, url, says]): [string, Record<string, string>, RegExp] => [
      `a mail server ${what}`,
      { SMTP_URL: url, MAIL_FROM: "a@example.org" },
      says,
    ]),
    ...(
      [
        ["of another scheme", "smtp://u:hunter2@h", /^SMS_URL must begin with http:\/\/ or https:\/\//],
        ["without a scheme", "sms.example.org/send", /^SMS_URL must begin/],
        ["with a bare # in its password", "https://u:hunter2#x@h", /^SMS_URL /],
        ["with a fragment", "https://u:hunter2@h/#", /^SMS_URL has a fragment; .*%23/],
        ["with half of its credentials", "https://u@h", /^SMS_URL has a user name without a password/],
        ["with a bare % in its password", "https://u:hunter2%@h", /^SMS_URL has a %/],
        ["with a : in its user name", "https://u%3Av:hunter2@h", /^SMS_URL has a : in its user name/],
      ] as const
    ).map(([what, url, says]): [string, Record<string, string>, RegExp] => [
      `a gateway ${what}`,
      { SMS_URL: url },
      says,
    ]),
    [
      "a variable that is misspelt",
      { TRILITHON_CONFG: "x" },
      /^TRILITHON_CONFG is not a setting.*TRILITHON_CONFIG=\/etc/,
    ],
  ];
  for (const [what, environment, says] of refused) {
    it(`refuses ${what}, without repeating a password`, () => {
      const [fault = "", ...more] = faultsOf(environment);
      assert.match(fault, says);
      assert.deepEqual(more, []);
      assert.doesNotMatch(fault, /hunter2/);
      if (environment["SECRET_KEY"] !== undefined) assert.ok(!fault.includes(environment["SECRET_KEY"].slice(0, 8)));
    });
  }

  const plain = { username: undefined, password: undefined, isEncrypted: false };
  const redis: readonly [string, ReturnType<typeof parseSettings>["redis"]][] = [
    ["redis://h", { ...plain, topology: { kind: "single", server: { host: "h", port: 6379 }, database: 0 } }],
    [
      "rediss://app:p%40%2F%25:@[::1]:80/15",
      {
        username: "app",
        password: "p@/%:",
        isEncrypted: true,
        topology: { kind: "single", server: { host: "::1", port: 80 }, database: 15 },
      },
    ],
    [
      "redis://:p@10.0.0.1/",
      { ...plain, password: "p", topology: { kind: "single", server: { host: "10.0.0.1", port: 6379 }, database: 0 } },
    ],
    [
      "redis+sentinel://:p@a,b:1/the-master/3?sentinelUsername=u&sentinelPassword=q%26",
      {
        ...plain,
        password: "p",
        topology: {
          kind: "sentinel",
          sentinels: [
            { host: "a", port: 26_379 },
            { host: "b", port: 1 },
          ],
          master: "the-master",
          database: 3,
          sentinelUsername: "u",
          sentinelPassword: "q&",
        },
      },
    ],
    [
      "rediss+cluster://u:p@a,b:1",
      {
        username: "u",
        password: "p",
        isEncrypted: true,
        topology: {
          kind: "cluster",
          nodes: [
            { host: "a", port: 6379 },
            { host: "b", port: 1 },
          ],
        },
      },
    ],
  ];
  for (const [url, expected] of redis) {
    it(`reads ${url}`, () => {
      assert.deepEqual(parseSettings({ REDIS_URL: url }).redis, expected);
    });
  }

  const refusedRedis: readonly [string, RegExp][] = [
    ["h:6379", /^REDIS_URL must begin with redis:/],
    ["http://u:hunter2@h", /^REDIS_URL must begin with redis:/],
    ["redis+unix://h", /^REDIS_URL must begin with redis:/],
    ["redis://", /^REDIS_URL is not a URL/],
    ["redis://u:hunter2@x@h", /^REDIS_URL is not a URL; .*%40/],
    ["redis://u:hunter2%zz@h", /^REDIS_URL is not a URL; .*%25/],
    ["redis://u:hunter2/x@h", /^REDIS_URL is not a URL/],
    ["redis://u:hunter2@h:x", /^REDIS_URL has no valid host and port/],
    ["redis://u:hunter2@h:65536", /^REDIS_URL has no valid host and port/],
    ["redis://u:hunter2@a,b", /^REDIS_URL names several hosts: redis\+sentinel:/],
    ["redis://u:hunter2@h/x", /^REDIS_URL has a database that is not a number/],
    ["redis://h?password=hunter2", /^REDIS_URL has options that it does not know; it has none/],
    ["redis+sentinel://u:hunter2@a,b", /^REDIS_URL names no master after the sentinels/],
    ["redis+sentinel://a,b/m/x", /^REDIS_URL has a database that is not a number/],
    ["redis+sentinel://a,b/m?hunter2=x", /^REDIS_URL has options .*; sentinelUsername, sentinelPassword/],
    ["redis+sentinel://a,,b/m", /^REDIS_URL has no valid host and port/],
    ["redis+cluster://a,b/1", /^REDIS_URL names a database, which no cluster has/],
  ];
  for (const [url, says] of refusedRedis) {
    it(`refuses ${url.replace("hunter2", "…")}, without repeating a password`, () => {
      const [fault = "", ...more] = faultsOf({ REDIS_URL: url });
      assert.match(fault, says);
      assert.deepEqual(more, []);
      assert.doesNotMatch(fault, /hunter2/);
    });
  }

  const mail = { SMTP_URL: "smtp://h", MAIL_FROM: "a@example.org" };
  const starts: readonly (readonly [
    when: string,
    environment: Record<string, string>,
    config: unknown,
    says: readonly RegExp[],
  ])[] = [
    ["everything stays on this machine", {}, {}, []],
    ["it listens on another loopback address", { HOST: "127.0.0.2", PUBLIC_URL: "http://localhost:1" }, {}, []],
    [
      "it listens for others",
      { HOST: "0.0.0.0" },
      {},
      [/^HOST is 0\.0\.0\.0, where others .*SMTP_URL=smtps:.*HOST=127\.0\.0\.1$/],
    ],
    ["it listens by a name", { HOST: "node-1.example.org" }, {}, [/^HOST /]],
    [
      "its address is for others",
      { PUBLIC_URL: "https://id.example.org" },
      {},
      [/^PUBLIC_URL is for others.*SMTP_URL=smtps:.*MAIL_FROM=/],
    ],
    ["both are", { HOST: "::", PUBLIC_URL: "https://id.example.org" }, {}, [/^HOST /, /^PUBLIC_URL /]],
    ["it is for others and there is mail", { HOST: "::", PUBLIC_URL: "https://id.example.org", ...mail }, {}, []],
    [
      "it is in production and a mount sends codes",
      { NODE_ENV: "production" },
      { mounts: [{ contract: "account" }] },
      [
        /^SMTP_URL is not set, but the mount account sends codes by mail, and NODE_ENV is production\. Example: SMTP_URL=/,
      ],
    ],
    [
      "it is in production and no mount needs mail",
      { NODE_ENV: "production", HOST: "::", PUBLIC_URL: "https://id.example.org" },
      { mounts: [{ contract: "jwt" }] },
      [],
    ],
    ["it is in production with mail", { NODE_ENV: "production", ...mail }, { mounts: [{ contract: "account" }] }, []],
  ];
  for (const [when, environment, config, says] of starts) {
    it(`${says.length === 0 ? "lets it start" : "refuses the start and names the remedy"} when ${when}`, async () => {
      const folder = makeTemporaryFolder("settings");
      const file = join(folder, "trilithon.config.json");
      writeFileSync(file, JSON.stringify(config));
      const faults = await loadSettings({ ...environment, TRILITHON_CONFIG: file }).then(
        () => [],
        (error: unknown) => (error instanceof SettingsRefused ? error.faults : [String(error)]),
      );
      assert.equal(faults.length, says.length, faults.join("\n"));
      for (const [at, fault] of faults.entries()) assert.match(fault, says[at] ?? /never/);
      removeTemporaryFolder(folder);
    });
  }

  it("names every fault of environment and file at once", async () => {
    const environment = { PORT: "x", HOST: "!", SECRET_KEY: "x", TRILITHON_CONFIG: "/nowhere/at/all.json" };
    await assert.rejects(loadSettings(environment), (error: unknown) => {
      assert.ok(error instanceof SettingsRefused);
      assert.deepEqual(
        error.faults.map((fault) => fault.split(" ")[0]),
        ["HOST", "PORT", "SECRET_KEY", "TRILITHON_CONFIG"],
      );
      return true;
    });
  });
});
