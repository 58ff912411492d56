/**
 * `npm run bench:timing`: whether the time of `POST /login` tells anything about an account. Unknown e-mails beside known, locked
 * and restricted accounts, one request at a time, by turns in random order; and a planted leak, which has to be caught.
 * `--pairs 10000` and `--engine sqlite` choose.
 */
import { fdatasyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { engineNames } from "../packages/server/test/engines/engines.ts";
import { startServer } from "../packages/server/test/server/start-server.ts";
import { openBareDriver } from "./bare-driver.ts";
import { makeDiskFolder, startEngine } from "./engine.ts";
import { HttpConnection } from "./http-connection.ts";
import { endLoads } from "./load.ts";
import { password, post, register } from "./subject.ts";
import { areaUnderCurve, checkStatistics, median, medianInterval, signedRankZ } from "./statistics.ts";

/** What may not be exceeded: the statistics of the product's own bar. Milliseconds. */
const bounds = { z: 4.5, areaFrom: 0.48, areaTo: 0.52, medianWithin: 0.5 };

const { values: chosen } = parseArgs({
  options: { pairs: { type: "string", default: "10000" }, engine: { type: "string", default: "sqlite" } },
});
const pairs = Number(chosen.pairs);
const engineName = engineNames.find((name) => name === chosen.engine);
if (engineName === undefined || !Number.isSafeInteger(pairs) || pairs < 1)
  throw new Error("usage: --pairs <count> --engine <name>");

checkStatistics();

/** Fewer than lock an account. */
const triesEach = 8;
const lockedAccounts = 32;
const triesThatLock = 10;

interface Kind {
  readonly name: string;
  readonly password: string;
  readonly emails: number;
  /** Tries of one e-mail in a row before the next. */
  readonly triesEach: number;
  readonly isAccount: boolean;
  /** Whether its requests go through the planted leak. */
  readonly isLeaky: boolean;
}
const wrong = "Wrong-Horse-7-Battery";
const some = Math.ceil(pairs / triesEach);
const unknown: Kind = { name: "unknown", password: wrong, emails: some, triesEach, isAccount: false, isLeaky: false };
const compared: readonly Kind[] = [
  { name: "known", password: wrong, emails: some, triesEach, isAccount: true, isLeaky: false },
  { name: "locked", password: wrong, emails: lockedAccounts, triesEach: 1, isAccount: true, isLeaky: false },
  // With the right password: nobody else gets as far as the account's status.
  { name: "restricted", password, emails: some, triesEach, isAccount: true, isLeaky: false },
];
const leakyUnknown: Kind = {
  name: "leaky-unknown",
  password: wrong,
  emails: some,
  triesEach,
  isAccount: false,
  isLeaky: true,
};
const leakyKnown: Kind = {
  name: "leaky-known",
  password: wrong,
  emails: some,
  triesEach,
  isAccount: true,
  isLeaky: true,
};

let open: { readonly connection: HttpConnection; uses: number } | undefined;
let addresses = 0;

const folder = makeDiskFolder();
const leak = openSync(join(folder, "leak"), "a");
try {
  const engine = await startEngine(engineName);
  try {
    const { url } = await engine.freshDatabase();
    const server = await startServer({ databaseUrl: url });
    try {
      await prepare(server.port, url);
      report(await measure(server.port));
    } finally {
      await server.stop();
    }
  } finally {
    await engine.stop();
  }
} finally {
  endLoads();
  rmSync(folder, { recursive: true, force: true });
}

async function prepare(port: number, databaseUrl: string): Promise<void> {
  const accounts = [...compared, leakyKnown].flatMap((kind) =>
    Array.from({ length: kind.emails }, (_, at) => ({ email: emailOf(kind, at), username: `${kind.name}-${at}` })),
  );
  say(`registers ${accounts.length} accounts`);
  await register(port, accounts);
  if (engineName === undefined) return;
  const driver = openBareDriver(engineName, databaseUrl, 1);
  await driver.run(
    "update account set status = 'restricted' where account_id in (select account_id from identifier where normalized_value like ?)",
    ["restricted-%"],
  );
  await driver.close();
  const [, locked] = compared;
  if (locked === undefined) return;
  for (let at = 0; at < lockedAccounts * triesThatLock; at += 1) await timed(port, locked, at);
}

/** Milliseconds by kind, in the order of the pairs. */
async function measure(port: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const times = new Map<string, number[]>(
    [unknown, ...compared, leakyUnknown, leakyKnown].map(({ name }) => [name, []]),
  );
  const tries = new Map<string, number>();
  const began = performance.now();
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const kind of shuffled([unknown, ...compared, leakyUnknown, leakyKnown])) {
      const at = tries.get(kind.name) ?? 0;
      tries.set(kind.name, at + 1);
      times.get(kind.name)?.push(await timed(port, kind, Math.floor(at / kind.triesEach)));
    }
    if ((pair + 1) % 1000 === 0)
      say(`${pair + 1} of ${pairs} pairs, ${((performance.now() - began) / 1000).toFixed(0)} s`);
  }
  return times;
}

function report(times: ReadonlyMap<string, readonly number[]>): void {
  const of = ({ name }: Kind): readonly number[] => times.get(name) ?? [];
  const clean = compared.map((kind) => compare(`unknown : ${kind.name}`, of(unknown), of(kind)));
  const planted = compare("planted leak", of(leakyUnknown), of(leakyKnown));
  // A wide interval alone would be noise, and catch nothing.
  const isCaught = planted.z >= bounds.z;
  const verdicts = [
    ...clean.map(({ isWithin }) => (isWithin ? "looks alike" : "tells")),
    isCaught ? "caught" : "missed",
  ];
  const lines = [...clean, planted].map(
    ({ name, z, area, low, high, middle }, at) =>
      `| ${name} | ${z.toFixed(2)} | ${area.toFixed(4)} | ${middle.toFixed(4)} | ${low.toFixed(4)} to ${high.toFixed(4)} | ${verdicts[at]} |`,
  );
  process.stdout.write(
    [
      `${engineName}, ${pairs} pairs, one request takes ${median(of(unknown)).toFixed(2)} ms`,
      "",
      "| Pair | Wilcoxon z | AUC | median difference ms | 95 % of it | verdict |",
      "| --- | --- | --- | --- | --- | --- |",
      ...lines,
      "",
      `Asked: |z| < ${bounds.z}, AUC ${bounds.areaFrom} to ${bounds.areaTo}, interval within ±${bounds.medianWithin} ms; and a planted leak with z ≥ ${bounds.z}: a run that misses it proves nothing.`,
      "",
    ].join("\n"),
  );
  if (!clean.every(({ isWithin }) => isWithin) || !isCaught) process.exitCode = 1;
}

function compare(name: string, one: readonly number[], other: readonly number[]) {
  const differences = other.map((value, at) => value - (one[at] ?? value));
  const z = signedRankZ(differences);
  const area = areaUnderCurve(one, other);
  const [low, high] = medianInterval(differences);
  const isWithin =
    Math.abs(z) < bounds.z &&
    area >= bounds.areaFrom &&
    area <= bounds.areaTo &&
    low > -bounds.medianWithin &&
    high < bounds.medianWithin;
  return { name, z, area, low, high, middle: median(differences), isWithin };
}

/** Milliseconds that a sign-in takes. */
async function timed(port: number, kind: Kind, at: number): Promise<number> {
  const request = post("/auth/login", { email: emailOf(kind, at % kind.emails), password: kind.password });
  const connection = connectionTo(port);
  const began = performance.now();
  if (kind.isLeaky && kind.isAccount) {
    writeSync(leak, "known");
    fdatasyncSync(leak);
  }
  const { status, body } = await connection.exchange(request);
  const took = performance.now() - began;
  if (status !== 401 || body !== '{"message":"Invalid credentials"}')
    throw new Error(`${kind.name} is answered ${status} ${body}`);
  return took;
}

/** Each source address may ask ten times a minute. */
function connectionTo(port: number): HttpConnection {
  if (open === undefined || open.uses === 10) {
    open?.connection.close();
    addresses += 1;
    open = {
      connection: new HttpConnection(
        port,
        `127.${200 + Math.floor(addresses / 62_500)}.${1 + (Math.floor(addresses / 250) % 250)}.${1 + (addresses % 250)}`,
      ),
      uses: 0,
    };
  }
  open.uses += 1;
  return open.connection;
}

/** As long for one kind as for the other: a longer text takes longer to read. */
function emailOf({ name }: Kind, at: number): string {
  return `${name}-${at}`.padEnd(24, "x").concat("@example.org");
}

function shuffled<T>(values: readonly T[]): readonly T[] {
  return values
    .map((value) => ({ value, order: Math.random() }))
    .sort((one, other) => one.order - other.order)
    .map(({ value }) => value);
}

function say(what: string): void {
  process.stderr.write(`${what}\n`);
}
