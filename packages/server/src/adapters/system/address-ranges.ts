import ipaddr from "ipaddr.js";
import type { AddressRanges } from "#core/ports.js";

type Address = ReturnType<typeof ipaddr.process>;

/** Read with each request: ranges are few, and parsing one costs a microsecond. */
export const addressRanges: AddressRanges = {
  isRange: (text) => parse(text) !== undefined,
  include(ranges, text) {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return ranges.some((range) => isIn(address, parse(range)));
  },
};

const parse = (text: string): [Address, number] | undefined => {
  // Its forms of one, two or three numbers, in other bases, are nobody's intention.
  if (!/^(?:\d+\.\d+\.\d+\.\d+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)(?:\/\d+)?$/.test(text)) return undefined;
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
};

const isIn = (address: Address, range: [Address, number] | undefined): boolean =>
  range !== undefined && address.kind() === range[0].kind() && address.match(range);
