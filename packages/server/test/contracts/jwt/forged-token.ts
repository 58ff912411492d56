import { createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { objectIn } from "../stage.js";
import type { Stage } from "./stage.js";

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (part = ""): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;

/** The token with its header and claims changed and its signature kept. */
export const retouched = (
  token: string,
  change: { readonly header?: Readonly<Record<string, unknown>>; readonly claims?: Readonly<Record<string, unknown>> },
): string => {
  const [header, claims, signature = ""] = token.split(".");
  return [
    encode({ ...decode(header), ...change.header }),
    encode({ ...decode(claims), ...change.claims }),
    signature,
  ].join(".");
};

/** The token without a signature, under `alg: none`. */
export const unsigned = (token: string, alg = "none"): string => {
  const [header, claims = ""] = token.split(".");
  return `${encode({ ...decode(header), alg })}.${claims}.`;
};

/** The token signed by a key of the forger's own, under the name of the server's, which it also carries in its header. */
export const signedByStranger = (token: string): string => {
  const [header, claims = ""] = token.split(".");
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const body = `${encode({ ...decode(header), jwk: publicKey.export({ format: "jwk" }) })}.${claims}`;
  const signature = createSign("SHA256").update(body).sign({ key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${body}.${signature.toString("base64url")}`;
};

/** The token signed with the server's public key as though that were a shared secret. */
export const signedByPublicKey = async (stage: Stage, token: string): Promise<string> => {
  const [header, claims = ""] = token.split(".");
  const jwks = objectIn(await stage.ask({ path: "/.well-known/jwks.json" }));
  const body = `${encode({ ...decode(header), alg: "HS256" })}.${claims}`;
  return `${body}.${createHmac("sha256", JSON.stringify(jwks)).update(body).digest("base64url")}`;
};

/** The same bits in another spelling: the unused last bits of the signature's text set. */
export const respelled = (token: string): string => {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const last = letters.indexOf(token.slice(-1));
  return token.slice(0, -1) + (letters[last ^ 1] ?? "");
};

/** The token with one bit of its signature turned. */
export const tampered = (token: string): string => {
  const [header = "", claims = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return `${header}.${claims}.${bytes.toString("base64url")}`;
};
