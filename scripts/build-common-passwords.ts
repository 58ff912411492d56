// Makes packages/server/assets/common-passwords.bin: tsx scripts/build-common-passwords.ts <folder>, where <folder> is one in
// which `npm install @zxcvbn-ts/language-common@4.1.3` has been run. The package is not a dependency: only its list is shipped.
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { shippedKey } from "../packages/server/src/adapters/passwords/common-passwords.js";
import { compareKeys, keySize } from "../packages/server/src/adapters/passwords/sorted-keys.js";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder in which @zxcvbn-ts/language-common is installed");

const language: { readonly dictionary: Readonly<Record<string, readonly string[]>> } = createRequire(
  join(folder, "package.json"),
)("@zxcvbn-ts/language-common");
const passwords = language.dictionary["passwords-common"] ?? [];
if (passwords.length < 49_000) throw new Error(`only ${passwords.length} passwords found`);

const keys = passwords.map(shippedKey).sort(compareKeys);
const bytes = Buffer.alloc(keys.length * keySize);
keys.forEach(({ high, low }, position) => {
  bytes.writeUInt32BE(high, position * keySize);
  bytes.writeUInt32BE(low, position * keySize + 4);
});
writeFileSync(new URL("../packages/server/assets/common-passwords.bin", import.meta.url), bytes);
console.log(`${keys.length} passwords, ${bytes.length} bytes`);
