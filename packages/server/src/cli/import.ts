import { setTimeout as pause } from "node:timers/promises";
import { emailKeys, realmWideKey } from "#core/identities/identifier.js";
import { Refusal } from "#core/refusal.js";
import { importAccount } from "#core/registration/import-account.js";
import type { Origin } from "#core/origin.js";
import { type Administration, commandTools } from "#src/compose.js";
import { chooseMount, mountWanted } from "./choose-mount.js";
import type { Call, Command } from "./command.js";
import { fileSize } from "./file-size.js";
import { type ImportLine, parseImportLine } from "./import-line.js";
import { count } from "./layout.js";
import { commandMount, operatorOrigin } from "./operator.js";
import { patiently } from "./patiently.js";
import { createProgress } from "./progress.js";
import { type FileLine, readLines } from "./read-lines.js";
import { withAdministration } from "./with-administration.js";

/** Accounts from another system, a JSON object a line. Run again, it passes over what is there already. */
export const importAccounts: Command = {
  name: "import",
  summary: "Import accounts from JSON lines: email, email_verified, username, password_hash, language, created_at",
  takes: [{ form: "<file>", sentence: "the file, one JSON object a line" }],
  options: [
    {
      form: "--mount <name>",
      sentence: "where addresses that are not verified work; needed for them where there are several mounts",
    },
    { form: "--dry-run", sentence: "check every line, against the database too, and write nothing" },
  ],
  run: async (call) => {
    const [path = ""] = call.given;
    const size = await fileSize(path);
    return withAdministration(call, async (administration) => {
      const needs = {
        administration,
        mount: chooseMount(administration.configuration, call.options.text("mount")),
        origin: operatorOrigin(administration),
        bring: call.options.has("dry-run") ? wouldBring : bring,
      };
      const tally = await importFile(call, needs, { path, size });
      return outcomeOf(tally, call.options.has("dry-run"));
    });
  },
};

type Result = "imported" | "skipped" | { readonly refused: string };

interface ImportNeeds {
  readonly administration: Administration;
  /** `undefined`: there are several, and none was named. */
  readonly mount: string | undefined;
  readonly origin: Origin;
  readonly bring: (needs: BringNeeds, line: ImportLine) => Promise<Result>;
}

type BringNeeds = Pick<ImportNeeds, "administration" | "origin"> & { readonly mount: string };

interface Tally {
  imported: number;
  skipped: number;
  refused: number;
}

/** Lines in flight: enough for several to share a commit, few enough to hold in memory. */
const inFlight = 64;
/** Milliseconds in which the embedded database, whose lock knows no queue, is left to the server after so many lines. */
const leftAloneIn = 20;

const importFile = async (
  call: Call,
  needs: ImportNeeds,
  file: { readonly path: string; readonly size: number },
): Promise<Tally> => {
  const tally: Tally = { imported: 0, skipped: 0, refused: 0 };
  const progress = createProgress(call.terminal, "lines");
  const running: { readonly line: FileLine; readonly result: Promise<Result> }[] = [];
  const settleOldest = async (): Promise<void> => {
    const oldest = running.shift();
    if (oldest === undefined) return;
    const result = await oldest.result;
    tally[typeof result === "string" ? result : "refused"] += 1;
    if (typeof result !== "string") tellRefused(call, oldest.line.number, result.refused);
    progress.tell(oldest.line.number, file.size === 0 ? 0 : oldest.line.endsAt / file.size);
  };
  const settleAll = async (): Promise<void> => {
    while (running.length > 0) await settleOldest();
  };
  const isEmbedded = needs.administration.database.engineName === "sqlite";
  try {
    for await (const line of readLines(file.path)) {
      if ("text" in line && line.text.trim() === "") continue;
      const result = importLine(needs, line);
      // Awaited in the order of the file; until then a failure must not count as unheard.
      result.catch(() => undefined);
      running.push({ line, result });
      if (running.length < inFlight) continue;
      await (isEmbedded ? settleAll().then(() => pause(leftAloneIn)) : settleOldest());
    }
    await settleAll();
  } finally {
    await Promise.allSettled(running.map(({ result }) => result));
    progress.end();
  }
  return tally;
};

const importLine = async (needs: ImportNeeds, line: FileLine): Promise<Result> => {
  if ("fault" in line) return { refused: line.fault };
  const { clock, secrets } = needs.administration;
  const parsed = parseImportLine(line.text, { now: clock.now(), faultOfHash: (hash) => faultOfHash(hash, secrets) });
  if (typeof parsed === "string") return { refused: parsed };
  const mount = needs.mount ?? (parsed.isVerified ? commandMount : undefined);
  if (mount === undefined)
    return { refused: `"email_verified" is not true: ${mountWanted(needs.administration.configuration)}` };
  return patiently(() => needs.bring({ ...needs, mount }, parsed));
};

const bring = async (needs: BringNeeds, line: ImportLine): Promise<Result> => {
  const { administration, mount, origin } = needs;
  const { email, username, passwordHash, language, createdAt } = line;
  const emailProof = line.isVerified ? "proven" : "unproven";
  try {
    const mounts = administration.configuration.mounts.map(({ name }) => name);
    const command = { email, emailProof, mount, mounts, username, passwordHash, language, createdAt, origin } as const;
    await importAccount(administration, command);
    return "imported";
  } catch (error) {
    if (!Refusal.is(error, "identifier-taken")) throw error;
    return (
      (await judgeHolders(needs, line)) ?? { refused: "met an account that was being made or removed: import it again" }
    );
  }
};

const wouldBring = async (needs: BringNeeds, line: ImportLine): Promise<Result> =>
  (await judgeHolders(needs, line)) ?? "imported";

/** What to do with a line whose e-mail or username somebody holds; `undefined` when nobody does. */
const judgeHolders = async ({ administration, mount }: BringNeeds, line: ImportLine): Promise<Result | undefined> => {
  const { accounts } = administration.stores;
  const [provenKey, unprovenKey] = emailKeys(mount, line.email.normalizedValue);
  // A verified address is taken from whoever never proved it.
  const emailHolders = await accounts.findByLiveKeys(line.isVerified ? [provenKey] : [provenKey, unprovenKey]);
  const usernameHolders =
    line.username === undefined
      ? []
      : await accounts.findByLiveKeys([realmWideKey("username", line.username.normalizedValue)]);
  const emailHolder = emailHolders[0]?.account.id;
  const usernameHolder = usernameHolders[0]?.account.id;
  if (emailHolder === undefined && usernameHolder === undefined) return undefined;
  if (emailHolder === undefined) return { refused: `"username" is taken by account ${usernameHolder}` };
  if (line.username !== undefined && usernameHolder !== emailHolder)
    return { refused: `"email" is taken by account ${emailHolder}, which has another username` };
  return "skipped";
};

const faultOfHash = (hash: string, secrets: Administration["secrets"]): string | undefined => {
  const { kind, isAcceptable, reason } = commandTools.describeHash(hash);
  if (!isAcceptable) return reason;
  // One of ours, which nobody could verify without the secret it was made under.
  const pepper = kind === "trilithon-argon2id" ? /\$k=([\w-]+)/.exec(hash)?.[1] : undefined;
  if (pepper === undefined || secrets.peppers().all.has(pepper)) return undefined;
  return `was made under another SECRET_KEY (version ${pepper}): add that one to the list first`;
};

const tellRefused = ({ isForProgram, terminal }: Call, number: number, refused: string): void => {
  if (terminal.showsProgress) terminal.redraw("");
  terminal.out(isForProgram ? JSON.stringify({ line: number, refused }) : `line ${number}: ${refused}`);
};

const outcomeOf = ({ imported, skipped, refused }: Tally, isDryRun: boolean) => ({
  lines: [
    `${isDryRun ? "Would import" : "Imported"} ${count(imported, "account")}; ` +
      `passed over ${count(skipped, "line")} whose account is there already; refused ${count(refused, "line")}.`,
  ],
  json: { imported, skipped, refused, isDryRun },
  isBad: refused > 0,
});
