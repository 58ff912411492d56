/**
 * A signed request, with nothing but Node.js. `npx tsx signed-request.ts POST http://localhost:8080/acme/v2/users '{"emails":["ada@example.org"]}'`
 * with TRILITHON_KEY and TRILITHON_SECRET in the environment.
 */
import { createHash, createHmac, randomBytes } from "node:crypto";

interface Credentials {
  readonly key: string;
  readonly secret: string;
}

export function signedHeaders(
  { key, secret }: Credentials,
  { method, url, body }: { readonly method: string; readonly url: string; readonly body: string },
): Record<string, string> {
  const { host, pathname, search } = new URL(url);
  const timestamp = String(Math.floor(Date.now() / 1000));
  const nonce = randomBytes(16).toString("base64url");
  const bodyHash = createHash("sha256").update(body, "utf8").digest("hex");
  const text = [method, host, pathname + search, timestamp, nonce, bodyHash].join("\n");
  const signature = createHmac("sha256", secret).update(text, "utf8").digest("base64url");
  return {
    authorization: `Signature ${signature}`,
    "x-api-key": key,
    "x-timestamp": timestamp,
    "x-nonce": nonce,
    ...(body === "" ? {} : { "content-type": "application/json" }),
  };
}

const { TRILITHON_KEY: key = "", TRILITHON_SECRET: secret = "" } = process.env;
const [method = "GET", url = "", body = ""] = process.argv.slice(2);
const answer = await fetch(url, {
  method,
  headers: signedHeaders({ key, secret }, { method, url, body }),
  ...(body === "" ? {} : { body }),
});
console.log(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
