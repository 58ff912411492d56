/**
 * A request signed as RFC 9421 says, with nothing but Node.js.
 * `npx tsx message-signature.ts POST http://localhost:8080/acme/v2/users '{"emails":["ada@example.org"]}'`
 * with TRILITHON_KEY, TRILITHON_KEY_ID and TRILITHON_SECRET in the environment.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";

interface Credentials {
  readonly key: string;
  /** The key's id, `api_…`, not the key. */
  readonly keyId: string;
  readonly secret: string;
}

export function messageHeaders(
  { key, keyId, secret }: Credentials,
  { method, url, body }: { readonly method: string; readonly url: string; readonly body: string },
): Record<string, string> {
  const { host, pathname, search } = new URL(url);
  const digest = `sha-256=:${createHash("sha256").update(body, "utf8").digest("base64")}:`;
  const created = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString("base64url");
  const parameters =
    `("@method" "@authority" "@path" "@query" "content-digest")` +
    `;created=${created};expires=${created + 60};nonce="${nonce}";keyid="${keyId}";alg="hmac-sha256"`;
  const base = [
    `"@method": ${method}`,
    `"@authority": ${host}`,
    `"@path": ${pathname}`,
    `"@query": ${search === "" ? "?" : search}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${parameters}`,
  ].join("\n");
  return {
    "x-api-key": key,
    "content-digest": digest,
    "signature-input": `sig1=${parameters}`,
    signature: `sig1=:${createHmac("sha256", secret).update(base, "utf8").digest("base64")}:`,
    ...(body === "" ? {} : { "content-type": "application/json" }),
  };
}

const { TRILITHON_KEY: key = "", TRILITHON_KEY_ID: keyId = "", TRILITHON_SECRET: secret = "" } = process.env;
const [method = "GET", url = "", body = ""] = process.argv.slice(2);
const answer = await fetch(url, {
  method,
  headers: messageHeaders({ key, keyId, secret }, { method, url, body }),
  ...(body === "" ? {} : { body }),
});
console.log(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
