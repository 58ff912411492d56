import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/** One text for one address: IPv4 also when it came as IPv4-mapped IPv6, else compressed IPv6 without a zone. */
export const canonicalAddress = (address: string): string => {
  // What Node calls an IPv4 address is canonical already, and parsing it again would cost each request as much as its routing.
  if (isIPv4(address)) return address;
  return ipaddr.isValid(address) ? ipaddr.process(address).toString().replace(/%.*$/, "") : "";
};

/** What address limits count: an IPv4 address, or the /64 that one IPv6 subscriber owns. */
export const addressGroup = (address: string): string => {
  if (isIPv4(address) || !ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv4" ? parsed.toString() : `${parsed.toByteArray().slice(0, 8).join(".")}/64`;
};
