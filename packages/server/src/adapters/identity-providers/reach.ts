import { lookup as resolve, type LookupAddress } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { ProviderFault } from "./provider-fault.js";

/** From where a provider's answers may come: decided by its issuer, which the operator has written, never by what it says of itself. */
export interface Reach {
  readonly issuer: URL;
  /** Whether an issuer on this machine may be asked: never in production. */
  readonly mayBeLoopback: boolean;
  /** Whether an issuer elsewhere may be asked without TLS: never in production. */
  readonly mayBePlain?: boolean;
}

/**
 * Refuses every address but public ones over https. The issuer's own origin may also be in a private network, where TLS proves who
 * answers, or, outside of production, on this machine. Link-local addresses, where clouds keep credentials, are never asked.
 */
export const assertMayReach = (reach: Reach, url: URL): void => {
  const isHome = url.origin === reach.issuer.origin;
  const isPlain = isHome && (isLoopbackIssuer(reach) || reach.mayBePlain === true);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isPlain)) throw new ProviderFault("scheme-not-https");
  if (url.username !== "" || url.password !== "") throw new ProviderFault("credentials-in-address");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  // Node resolves no address that is one already.
  if (isIP(host) !== 0 && !mayConnect(reach, url, host)) throw new ProviderFault("address-not-public");
};

/** Resolves a name and connects to what has been checked, so that no second resolution can give another address (DNS rebinding). */
export const checkedLookup =
  (reach: Reach, url: URL): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) callback(error, []);
      else if (addresses.length === 0 || !addresses.every(({ address }) => mayConnect(reach, url, address)))
        callback(new ProviderFault("address-not-public"), []);
      else give(callback, addresses, options.all === true);
    });
  };

const give = (callback: Parameters<LookupFunction>[2], addresses: LookupAddress[], wantsAll: boolean): void => {
  const [first] = addresses;
  if (wantsAll || first === undefined) callback(null, addresses);
  else callback(null, first.address, first.family);
};

const mayConnect = (reach: Reach, url: URL, address: string): boolean => {
  const isHome = url.origin === reach.issuer.origin;
  switch (ipaddr.isValid(address) ? ipaddr.process(address).range() : "invalid") {
    case "unicast":
      return true;
    case "private":
    case "uniqueLocal":
    case "carrierGradeNat":
      return isHome && (url.protocol === "https:" || reach.mayBePlain === true);
    case "loopback":
      return isHome && isLoopbackIssuer(reach);
    default:
      return false;
  }
};

const isLoopbackIssuer = ({ issuer, mayBeLoopback }: Reach): boolean =>
  mayBeLoopback && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(issuer.hostname);
