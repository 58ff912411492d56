import { createInterface } from "node:readline";
import { DatabaseSync } from "@photostructure/sqlite";

// Another process at the same file: locks it at each line "lock", frees it at each line "free", and ends with its input.
const file = new DatabaseSync(process.argv[2] ?? "", { timeout: 5000 });
for await (const line of createInterface(process.stdin)) {
  file.exec(line === "lock" ? "begin immediate" : "commit");
  process.stdout.write(`${line}\n`);
}
file.close();
