import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the server's package, from compiled and from TypeScript tests alike. */
export const packageFolder = findPackage(dirname(fileURLToPath(import.meta.url)));

/** The command as a user starts it. */
export const trilithon = join(packageFolder, "bin", "trilithon.js");

function findPackage(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : findPackage(dirname(folder));
}
