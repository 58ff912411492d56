import { writeSync } from "node:fs";
import { defaultRealm } from "#core/ids.js";
import { givenAccount } from "../conformance/given-rows.js";
import { openByUrl } from "../conformance/open-stores.js";

// A process of its own for the tests of a failing disk: strace holds or fails its calls. Says one JSON line for each thing that happened,
// written at once, so that strace sees it in its place among the calls.
const [, , url = "", scenario = ""] = process.argv;
const say = (line: unknown): void => {
  writeSync(1, `${JSON.stringify(line)}\n`);
};

const database = await openByUrl(url);
const { stores, transaction } = database.forRealm(defaultRealm);
await stores.accounts.find(givenAccount().id);

const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
    return "acknowledged";
  } catch (error) {
    if (!(error instanceof Error)) return "no error";
    return "code" in error && typeof error.code === "string" ? error.code : error.name;
  }
};

/** Eight at once: transactions, some of which are to be rolled back, and single statements. */
const group = async (): Promise<void> => {
  const accounts = Array.from({ length: 8 }, () => givenAccount());
  const outcomes = await Promise.all(
    accounts.map((account, index) =>
      outcomeOf(
        index % 4 === 3
          ? stores.accounts.insert(account)
          : transaction(async (bound) => {
              await bound.accounts.insert(account);
              if (index % 4 === 2) throw new Error("rolled back");
            }),
      ),
    ),
  );
  const found = await Promise.all(accounts.map(async ({ id }) => (await stores.accounts.find(id)) !== undefined));
  say({ outcomes, found, isDown: database.health.isDown });
};

/** Reads and turns of the event loop while one commit waits. */
const readDuringCommit = async (): Promise<void> => {
  const known = givenAccount();
  await stores.accounts.insert(known);
  const account = givenAccount();
  let isAcknowledged = false;
  let reads = 0;
  let turns = 0;
  const ticking = setInterval(() => {
    turns += 1;
  }, 1);
  const commit = stores.accounts.insert(account).then(() => {
    isAcknowledged = true;
  });
  while (!isAcknowledged) {
    const found = await stores.accounts.find(known.id);
    if (found !== undefined) reads += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await commit;
  clearInterval(ticking);
  say({ reads, turns });
};

/** Commits one after another, then several at once, each between its own two lines. */
const acknowledge = async (): Promise<void> => {
  for (let commit = 0; commit < 5; commit += 1) {
    say({ ask: commit });
    await stores.accounts.insert(givenAccount());
    say({ acknowledged: commit });
  }
  await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const commit = 100 + index;
      say({ ask: commit });
      await transaction(async ({ accounts }) => {
        await accounts.insert(givenAccount());
      });
      say({ acknowledged: commit });
    }),
  );
};

const scenarios: Readonly<Record<string, () => Promise<void>>> = {
  groups: async () => {
    for (let count = 0; count < 3; count += 1) await group();
  },
  "read-during-commit": readDuringCommit,
  acknowledge,
};
await scenarios[scenario]?.();
await database.close();
