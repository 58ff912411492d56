import { createHash } from "node:crypto";
import type { Fingerprint } from "#core/ports.js";

export const fingerprint: Fingerprint = (secret) => createHash("sha256").update(secret, "utf8").digest("base64url");
