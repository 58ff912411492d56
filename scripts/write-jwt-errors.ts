import { speakFault, speakRefusal, speakWireRefusal } from "../packages/server/src/contracts/jwt/errors.ts";
import { messages } from "../packages/server/src/contracts/jwt/messages.ts";
import { specErrors } from "../packages/server/test/specs/jwt-page.ts";
import { spokenRefusals } from "../packages/server/test/specs/refusal-samples.ts";
import { errorsPage, faultReason, type Reason } from "./errors-page.ts";
import type { Page } from "./page.ts";

/** The page about the errors of the contract `jwt`. */
export function jwtErrorsPage(): Page {
  const reasons = allReasons();
  return errorsPage(
    "jwt",
    "The sections stand in the order of the checks.",
    specErrors.map(({ endpoints, status, message, headers }) => ({
      heading: `${status} ${message}`,
      endpoints,
      headers,
      reasons: reasons.filter((reason) => reason.status === status && reason.message === message),
    })),
  );
}

interface SpokenReason extends Reason {
  readonly status: number;
  readonly message: string;
}

const missingFields: Reason = {
  code: "invalid-fields",
  sentence: "A field that the endpoint needs is absent, `null`, empty or of another kind.",
};

function allReasons(): readonly SpokenReason[] {
  const spoken = spokenRefusals({ refusal: speakRefusal, wire: speakWireRefusal }).map(({ code, answer }) => ({
    code,
    status: answer.status,
    message: messageOf(answer.body),
  }));
  const missing = [messages.registrationFieldsRequired, messages.loginFieldsRequired].map((message) => ({
    ...missingFields,
    status: 400,
    message,
  }));
  const faults = ["register", undefined].map((endpoint) => {
    const { status, body } = speakFault(endpoint);
    return { ...faultReason, status, message: messageOf(body) };
  });
  // What only commands run into is told nobody over HTTP.
  return [...spoken.filter(({ status }) => status !== 500), ...missing, ...faults];
}

function messageOf(body: object | string | undefined): string {
  if (typeof body !== "object" || !("message" in body)) throw new Error("an error without a message");
  return String(body.message);
}
