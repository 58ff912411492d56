import { createHash, createHmac } from "node:crypto";
import {
  type BareItem,
  type Dictionary,
  isInnerList,
  parseDictionary,
  serializeDictionary,
  serializeInnerList,
} from "structured-headers";
import type { MessageSignature } from "#core/api-keys/message-signature.js";
import type { RequestSignatures } from "#core/ports.js";
import { sameSecret } from "./same-secret.js";

export const requestSignatures: RequestSignatures = {
  bodyHash: (body) => createHash("sha256").update(body).digest("hex"),
  fits: (secret, text, mac) =>
    sameSecret(createHmac("sha256", Buffer.from(secret, "utf8")).update(text, "utf8").digest("base64url"), mac),
  readMessageSignature({ input, signature }) {
    const [inputs, signatures] = [readStrictly(input), readStrictly(signature)];
    if (inputs?.size !== 1 || signatures?.size !== 1) return undefined;
    const [label] = inputs.keys();
    const covered = inputs.get(label ?? "");
    const made = signatures.get(label ?? "");
    if (covered === undefined || made === undefined || !isInnerList(covered) || isInnerList(made)) return undefined;
    const [items, parameters] = covered;
    const [bytes, ofSignature] = made;
    const components = items.flatMap(([name, own]) => (typeof name === "string" && own.size === 0 ? [name] : []));
    const known = new Map([...parameters].flatMap(([name, value]) => (isPlain(value) ? [[name, value] as const] : [])));
    if (!(bytes instanceof ArrayBuffer) || ofSignature.size > 0) return undefined;
    if (components.length < items.length || known.size < parameters.size) return undefined;
    const mac = Buffer.from(bytes).toString("base64url");
    return {
      components,
      parameters: known,
      signatureParams: serializeInnerList(covered),
      mac,
    } satisfies MessageSignature;
  },
  digestFits(contentDigest, body) {
    const digests = read(contentDigest);
    const known = [...(digests ?? [])].flatMap(([name, [value]]) =>
      Object.hasOwn(algorithms, name) ? [{ algorithm: algorithms[name as keyof typeof algorithms], value }] : [],
    );
    return (
      known.length > 0 &&
      known.every(
        ({ algorithm, value }) =>
          value instanceof ArrayBuffer && createHash(algorithm).update(body).digest().equals(Buffer.from(value)),
      )
    );
  },
};

/** Those of RFC 9530 section 5 that are not broken. */
const algorithms = { "sha-256": "sha256", "sha-512": "sha512" } as const;

const isPlain = (value: BareItem): value is string | number => typeof value === "string" || typeof value === "number";

const readStrictly = (text: string): Dictionary | undefined => {
  const dictionary = read(text);
  return dictionary !== undefined && serializeDictionary(dictionary) === text ? dictionary : undefined;
};

const read = (text: string): Dictionary | undefined => {
  try {
    return parseDictionary(text);
  } catch {
    return undefined;
  }
};
