import { rowsFor, type Row } from "./row.js";

/** Sent to a node whose random source fails, which no server that is started as usual has. */
export const notMadeRows: readonly Row[] = rowsFor(
  "web-guest",
  400,
  "device_id",
  "Device ID is required for web guest users.",
)({ "the random source gives nothing": { path: "/web/guest/", method: "POST" } });
