import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";

export interface Canary {
  readonly url: string;
  /** What was asked of it. */
  readonly asked: readonly string[];
  stop(): Promise<void>;
}

/** Another server on this machine, as a database's console or a cloud's metadata. */
export async function startCanary(): Promise<Canary> {
  const asked: string[] = [];
  const server: Server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    asked,
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
