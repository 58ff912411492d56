import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, it } from "node:test";
import { describeOnEveryEngine, type FreshDatabase } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { type RunningServer, startServer } from "../server/start-server.js";
import { type Operator, operatorOf } from "./operator.js";

const keyForm = /^apk_[\w-]{43}$/;
const secretForm = /^aps_[\w-]{43}$/;
const idForm = /^api_[\w-]{22}$/;
const secretIdForm = /^sec_[\w-]{22}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describeOnEveryEngine("realms, API keys and disclaimers", (engine) => {
  let database: FreshDatabase;
  let server: RunningServer;
  let operator: Operator;
  before(async () => {
    database = await engine.freshDatabase();
    server = await startServer({ databaseUrl: database.url });
    operator = operatorOf(server, { DATABASE_URL: database.url });
    await operator.ask(0, "realm", "create", "acme");
  });
  after(async () => {
    await server.stop();
    await database.drop();
  });
  const policyFile = (policy: unknown): string => {
    const file = join(server.dataDir, "policy.json");
    writeFileSync(file, typeof policy === "string" ? policy : JSON.stringify(policy));
    return file;
  };
  const makeKey = (...args: readonly string[]) => operator.ask(0, "key", "create", "acme", "--name", "app", ...args);
  const refusal = async (code: number, ...args: readonly string[]): Promise<string> =>
    (await operator.ask(code, ...args))
      .list("refused", "messages")
      .map(({ value }) => String(value))
      .join("\n");
  const kindsOf = async (company: string) =>
    (await operator.ask(0, "audit", "--company", company, "--limit", "1000"))
      .list("events")
      .map((event) => event.text("kind"));

  it("makes a realm once, lists it, and refuses what could not be reached", async () => {
    assert.deepEqual((await operator.ask(0, "realm", "create", "beta-2")).value, { company: "beta-2" });
    assert.match(await refusal(1, "realm", "create", "beta-2"), /is there already/);
    for (const company of ["auth", "account", "healthz", "dev"])
      assert.match(await refusal(1, "realm", "create", company), /cannot be used: .*Choose another/);
    for (const company of ["Acme", "a_b", "a-", "a/b", "", "x".repeat(65)])
      assert.match(await refusal(2, "realm", "create", company), /is no company code/);
    const realms = (await operator.ask(0, "realm", "list")).list("realms");
    assert.deepEqual(
      realms.map((realm) => [realm.at("company"), realm.at("faults")]),
      [
        ["acme", []],
        ["beta-2", []],
        ["default", []],
      ],
    );
    assert.ok((await kindsOf("default")).includes("realm-created"));
    assert.match((await operator.run("realm", "list")).stdout, /^COMPANY +KEYS +MADE +FAULT\nacme /);
  });

  it("prints a key and its secret once, and keeps neither as it is", async () => {
    const made = await makeKey("--expires", "90d", "--development");
    assert.match(made.text("keyId"), idForm);
    assert.match(made.text("key"), keyForm);
    assert.match(made.text("secret"), secretForm);
    assert.match(made.text("secretId"), secretIdForm);
    const rest = Object.fromEntries(
      Object.entries(made.value as object).filter(([name]) => !/[kK]ey|[sS]ecret/.test(name)),
    );
    const { createdAt, expiresAt, policy, ...others } = rest;
    assert.deepEqual(others, { company: "acme", name: "app", state: "good", isDevelopment: true, disabledAt: null });
    assert.match(String(createdAt), time);
    assert.equal(Date.parse(String(expiresAt)) - Date.parse(String(createdAt)), 90 * 86_400_000);
    assert.equal(Object(policy).language, "en");

    const shown = await operator.ask(0, "key", "show", made.text("keyId"));
    assert.deepEqual(
      shown.list("secrets").map((secret) => [secret.text("secretId"), secret.at("expiresAt")]),
      [[made.text("secretId"), null]],
    );
    const printed = await operator.run("key", "show", made.text("keyId"));
    const listed = await operator.run("key", "list", "acme");
    const rows = [
      ...(await readRows(database.url, "select * from api_key")),
      ...(await readRows(database.url, "select * from api_key_secret")),
    ];
    const everywhere = JSON.stringify([shown.value, printed, listed, rows]);
    for (const text of [made.text("key"), made.text("secret")]) assert.ok(!everywhere.includes(text));
    assert.match(listed.stdout, /app \(development\) +good/);
    assert.ok((await kindsOf("acme")).includes("api-key-made"));
  });

  it("refuses a key without a name, realm, good duration or good policy, and makes none", async () => {
    const before = (await operator.ask(0, "key", "list", "acme")).list("keys").length;
    assert.match(await refusal(2, "key", "create", "acme"), /--name needs a name/);
    assert.match(await refusal(1, "key", "create", "nobody", "--name", "app"), /there is no realm "nobody"/);
    assert.match(
      await refusal(2, "key", "create", "acme", "--name", "app", "--expires", "soon"),
      /--expires is no duration/,
    );
    const missing = join(server.dataDir, "missing.json");
    assert.match(await refusal(1, "key", "create", "acme", "--name", "app", "--policy", missing), /is not there/);
    const file = policyFile({ scopes: ["all"] });
    assert.match(
      await refusal(1, "key", "create", "acme", "--name", "app", "--policy", file),
      /scopes\[0\] must be one of/,
    );
    assert.equal((await operator.ask(0, "key", "list", "acme")).list("keys").length, before);
  });

  it("tries a policy without effect, puts it in force, and prints it", async () => {
    const id = (await makeKey()).text("keyId");
    const policy = {
      scopes: ["users.read"],
      recovery: { methods: ["MAIL"] },
      limits: { login: { limit: 20, per: "1m" } },
    };
    const tried = await operator.ask(0, "key", "test", policyFile(policy));
    assert.deepEqual(tried.at("policy", "recovery"), { methods: ["MAIL"], defaultMethod: "MAIL" });
    assert.deepEqual(
      tried.list("notes").map(({ value }) => String(value).split(" ", 1)[0]),
      ["limits.login", "signed"],
    );
    const inForce = await operator.ask(0, "key", "policy", id);
    assert.deepEqual(inForce.at("scopes"), []);
    assert.deepEqual((await operator.ask(0, "key", "policy", id, policyFile(policy))).at("policy"), tried.at("policy"));
    assert.deepEqual((await operator.ask(0, "key", "policy", id)).value, tried.at("policy"));
    assert.match(await refusal(1, "key", "policy", id, policyFile("{")), /is not valid JSON/);
    assert.deepEqual((await operator.ask(0, "key", "policy", id)).value, tried.at("policy"));
    const printed = JSON.parse((await operator.run("key", "policy", id)).stdout) as unknown;
    assert.deepEqual(
      (await operator.ask(0, "key", "policy", id, policyFile(printed))).at("policy"),
      tried.at("policy"),
    );
    assert.ok((await kindsOf("acme")).includes("api-key-policy-changed"));
  });

  it("disables and enables a key, each once", async () => {
    const id = (await makeKey()).text("keyId");
    for (const [act, isChanged, state] of [
      ["disable", true, "disabled"],
      ["disable", false, "disabled"],
      ["enable", true, "good"],
      ["enable", false, "good"],
    ] as const) {
      const told = await operator.ask(0, "key", act, id);
      assert.deepEqual([told.at("isChanged"), told.at("state")], [isChanged, state]);
    }
    const kinds = await kindsOf("acme");
    assert.equal(kinds.filter((kind) => kind === "api-key-disabled").length, 1);
    assert.equal(kinds.filter((kind) => kind === "api-key-enabled").length, 1);
    assert.match(await refusal(1, "key", "disable", "api_AAAAAAAAAAAAAAAAAAAAAA"), /no API key has the id api_A+: /);
  });

  it("never repeats a key or secret that was given where an id belongs", async () => {
    const made = await makeKey();
    for (const text of [made.text("key"), made.text("secret")]) {
      assert.ok(!(await refusal(1, "key", "show", text)).includes(text));
      assert.ok(!(await refusal(1, "key", "expire-secret", made.text("keyId"), text)).includes(text));
    }
  });

  it("rotates secrets, two at a time", async () => {
    const made = await makeKey();
    const id = made.text("keyId");
    const rotated = await operator.ask(0, "key", "rotate-secret", id, "--overlap", "1h");
    assert.match(rotated.text("secret"), secretForm);
    assert.equal(rotated.text("replaced", 0, "secretId"), made.text("secretId"));
    const end = Date.parse(rotated.text("replaced", 0, "expiresAt"));
    assert.ok(Math.abs(end - Date.now() - 3_600_000) < 60_000);
    assert.match(await refusal(1, "key", "rotate-secret", id), /has two secrets that are good already/);
    const left = await operator.ask(0, "key", "expire-secret", id, made.text("secretId"));
    assert.deepEqual(
      left.list("secrets").map((secret) => secret.text("secretId")),
      [rotated.text("secretId")],
    );
    assert.match(await refusal(1, "key", "expire-secret", id, made.text("secretId")), /no such secret that is good/);
    const usual = await operator.ask(0, "key", "rotate-secret", id);
    const week = Date.parse(usual.text("replaced", 0, "expiresAt")) - Date.now();
    assert.ok(Math.abs(week - 7 * 86_400_000) < 60_000);
  });

  it("adds versions of a disclaimer, and changes none", async () => {
    const add = (version: string, ...args: readonly string[]) => [
      "disclaimer",
      "add",
      "acme",
      "terms",
      version,
      "--url",
      "https://example.org/terms",
      ...args,
    ];
    const from = "2020-01-01T00:00:00.000Z";
    const first = await operator.ask(0, ...add("1", "--title", "en=Terms of use", "fa=شرایط", "--from", from));
    assert.deepEqual(first.value, {
      company: "acme",
      code: "terms",
      version: "1",
      titles: { en: "Terms of use", fa: "شرایط" },
      url: "https://example.org/terms",
      requiredFrom: from,
    });
    assert.match(await refusal(1, ...add("1", "--title", "en=Others")), /terms 1 is there already/);
    await operator.ask(0, ...add("2", "--title", "en=Terms of use", "--from", "2100-01-01T00:00:00Z"));
    const listed = (await operator.ask(0, "disclaimer", "list", "acme")).list("disclaimers");
    assert.deepEqual(
      listed.map((one) => [one.at("code"), one.at("version"), one.at("isRequired"), one.at("titles", "en")]),
      [
        ["terms", "2", false, "Terms of use"],
        ["terms", "1", true, "Terms of use"],
      ],
    );
    assert.deepEqual((await operator.ask(0, "disclaimer", "list", "default")).value, { disclaimers: [] });
    for (const [args, says] of [
      [add("3"), /--title is needed/],
      [add("3", "--title", "xx=Text"), /which is no language and title/],
      [add("3", "--title", "en=A", "en=B"), /two titles in en/],
      [add("3", "--title", "en=A", "--from", "tomorrow"), /--from is no RFC 3339 time/],
      [
        ["disclaimer", "add", "acme", "Terms", "1", "--title", "en=A", "--url", "https://example.org/"],
        /the code is not/,
      ],
      [["disclaimer", "add", "acme", "terms", "3", "--title", "en=A", "--url", "http://example.org/"], /--url needs/],
    ] as const)
      assert.match(await refusal(2, ...args), says);
    assert.ok((await kindsOf("acme")).includes("disclaimer-added"));
  });

  it("has the doctor tell of keys that are weak, end soon or have no secret", async () => {
    const weak = (await makeKey("--policy", policyFile({ criticalChanges: false }))).text("keyId");
    const short = (await makeKey("--expires", "29d")).text("keyId");
    const long = (await makeKey("--expires", "31d")).text("keyId");
    const made = await makeKey("--policy", policyFile({ scopes: ["search"] }), "--development");
    const bare = made.text("keyId");
    await operator.ask(0, "key", "expire-secret", bare, made.text("secretId"));
    const findings = (await operator.ask(0, "doctor")).list("findings");
    const of = (id: string) =>
      findings
        .filter((finding) => finding.text("detail").startsWith(id))
        .map(
          (finding) =>
            `${finding.text("verdict")} ${finding
              .text("detail")
              .replace(/^.*?\): /, "")
              .slice(0, 24)}`,
        );
    assert.deepEqual(of(weak), ["warning criticalChanges is off: "]);
    assert.match(of(short).join(), /^warning is good until 20/);
    assert.deepEqual(of(long), []);
    assert.deepEqual(of(bare), [
      "told signed requests (search)",
      "told for development: a signa",
      "warning no secret is good: `tril",
    ]);
    assert.ok(findings.some((finding) => /^acme: \d+ API keys in use$/.test(finding.text("detail"))));
  });
});
