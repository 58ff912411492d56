import type { Answer } from "#http/answer.js";
import type { InvalidField } from "#http/invalid-fields.js";
import type { Text } from "./messages.js";
import type { Voice } from "./language.js";

/** A row of the page's error tables; a 204 has nothing but its headers to tell it by. */
export interface ErrorRow {
  readonly status: number;
  readonly code: string;
  readonly message: Text;
  /** One item per failed field; none where the row has a code of its own. */
  readonly fields?: readonly FieldRow[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FieldRow {
  readonly field: string;
  readonly message: Text;
}

/** `{"status":"error",…}`; a 204 has no body. */
export const errorAnswer = ({ status, code, message, fields = [], headers = {} }: ErrorRow, voice: Voice): Answer => {
  if (status === 204) return { status, headers };
  const errors = fields.map(({ field, message: text }) => ({ field, message: text[voice] }));
  return { status, headers, body: errorBody(status, code, { message: message[voice], errors }) };
};

/** A 400 of fields whose items have found their words. */
export const invalidFieldsAnswer = (message: string, errors: readonly InvalidField[]): Answer => ({
  status: 400,
  body: errorBody(400, "validation_error", { message, errors }),
});

/** The words of an error. */
export interface ErrorWords {
  readonly message: string;
  readonly errors: readonly InvalidField[];
}

/** The words that an error's body holds. */
export const wordsIn = (body: Answer["body"]): ErrorWords | undefined =>
  typeof body === "object" && "errors" in body ? (body as ErrorWords) : undefined;

const errorBody = (status: number, code: string, { message, errors }: ErrorWords) => ({
  status: "error",
  code,
  status_code: status,
  message,
  errors,
});

/** `{"status":"success",…}` */
export const successAnswer = (status: 200 | 201, message: string, data: object = {}): Answer => ({
  status,
  body: { status: "success", status_code: status, message, data },
});
