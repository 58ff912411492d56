import type { TestContext } from "node:test";
import {
  type ClosablePasswordHasher,
  createPasswordHasher,
  type PasswordHasherOptions,
} from "#adapters/passwords/password-hasher.js";

const peppers = new Map([1, 2].map((version) => [`v${version}`, new Uint8Array(32).fill(version)]));

/** Peppers of which the named one is the newest: `v1` and `v2`. */
export const peppersWith = (version: string): PasswordHasherOptions["peppers"] => ({
  newest: { version, key: peppers.get(version) ?? new Uint8Array() },
  all: peppers,
});

/** A hasher that ends with its test. */
export const openHasher = (
  context: TestContext,
  options: Partial<PasswordHasherOptions> = {},
): ClosablePasswordHasher => {
  const hasher = createPasswordHasher({ peppers: peppersWith("v1"), permits: 1, ...options });
  context.after(() => hasher.close());
  return hasher;
};
