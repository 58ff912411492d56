import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import type { EngineUnderTest } from "../engines/engines.js";
import { type DatabaseProxy, startDatabaseProxy } from "../fakes/database-proxy.js";
import type { Response } from "../server/request.js";
import { openSqlClient } from "./sql-client.js";
import type { Sent, ServerStage } from "./stage.js";

/** What is wrong with the store while a row's request is made. */
export type StoreFault =
  /** A table is not there: a fault of ours, found in the middle of the work. */
  | { readonly kind: "table-gone"; readonly table: string }
  /** Somebody else holds a table for longer than the server waits; not on SQLite, which locks whole files. */
  | { readonly kind: "table-locked"; readonly table: string }
  /** Somebody else writes for longer than the server waits: on SQLite alone, the one engine with one writer. */
  | { readonly kind: "writer-held" }
  /** The database server does not let anybody connect; not on SQLite, which is no server. */
  | { readonly kind: "down" }
  /** The database server says nothing any more; not on SQLite. */
  | { readonly kind: "hangs" };

const onSqlite: readonly StoreFault["kind"][] = ["table-gone", "writer-held"];
const onServers: readonly StoreFault["kind"][] = ["table-gone", "table-locked", "down", "hangs"];

/** Whether the engine can have the fault. */
export const canHave = (engine: EngineUnderTest, { kind }: StoreFault): boolean =>
  (engine.name === "sqlite" ? onSqlite : onServers).includes(kind);

/** The engine by way of a proxy, which SQLite has no use for. */
export const throughProxy = (engine: EngineUnderTest, opened: (proxy: DatabaseProxy) => void): EngineUnderTest => ({
  name: engine.name,
  freshDatabase: async () => {
    const database = await engine.freshDatabase();
    if (engine.name === "sqlite") return database;
    const proxy = await startDatabaseProxy(database.url);
    opened(proxy);
    return {
      ...database,
      url: proxy.url,
      drop: async () => {
        await proxy.close();
        await database.drop();
      },
    };
  },
});

/** Asks until the answer fits: copies and probes take a second at most to notice. */
const askUntil = async (
  stage: Pick<ServerStage, "ask">,
  sent: Sent,
  fits: (answer: Response) => boolean,
): Promise<Response> => {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await stage.ask(sent);
    if (fits(answer) || Date.now() > deadline) return answer;
    await delay(100);
  }
};

const locks: Readonly<Record<string, (table: string) => readonly [take: string, release: string]>> = {
  postgres: (table) => [`begin; lock table ${table} in access exclusive mode`, "rollback"],
  mariadb: (table) => [`lock tables ${table} write`, "unlock tables"],
};

/** A stage whose store can fail, and by which request and status it is told that the store is well again. */
export interface FaultyStage {
  readonly stage: Pick<ServerStage, "ask" | "databaseUrl" | "engine">;
  readonly proxy: () => DatabaseProxy | undefined;
  readonly probe: Sent;
  readonly wellStatus: number;
}

/** Runs `work` while the store has the fault; afterwards it is well, and the server knows. */
export const whileFaulty = async <T>(faulty: FaultyStage, fault: StoreFault, work: () => Promise<T>): Promise<T> => {
  const { stage, probe, wellStatus } = faulty;
  const [take, release] = statementsOf(fault, stage.engine.name);
  const client = take === "" ? undefined : await openSqlClient(stage.databaseUrl);
  await client?.run(take);
  if (fault.kind === "down") faulty.proxy()?.cut();
  if (fault.kind === "hangs") faulty.proxy()?.freeze();
  try {
    return await work();
  } finally {
    faulty.proxy()?.mend();
    await client?.run(release);
    await client?.close();
    const answer = await askUntil(stage, probe, ({ status }) => status === wellStatus);
    assert.equal(answer.status, wellStatus, answer.text);
  }
};

function statementsOf(fault: StoreFault, engine: string): readonly [take: string, release: string] {
  switch (fault.kind) {
    case "table-gone":
      return [
        `alter table ${fault.table} rename to ${fault.table}_gone`,
        `alter table ${fault.table}_gone rename to ${fault.table}`,
      ];
    case "table-locked":
      return locks[engine]?.(fault.table) ?? ["", ""];
    case "writer-held":
      return ["begin immediate", "rollback"];
    case "down":
    case "hangs":
      return ["", ""];
  }
}
