import type { CustomFetch, CustomFetchOptions, ExportedJWKSCache } from "openid-client";
import type { Clock } from "#core/ports.js";

/** What a provider publishes, kept between sign-ins: they cost it one request each, and any number of forged keys one in half a minute. */
export interface OpenidDocuments {
  /** `fetch` that answers from what is kept where that is new enough. */
  over(fetch: CustomFetch): CustomFetch;
  /** The key set, when it can be used without asking. */
  keys(): KeySet | undefined;
  /** The client library could not use the metadata: asks anew next time. */
  forgetMetadata(): void;
}

type KeySet = ExportedJWKSCache["jwks"];

const metadataLivesIn = 3_600_000;
const keysLiveIn = 300_000;
/** Between two fetches for a key that is not in the set. */
const renewalPause = 30_000;

interface Document {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly fetchedAt: number;
}

export const openidDocuments = (clock: Clock): OpenidDocuments => {
  let metadata: Document | undefined;
  let keySet: Document | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;
  const pending = new Map<string, Promise<Document>>();

  const ask = (fetch: CustomFetch, address: string, options: CustomFetchOptions): Promise<Document> => {
    const asked =
      pending.get(address) ??
      read(fetch, address, options, clock.now()).finally(() => {
        pending.delete(address);
      });
    pending.set(address, asked);
    return asked;
  };
  const isYoung = (document: Document | undefined, livesIn: number): document is Document =>
    document !== undefined && clock.now() - document.fetchedAt < livesIn;
  const getMetadata = async (...asking: Parameters<typeof ask>): Promise<Document> => {
    if (isYoung(metadata, metadataLivesIn)) return metadata;
    const document = await ask(...asking);
    if (document.status === 200) metadata = document;
    return document;
  };
  // The library asks when it has no set, or when a signature's key is not in the one it was given.
  const getKeys = async (...asking: Parameters<typeof ask>): Promise<Document> => {
    if (isYoung(keySet, keysLiveIn) && !pending.has(asking[1])) {
      if (clock.now() - renewedAt < renewalPause) return keySet;
      renewedAt = clock.now();
    }
    const document = await ask(...asking);
    if (document.status === 200 && keysIn(document) !== undefined) keySet = document;
    return document;
  };
  return {
    over: (fetch) => async (address, options) => {
      // What is asked with a token is somebody's own.
      if (options.method !== "GET" || "authorization" in options.headers) return fetch(address, options);
      const get = address.includes("/.well-known/openid-configuration") ? getMetadata : getKeys;
      return responseOf(await get(fetch, address, options));
    },
    keys: () => (isYoung(keySet, keysLiveIn) ? keysIn(keySet) : undefined),
    forgetMetadata: () => {
      metadata = undefined;
    },
  };
};

const read = async (
  fetch: CustomFetch,
  address: string,
  options: CustomFetchOptions,
  fetchedAt: number,
): Promise<Document> => {
  const response = await fetch(address, options);
  const type = response.headers.get("content-type") ?? "";
  return { status: response.status, type, text: await response.text(), fetchedAt };
};

const responseOf = ({ status, type, text }: Document): Response =>
  new Response(text === "" ? null : text, { status, headers: { "content-type": type } });

const keysIn = ({ text }: Document): KeySet | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isKeySet(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

// The library looks at each key before it uses one.
const isKeySet = (value: unknown): value is KeySet =>
  typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys);
