import { createHash, createHmac, randomBytes } from "node:crypto";

/** With what a server signs. */
export interface SigningKey {
  readonly keyId: string;
  readonly key: string;
  readonly secret: string;
}

/** A request about to be signed. */
export interface Unsigned {
  readonly method: string;
  /** As it stands in `Host`. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  /** Empty for none. */
  readonly body: string;
}

export type Headers = Readonly<Record<string, string>>;

/** How a request is signed: the contract's own way, or as RFC 9421 says. */
export type Scheme = "platform" | "rfc9421";
export const schemes = ["platform", "rfc9421"] as const;

export interface SignedAt {
  /** Seconds since 1970; now without. */
  readonly at?: number;
  readonly nonce?: string;
  /** Of RFC 9421: how long the signature is good; 60 s without. */
  readonly lifetime?: number;
}

/** Every header that a signed request needs, but `Content-Type` and `Host`. */
export const signed = (scheme: Scheme, key: SigningKey, request: Unsigned, over: SignedAt = {}): Headers =>
  scheme === "platform" ? signRequest(key, request, over) : signMessage(key, request, over);

export const newNonce = (): string => randomBytes(16).toString("base64url");
export const secondsNow = (): number => Math.floor(Date.now() / 1000);
export const macOf = (secret: string, text: string): string =>
  createHmac("sha256", secret).update(text, "utf8").digest("base64url");

const signRequest = ({ key, secret }: SigningKey, request: Unsigned, over: SignedAt): Headers => {
  const { method, host, target, body } = request;
  const { at = secondsNow(), nonce = newNonce() } = over;
  const text = [method, host.toLowerCase(), target, String(at), nonce, sha256(body, "hex")].join("\n");
  return {
    "x-api-key": key,
    "x-timestamp": String(at),
    "x-nonce": nonce,
    authorization: `Signature ${macOf(secret, text)}`,
  };
};

const signMessage = (key: SigningKey, request: Unsigned, over: SignedAt): Headers => {
  const { at = secondsNow(), nonce = newNonce(), lifetime = 60 } = over;
  return signMessageWith(key, request, {
    components: ["@method", "@authority", "@path", "@query", "content-digest"],
    parameters: `;created=${at};expires=${at + lifetime};nonce="${nonce}";keyid="${key.keyId}";alg="hmac-sha256"`,
  });
};

/** RFC 9421 with whichever components and parameters. */
export const signMessageWith = (
  { key, secret }: SigningKey,
  { method, host, target, body }: Unsigned,
  { components, parameters, fields = {} }: MessageForm,
): Headers => {
  const [path = "", ...query] = target.split("?");
  const values: Headers = {
    "@method": method,
    "@authority": host.toLowerCase(),
    "@path": path,
    "@query": `?${query.join("?")}`,
    "content-digest": `sha-256=:${sha256(body, "base64")}:`,
    ...fields,
  };
  const covered = `(${components.map((name) => `"${name}"`).join(" ")})${parameters}`;
  const base = [
    ...components.map((name) => `"${name}": ${values[name] ?? ""}`),
    `"@signature-params": ${covered}`,
  ].join("\n");
  return {
    "x-api-key": key,
    "content-digest": values["content-digest"] ?? "",
    "signature-input": `sig1=${covered}`,
    signature: `sig1=:${createHmac("sha256", secret).update(base, "utf8").digest("base64")}:`,
  };
};

export interface MessageForm {
  readonly components: readonly string[];
  /** As they stand after the list, each after its semicolon. */
  readonly parameters: string;
  /** Values of components beside those of the profile, or in place of them. */
  readonly fields?: Headers;
}

const sha256 = (text: string, encoding: "hex" | "base64"): string =>
  createHash("sha256").update(text, "utf8").digest(encoding);
