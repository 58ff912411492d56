import { Refusal } from "#core/refusal.js";
import { InvalidFields } from "./invalid-fields.js";
import { WireRefusal } from "./wire-refusal.js";

/** The true reason of an answer, for the log, the failure records and an operator; never for the caller. */
export interface Failure {
  readonly requestId: string;
  readonly mount: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly told: string;
  readonly reason: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly accountId: string | undefined;
  readonly address: string;
  /** What was thrown, when it was no refusal. */
  readonly fault: unknown;
}

/** Takes a failure apart: a refusal's code and details, or a fault's class. */
export const reasonOf = (thrown: unknown): Pick<Failure, "reason" | "details" | "accountId" | "fault"> => {
  if (thrown instanceof Refusal || thrown instanceof WireRefusal) {
    const details: Readonly<Record<string, unknown>> = { ...thrown.details, ...causeOf(thrown.cause) };
    const accountId = typeof details["accountId"] === "string" ? details["accountId"] : undefined;
    return { reason: thrown.code, details, accountId, fault: undefined };
  }
  if (thrown instanceof InvalidFields)
    return { reason: "invalid-fields", details: { fields: thrown.fields }, accountId: undefined, fault: undefined };
  return { reason: "fault", details: { ...causeOf(thrown) }, accountId: undefined, fault: thrown };
};

const causeOf = (cause: unknown): Record<string, string> => {
  if (!(cause instanceof Error)) return {};
  const code = "code" in cause && typeof cause.code === "string" ? { causeCode: cause.code } : {};
  return { cause: cause.name, ...code, causeMessage: cause.message };
};
