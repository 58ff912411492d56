import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";

/** Stands between a client and a database server, and breaks their connection where a test says so. */
export interface ServerProxy {
  /** The database's URL by way of the proxy. */
  readonly url: string;
  /** Cuts, at the `nth` time, the connection over which the client sends `text`. `afterwards`: once the server has it. */
  cutAt(text: string, when: "before" | "afterwards", nth?: number): void;
  /** Forwards nothing from here on, and closes nothing: a server that hangs. */
  freeze(): void;
  thaw(): void;
  /** Closes every connection, as a server does that restarts. */
  cutAll(): void;
  /** Connections accepted so far. */
  accepted(): number;
  close(): Promise<void>;
}

export const startServerProxy = async (databaseUrl: string): Promise<ServerProxy> => {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let cut: { readonly text: string; readonly when: "before" | "afterwards"; left: number } | undefined;
  let isFrozen = false;
  let accepted = 0;
  const server = createServer((client) => {
    accepted += 1;
    const database = connect(Number(target.port), target.hostname);
    // What is cut must reach the server first, whose answer must not reach the client.
    let isMuted = false;
    for (const [from, to] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(from);
      if (isFrozen) from.pause();
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      from.on("data", (chunk) => {
        if (from === client && cut !== undefined && chunk.toString("latin1").toLowerCase().includes(cut.text)) {
          cut.left -= 1;
          if (cut.left === 0) {
            const { when } = cut;
            cut = undefined;
            isMuted = true;
            if (when === "before") client.destroy();
            else database.write(chunk, () => database.once("data", () => client.destroy()));
            return;
          }
        }
        if (!(isMuted && from === database)) to.write(chunk);
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const url = new URL(databaseUrl);
  url.port = String(address.port);
  return {
    url: url.href,
    cutAt: (text, when, nth = 1) => {
      cut = { text, when, left: nth };
    },
    freeze: () => {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw: () => {
      isFrozen = false;
      for (const socket of sockets) socket.resume();
    },
    cutAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    accepted: () => accepted,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
};
