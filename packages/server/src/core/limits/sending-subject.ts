import type { Secrets } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { SmsSending } from "./sms-sending.js";

/** Under which key messages to an address are counted, whatever they are for. */
export const sendingSubject = (secrets: Secrets, normalizedEmail: string): string =>
  secrets.digest("sending-subject", normalizedEmail);

/** The refusal of one message more; `waitIn` in milliseconds. */
export const sendingLimited = (waitIn: number, by?: keyof SmsSending): Refusal<"sending-limited"> =>
  new Refusal("sending-limited", {
    retryIn: Math.max(1, Math.ceil(waitIn / 1000)),
    ...(by === undefined ? {} : { by }),
  });
