import assert from "node:assert/strict";
import { test } from "node:test";
import type { Response } from "../server/request.js";
import type { Sent, ServerStage } from "./stage.js";

/** A request in its parts, so that several things can be wrong with it at once. */
export interface Draft {
  readonly path: string;
  readonly method: string;
  readonly address: string | undefined;
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Stands behind the body. */
  readonly rest: string;
  readonly authorization: string | undefined;
  /** Of contracts that find company and client application in a request. */
  readonly prefix?: string;
  readonly key?: string | null;
}

/** One thing that is wrong: what is told of it, and what it sets. Faults that set the same thing cannot meet. */
export interface Fault<S> {
  readonly told: string;
  readonly sets: (stage: S) => Promise<Partial<Draft>>;
}

/** A draft of nothing but its endpoint. */
export const emptyDraft = (path: string, method: string): Draft => ({
  path,
  method,
  address: undefined,
  type: "application/json",
  body: {},
  rest: "",
  authorization: undefined,
});

/** Declares that each fault of the endpoint is told before all that stand below it. */
export function testOrder<S extends ServerStage>(
  stage: S,
  title: string,
  order: {
    readonly faults: readonly Fault<S>[];
    readonly draft: (stage: S) => Promise<Draft>;
    readonly toldBy: (answer: Response) => string;
  },
): void {
  const { faults, draft: makeDraft, toldBy } = order;
  for (const [at, earlier] of faults.entries()) {
    test(`${title} tells ${earlier.told} before everything below it`, async () => {
      const draft = await makeDraft(stage);
      const first = await earlier.sets(stage);
      const requests = [combine(draft, first, {})];
      for (const later of faults.slice(at + 1)) requests.push(combine(draft, first, await later.sets(stage)));
      const sent = requests.filter((request) => request !== undefined);
      const answers = await Promise.all(sent.map((request) => stage.ask(sentOf(request))));
      for (const [index, answer] of answers.entries())
        assert.equal(toldBy(answer), earlier.told, JSON.stringify(sent[index]));
    });
  }
}

/** Both faults in one request, or `undefined` when they set the same part of it to different things. */
const combine = (draft: Draft, one: Partial<Draft>, other: Partial<Draft>): Draft | undefined => {
  const isSame = (name: string): boolean => name !== "body" && name !== "rest" && name in one && name in other;
  const isSameField = Object.keys(one.body ?? {}).some((field) => field in (other.body ?? {}));
  if (isSameField || [...Object.keys(draft), "prefix", "key"].some(isSame)) return undefined;
  return {
    ...draft,
    ...one,
    ...other,
    body: { ...draft.body, ...one.body, ...other.body },
    rest: (one.rest ?? "") + (other.rest ?? ""),
  };
};

const sentOf = ({ path, method, address, type, body, rest, authorization, ...place }: Draft): Sent => {
  const hasBody = ["POST", "PUT", "PATCH"].includes(method);
  return {
    ...place,
    path,
    method,
    ...(address === undefined ? {} : { address }),
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(hasBody ? { "content-type": type } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(body) + rest } : {}),
  };
};
