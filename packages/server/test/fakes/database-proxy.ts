import { createServer, connect, type AddressInfo, type Socket } from "node:net";

/** A way to a database server that can be broken without touching the server, which others use too. */
export interface DatabaseProxy {
  /** The database's URL, by way of the proxy. */
  readonly url: string;
  /** Closes every connection and refuses new ones, as a server that is down. */
  cut(): void;
  /** Passes nothing on any more and says nothing, as a server that hangs. */
  freeze(): void;
  /** Everything works again; what was held back is passed on. */
  mend(): void;
  close(): Promise<void>;
}

/** Starts a proxy to the database server that the URL names. */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: "works" | "cut" | "frozen" = "works";

  const track = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      sockets.delete(socket);
      other.destroy();
    });
    socket.on("data", (bytes: Buffer) => other.write(bytes));
    if (state === "frozen") socket.pause();
  };
  const server = createServer((client) => {
    if (state === "cut") {
      client.destroy();
      return;
    }
    const upstream = connect({ host: target.hostname, port: Number(target.port) });
    track(client, upstream);
    track(upstream, client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  // Listening on TCP: the address is no path.
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cut: () => {
      state = "cut";
      for (const socket of sockets) socket.destroy();
    },
    freeze: () => {
      state = "frozen";
      for (const socket of sockets) socket.pause();
    },
    mend: () => {
      state = "works";
      for (const socket of sockets) socket.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
