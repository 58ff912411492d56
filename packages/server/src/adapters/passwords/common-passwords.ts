import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { normalizePassword } from "#core/passwords/password-policy.js";
import type { CommonPasswords } from "#core/ports.js";
import { openBreachedPasswords } from "./breached-passwords.js";
import { hasKey, type Key, keyOf, keySize } from "./sorted-keys.js";

/** Where the imported list lives; it is read when the server starts. */
export const breachedPasswordsFile = (dataDirectory: string): string => join(dataDirectory, "breached-passwords.bin");

/**
 * The shipped list, and the imported one where there is one. The shipped one knows words, so it is asked without regard to
 * case or blanks around; the imported one knows exact passwords, so it is asked for what was typed and for its NFKC form.
 */
export const createCommonPasswords = async (options: { readonly dataDirectory: string }): Promise<CommonPasswords> => {
  const shipped = await readFile(shippedFile);
  if (shipped.length === 0 || shipped.length % keySize !== 0)
    throw new Error("the shipped list of passwords is damaged");
  const breached = openBreachedPasswords(breachedPasswordsFile(options.dataDirectory));
  return {
    has: (password) => {
      if (hasKey(shipped, shippedKey(password))) return true;
      return (
        breached !== undefined &&
        [...new Set([password, normalizePassword(password)])].some((form) => breached.has(form))
      );
    },
  };
};

/** How the shipped list names a password: of 49,233 random 64-bit keys, one in 10^14 passwords is there by chance. */
export const shippedKey = (password: string): Key =>
  keyOf(createHash("sha256").update(normalizePassword(password).toLowerCase().trim(), "utf8").digest());

// From dist/src/adapters/passwords to the package.
const shippedFile = new URL("../../../../assets/common-passwords.bin", import.meta.url);
