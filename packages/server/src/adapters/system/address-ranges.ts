import ipaddr from "ipaddr.js";
import type { AddressRanges } from "#core/ports.js";

type Address = ReturnType<typeof ipaddr.process>;

/** Ranges are read with each request: they are few, and one costs a microsecond. */
export const addressRanges: AddressRanges = {
  include(ranges, text) {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return ranges.some((range) => isIn(address, parse(range)));
  },
};

const parse = (text: string): [Address, number] | undefined => {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
};

const isIn = (address: Address, range: [Address, number] | undefined): boolean =>
  range !== undefined && address.kind() === range[0].kind() && address.match(range);
