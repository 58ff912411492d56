import { refusalRow, serverError, wireRow } from "../packages/server/src/contracts/account/errors.ts";
import type { ErrorRow } from "../packages/server/src/contracts/account/envelope.ts";
import {
  type ErrorRow as SpecError,
  isFilled,
  specEndpoints,
  specErrors,
} from "../packages/server/test/specs/account-page.ts";
import { spokenRefusals } from "../packages/server/test/specs/refusal-samples.ts";
import { errorsPage, faultReason, type Reason } from "./errors-page.ts";
import type { Page } from "./page.ts";

/** The page about the errors of the contract `account`. */
export function accountErrorsPage(): Page {
  const order = "The sections stand in the order of the page; `specs/account.md` says in which order is checked.";
  return errorsPage(
    "account",
    order,
    specErrors.map((error) => ({
      heading: headingOf(error),
      endpoints: error.group === undefined ? error.endpoints : [error.group],
      headers: error.headers,
      reasons: reasonsOf(error),
    })),
  );
}

const invalidFields: Reason = {
  code: "invalid-fields",
  sentence: "The fields of the request were checked, and this one is not what the row says it has to be.",
};

function headingOf({ status, field, message }: SpecError): string {
  const item = field === undefined || field === "each" ? "" : ` \`${field}\``;
  return `${status}${item} \`${message}\``;
}

/** What the contract says of every refusal somewhere, and of a fault. */
const spoken: readonly { readonly reason: Reason; readonly row: ErrorRow; readonly endpoint: string }[] =
  specEndpoints.flatMap(({ name: endpoint }) =>
    (["contract", "hardened"] as const).flatMap((profile) => [
      ...spokenRefusals({
        refusal: (refusal) => refusalRow(refusal, { endpoint, profile }),
        wire: (code, details) => wireRow(code, details, { endpoint, profile }),
      })
        // What only commands run into is told nobody over HTTP.
        .filter(({ answer }) => answer.status !== 500)
        .map(({ code, answer }) => ({ reason: { code }, row: answer, endpoint })),
      { reason: faultReason, row: serverError(), endpoint },
    ]),
  );

function reasonsOf(error: SpecError): readonly Reason[] {
  const found = spoken
    .filter(
      ({ row, endpoint }) => row.status === error.status && error.endpoints.includes(endpoint) && tells(row, error),
    )
    .map(({ reason }) => reason);
  const isOfFields = error.status === 400 && error.field !== undefined && error.field !== "non_field_errors";
  return found.length === 0 && isOfFields ? [invalidFields] : found;
}

function tells({ message, fields }: ErrorRow, error: SpecError): boolean {
  if (fields === undefined) return error.field === undefined && isFilled(error.message, message.contract);
  return fields.some((item) => item.field === error.field && isFilled(error.message, item.message.contract));
}
