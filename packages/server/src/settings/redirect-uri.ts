import { refusedSchemes } from "#core/identities/redirect-address.js";
import { isUrl } from "./is-url.js";

/** Parameters that the server adds (`specs/account.md`, hand-off). */
const addedParameters = ["temp_token", "state", "error"];

/** Why a browser may not be sent to the URI with a temporary token; `undefined` when it may (RFC 8252 section 7, RFC 9700 section 2.1). */
export const redirectFault = (uri: string): string | undefined => {
  if (!/^[!-~]+$/.test(uri) || uri.includes("\\")) return "has characters that a URI does not have";
  if (!URL.canParse(uri)) return "is not a whole URI";
  const { protocol, searchParams } = new URL(uri);
  const scheme = protocol.slice(0, -1);
  if (refusedSchemes.some((refused) => refused === scheme))
    return `begins with ${scheme}:, to which no browser is sent`;
  if (uri.includes("#")) return "has a fragment";
  const added = addedParameters.find((name) => searchParams.has(name));
  if (added !== undefined) return `has the parameter ${added}, which the server adds`;
  if (scheme === "http" || scheme === "https") {
    const [withoutQuery = ""] = uri.split("?", 1);
    return isUrl(withoutQuery, { insecure: "loopback" })
      ? undefined
      : "is neither https nor on this machine, or holds a user name";
  }
  return undefined;
};
