import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { commands } from "#cli/commands.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { runCli } from "../server/run-cli.js";
import { packageFolder } from "../server/package-folder.js";

interface Row {
  readonly when: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly code: number;
  /** In what was written, wherever. */
  readonly says: RegExp;
}
const rows: readonly Row[] = [
  { when: "there is no command", args: [], code: 2, says: /Usage: trilithon/ },
  { when: "the command is unknown", args: ["serv"], code: 2, says: /unknown command 'serv'[\s\S]*serve/ },
  { when: "a group has no command", args: ["user"], code: 2, says: /Usage: trilithon user/ },
  { when: "an argument is missing", args: ["error"], code: 2, says: /missing required argument 'id'/ },
  { when: "there is an argument too many", args: ["migrate", "now"], code: 2, says: /too many arguments/ },
  { when: "an option is unknown", args: ["audit", "--frist"], code: 2, says: /unknown option '--frist'/ },
  { when: "an option lacks its value", args: ["audit", "--limit"], code: 2, says: /--limit <count>.*argument missing/ },
  {
    when: "a limit is no number",
    args: ["audit", "--limit", "0"],
    code: 2,
    says: /--limit is not a number from 1 to 1000/,
  },
  {
    when: "a kind is none",
    args: ["audit", "--kind", "sign-in"],
    code: 2,
    says: /--kind is none of .*sign-in-refused/,
  },
  {
    when: "a time is none",
    args: ["audit", "--before", "2026-02-30T00:00:00Z"],
    code: 2,
    says: /--before is no RFC 3339 time/,
  },
  { when: "the e-mail is missing", args: ["user", "create"], code: 2, says: /--email needs an e-mail address/ },
  {
    when: "the e-mail is none",
    args: ["user", "create", "--email", "ada"],
    code: 2,
    says: /--email needs an e-mail address/,
  },
  {
    when: "a username is none",
    args: ["user", "create", "--email", "a@b.example", "--username", " "],
    code: 2,
    says: /--username/,
  },
  {
    when: "a file is not there",
    args: ["import", "/nowhere.jsonl"],
    code: 1,
    says: /cannot read \/nowhere\.jsonl \(ENOENT\)/,
  },
  {
    when: "a list of passwords is not there",
    args: ["passwords", "import", "/nowhere"],
    code: 1,
    says: /cannot read \/nowhere \(ENOENT\)/,
  },
  {
    when: "settings are wrong",
    args: ["doctor"],
    env: { PORT: "x", LOG_LEVEL: "y" },
    code: 1,
    says: /PORT is "x"[\s\S]*LOG_LEVEL is "y"/,
  },
  {
    when: "settings are wrong for a list",
    args: ["user", "find", "a"],
    env: { PORT: "x", LOG_LEVEL: "y" },
    code: 1,
    says: /^trilithon: PORT is "x".*\ntrilithon: LOG_LEVEL is "y"/,
  },
  { when: "help is asked for", args: ["user", "create", "--help"], code: 0, says: /--verified/ },
  { when: "the version is asked for", args: ["--version"], code: 0, says: /^\d+\.\d+\.\d+\n$/ },
];

/** Some of those that need a database, by what they would do to it. */
const needsDatabase: readonly (readonly string[])[] = [
  ["rotate-keys"],
  ["audit"],
  ["user", "create", "--email", "a@b.example"],
  ["import", join(packageFolder, "package.json")],
];

describe("the command line", () => {
  let dataDir: string;
  before(() => {
    dataDir = makeTemporaryFolder("data");
  });
  after(() => removeTemporaryFolder(dataDir));

  for (const { when, args, env, code, says } of rows) {
    it(`ends with ${code} when ${when}`, async () => {
      const ran = await runCli(args, { cwd: dataDir, env: { DATA_DIR: join(dataDir, "none"), ...env } });
      assert.match(ran.stderr + ran.stdout, says);
      assert.equal(ran.code, code);
    });
  }

  it("makes no database where there is none, but says so", async () => {
    for (const args of needsDatabase) {
      const ran = await runCli([...args, "--json"], { cwd: dataDir, env: { DATA_DIR: join(dataDir, "none") } });
      assert.match(ran.stdout, /"refused":.*there is no database at .*none\/trilithon\.db/, args.join(" "));
      assert.deepEqual([ran.code, ran.stderr], [1, ""], args.join(" "));
    }
    assert.ok(!existsSync(join(dataDir, "none")));
  });

  it("stands on its page, with every option", () => {
    const page = readFileSync(join(packageFolder, "..", "..", "docs", "operate", "commands.md"), "utf8");
    for (const { name, takes, options } of commands) {
      const call = [name, ...takes.map(({ form }) => form)].join(" ");
      assert.ok(page.includes(`\`${call}`), `${call} is not on the page`);
      for (const { form } of options) assert.ok(page.includes(form), `${form} of ${name} is not on the page`);
    }
  });
});
