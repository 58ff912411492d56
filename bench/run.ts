/**
 * `npm run bench`: every scenario on every engine, each beside a limit measured in the same run. `--write` puts the table into
 * docs/operate/performance.md; `--engines sqlite,postgres` and `--scenarios me,storm` choose; `--profile <folder>` also
 * writes a CPU profile of each server there.
 */
import { rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type EngineName, engineNames } from "../packages/server/test/engines/engines.ts";
import { makeDiskFolder, startEngine } from "./engine.ts";
import { endLoads } from "./load.ts";
import { machine } from "./machine.ts";
import { benchMe } from "./me.ts";
import { benchRefresh } from "./refresh.ts";
import { benchRegister } from "./register.ts";
import type { Figure } from "./rounds.ts";
import { benchSignIn } from "./sign-in.ts";
import { benchStorm, type StormFigure } from "./storm.ts";
import { startSubject, type Subject } from "./subject.ts";
import { ratioTable, stormTable } from "./table.ts";

const scenarios: Readonly<Record<string, (subject: Subject) => Promise<readonly Figure[]>>> = {
  "sign-in": benchSignIn,
  me: benchMe,
  refresh: benchRefresh,
  register: benchRegister,
};

const { values: chosen } = parseArgs({
  options: {
    write: { type: "boolean", default: false },
    engines: { type: "string", default: engineNames.join(",") },
    scenarios: { type: "string", default: [...Object.keys(scenarios), "storm"].join(",") },
    profile: { type: "string" },
  },
});
const wantedEngines = chosen.engines.split(",");
const wantedScenarios = chosen.scenarios.split(",");

const folder = makeDiskFolder();

const figures: Figure[] = [];
const storms: StormFigure[] = [];
const versions: string[] = [`Node ${process.version}`];
const began = performance.now();
const [loadBefore = 0] = loadavg();
try {
  for (const engine of engineNames.filter((name) => wantedEngines.includes(name))) await benchEngine(engine);
} finally {
  endLoads();
  rmSync(folder, { recursive: true, force: true });
}
const page = pageOf();
process.stdout.write(`${page}\n`);
if (chosen.write) writeFileSync(fileURLToPath(new URL("../docs/operate/performance.md", import.meta.url)), page);

async function benchEngine(engine: EngineName): Promise<void> {
  const started = await startEngine(engine);
  versions.push(started.version);
  try {
    const { url } = await started.freshDatabase();
    const subject = await startSubject(engine, url, profiled(engine));
    try {
      for (const [name, bench] of Object.entries(scenarios).filter(([name]) => wantedScenarios.includes(name))) {
        say(`${engine}: ${name}`);
        const found = await bench(subject);
        for (const { scenario, ratio, rate, p99 } of found)
          say(`  ${scenario}: ${ratio.toFixed(2)}, ${rate.toFixed(0)} /s, p99 ${p99.toFixed(1)} ms`);
        figures.push(...found);
      }
      if (wantedScenarios.includes("storm")) {
        say(`${engine}: storm`);
        storms.push(await benchStorm(subject));
      }
    } finally {
      await subject.server.stop();
    }
  } finally {
    await started.stop();
  }
}

/** Wraps the server's command so that Node writes a profile when it ends. */
function profiled(engine: EngineName): readonly string[] {
  const into = chosen.profile === undefined ? undefined : join(process.cwd(), chosen.profile);
  return into === undefined
    ? []
    : ["/bin/sh", "-c", `node=$1; shift; exec "$node" --cpu-prof --cpu-prof-dir=${into}/${engine} "$@"`, "profiled"];
}

function say(what: string): void {
  process.stderr.write(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${what}\n`);
}

function pageOf(): string {
  return `# Performance

Written by \`npm run bench -- --write\`: the figures of one run as they are. Absolute rates belong to the machine; what counts is the
ratio to a limit that was measured in the same run, by turns with it, on the same processors – which server, load generator and
database server all share. Latencies are the client's. CPU is that of the server's processes, per request, over all their threads.

- Machine: ${machine()}
- Other work on it: ${loadBefore.toFixed(1)} processes ready to run, on average over the minute before the start
- Date: ${new Date().toISOString().slice(0, 10)}
- Versions: ${versions.join("; ")}
- Every limit on; the load comes from many loopback addresses. Databases on a disk, with their durable defaults.

## Ratios

${ratioTable(figures)}

## A sign-in storm

Three times as many sign-ins as the server can do, sent whether or not the earlier ones are answered, while others ask \`/me\`.

${stormTable(storms)}
`;
}
