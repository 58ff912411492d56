import { connect } from "node:net";
import { buffer } from "node:stream/consumers";

/** Sends bytes that no HTTP client would, on a connection of their own; what comes back until the server ends it. */
export async function rawRequest(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" });
  socket.setTimeout(10_000, () => socket.destroy(new Error("no answer within 10 s")));
  socket.write(text);
  return (await buffer(socket)).toString("utf8");
}
