import { WireRefusal } from "./wire-refusal.js";

const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset="?utf-8"?)?[ \t]*$/i;

/** The refusal of a body's media type. */
export const typeUnsupported = (type: string | undefined): WireRefusal =>
  new WireRefusal("type-unsupported", { type: (type ?? "").slice(0, 100) });

/** Refuses (`type-unsupported`) a non-empty body that is not declared as JSON in UTF-8. */
export const requireJson = (type: string | undefined, body: Uint8Array): void => {
  if (body.length > 0 && !jsonType.test(type ?? "")) throw typeUnsupported(type);
};
