import type { Address } from "./reachable-address.js";

/** As much of an address as tells its owner which one it is: `+98********67`, `a***@example.com`. */
export const maskAddress = ({ kind, normalizedValue }: Pick<Address, "kind" | "normalizedValue">): string => {
  if (kind === "phone") {
    const hidden = "*".repeat(Math.max(0, normalizedValue.length - 5));
    return `${normalizedValue.slice(0, 3)}${hidden}${normalizedValue.slice(-2)}`;
  }
  const at = normalizedValue.lastIndexOf("@");
  return `${normalizedValue.slice(0, 1)}***${normalizedValue.slice(at)}`;
};

/** Of an address that the caller has not named, where nobody is told what an account has. */
export const fullyMasked = "***";
