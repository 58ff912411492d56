import { WireRefusal } from "./wire-refusal.js";

const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?[ \t]*$/i;
const urlencodedType = /^application\/x-www-form-urlencoded(?:[ \t]*;[ \t]*charset="?utf-8"?)?[ \t]*$/i;
const multipartType = /^multipart\/form-data[ \t]*;/i;
const otherCharset = /;[ \t]*charset=(?!"?utf-8"?[ \t]*(?:;|$))/i;

/** The refusal of a body's media type. */
export const typeUnsupported = (type: string | undefined): WireRefusal =>
  new WireRefusal("type-unsupported", { type: (type ?? "").slice(0, 100) });

/** Refuses (`type-unsupported`) a non-empty body that is not declared as JSON in UTF-8. */
export const requireJson = (type: string | undefined, body: Uint8Array): void => {
  if (body.length > 0 && !jsonType.test(type ?? "")) throw typeUnsupported(type);
};

/** Whether a body is declared as a form in UTF-8, as a page posts it. */
export const isForm = (type: string | undefined): boolean => urlencodedType.test(type ?? "");

/** What a body in UTF-8 is declared as, of what can be read here; refuses anything else with `type-unsupported`. */
export const requireBodyType = (type: string | undefined): "json" | "urlencoded" | "multipart" => {
  if (type === undefined) throw typeUnsupported(type);
  if (jsonType.test(type)) return "json";
  if (urlencodedType.test(type)) return "urlencoded";
  if (multipartType.test(type) && !otherCharset.test(type)) return "multipart";
  throw typeUnsupported(type);
};
