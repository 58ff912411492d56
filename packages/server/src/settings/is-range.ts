import { BlockList, isIP, isIPv6 } from "node:net";

/** Whether a text is an address, or a range in CIDR form. */
export const isRange = (text: string): boolean => {
  const [address = "", bits, ...rest] = text.split("/");
  if (isIP(address) === 0 || address.includes("%") || rest.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^(?:0|[1-9]\d{0,2})$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
    return true;
  } catch {
    return false;
  }
};
