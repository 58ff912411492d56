import { userInfo } from "node:os";
import { newRequestId } from "#core/ids.js";
import type { Origin } from "#core/origin.js";
import type { Administration } from "#src/compose.js";

/** Where commands say they come from, as requests do from a mount. */
export const commandMount = "cli";

/** Where the acts of one command come from, in the audit trail: the person by the name that the system knows. */
export const operatorOrigin = ({ random }: Pick<Administration, "random">): Origin => ({
  mount: commandMount,
  requestId: newRequestId(random),
  address: "",
  userAgent: userName().slice(0, 512),
});

// A container may run under a number that has no name.
const userName = (): string => {
  try {
    return userInfo().username;
  } catch {
    return `uid ${String(process.getuid?.() ?? "unknown")}`;
  }
};
