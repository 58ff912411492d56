import { openByUrl } from "./open-stores.js";

// A process of its own for the migration tests: migrates the database it is given and prints what it ran.
const database = await openByUrl(process.argv[2] ?? "");
process.stdout.write(JSON.stringify(await database.migrate()));
await database.close();
