import type { ErrorRow } from "../packages/server/src/contracts/platform/errors.ts";
import { refusalRow, serverError, wireRow } from "../packages/server/src/contracts/platform/errors.ts";
import { routes } from "../packages/server/src/contracts/platform/routes.ts";
import { specCodes } from "../packages/server/test/specs/platform-page.ts";
import { spokenRefusals } from "../packages/server/test/specs/refusal-samples.ts";
import { errorsPage, faultReason, type Reason } from "./errors-page.ts";
import type { Page } from "./page.ts";

/** The page about the errors of the contract `platform`. */
export function platformErrorsPage(): Page {
  const order =
    "The sections stand in the order of the page; `specs/platform.md` says in which order is checked, and at which endpoints.";
  return errorsPage(
    "platform",
    order,
    specCodes
      .map(({ code, status, text }) => ({
        code,
        heading: `${status} \`${code}\` ${text.en}`,
        reasons: reasonsOf(code),
      }))
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ code, heading, reasons }) => ({ heading, endpoints: [], headers: headersOf(code), reasons })),
  );
}

/** What the contract says of every refusal somewhere, and of a fault. */
const spoken: readonly { readonly reason: Reason; readonly row: ErrorRow }[] = [
  ...[undefined, ...routes.map(({ name }) => name)].flatMap((endpoint) =>
    spokenRefusals({
      refusal: (refusal) => refusalRow(refusal, { endpoint }),
      wire: (code, details) => wireRow(code, details, { endpoint }),
    })
      // What only commands and other contracts run into is told nobody here.
      .filter(({ answer }) => answer.code !== "server.error")
      .map(({ code, answer }) => ({ reason: { code }, row: answer })),
  ),
  { reason: faultReason, row: serverError() },
  {
    reason: { code: "invalid-fields", sentence: "Fields of the request are not what they have to be; each is named." },
    row: { code: "request.validation.failed" },
  },
];

const reasonsOf = (code: string): readonly Reason[] =>
  spoken.filter(({ row }) => row.code === code).map(({ reason }) => reason);

function headersOf(code: string): readonly string[] {
  const said = spoken.filter(({ row }) => row.code === code).flatMap(({ row }) => Object.keys(row.headers ?? {}));
  const status = specCodes.find((one) => one.code === code)?.status;
  const named = new Set([...(status === 401 ? ["www-authenticate"] : []), ...said]);
  return [...named].map((name) =>
    name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase()).replace("Www", "WWW"),
  );
}
