import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeTemporaryFolder } from "../engines/temporary-folder.js";
import { runCli } from "./run-cli.js";
import type { SigningKey } from "./signing.js";

/** Commands on the database that servers serve, by somebody beside them. */
export interface RealmOperator {
  /** Runs a command and expects it to succeed; what it printed with `--json`. */
  command(...args: readonly string[]): Promise<Readonly<Record<string, unknown>>>;
  makeKey(company: string, policy?: object): Promise<SigningKey & { readonly secretId: string }>;
}

export function realmOperator(databaseUrl: string): RealmOperator {
  const folder = makeTemporaryFolder("operator");
  const command: RealmOperator["command"] = async (...args) => {
    const env = { DATABASE_URL: databaseUrl, DATA_DIR: folder };
    const { code, stdout, stderr } = await runCli([...args, "--json"], { env });
    assert.equal(code, 0, `trilithon ${args.join(" ")}: ${stdout}${stderr}`);
    // One JSON object, as every command prints it.
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  };
  return {
    command,
    makeKey: async (company, policy = {}) => {
      const file = join(folder, "policy.json");
      writeFileSync(file, JSON.stringify(policy));
      const made = await command("key", "create", company, "--name", "app", "--policy", file);
      const text = (name: string): string => String(made[name]);
      return { keyId: text("keyId"), key: text("key"), secret: text("secret"), secretId: text("secretId") };
    },
  };
}
