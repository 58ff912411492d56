import { type RunningServer, type ServerOptions, startServer } from "./start-server.js";

/** Servers that serve one database together. What is public must be the same on each: tokens are bound to it. */
export function startNodes(
  databaseUrl: string,
  count: number,
  options: ServerOptions = {},
): Promise<readonly RunningServer[]> {
  const env = { PUBLIC_URL: "http://localhost:8080", ...options.env };
  return Promise.all(Array.from({ length: count }, () => startServer({ ...options, databaseUrl, env })));
}

/** How many servers an engine is tested with: SQLite belongs to one. */
export function nodesFor(engine: { readonly name: string }): number {
  return engine.name === "sqlite" ? 1 : 2;
}
