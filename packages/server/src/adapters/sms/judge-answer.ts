import type { GuardedAnswer } from "#adapters/identity-providers/guarded-fetch.js";
import type { SmsTemplate, SmsVerdict } from "#core/outbox/sms-gateway.js";

/** What an answer means for its message. `hopeless`: refused, as it always would be. */
export interface Judgement {
  readonly kind: "accepted" | "refused" | "hopeless" | "unknown";
  /** Without anything of the answer that could name the recipient. */
  readonly words: string;
}

/**
 * A gateway's answer by its template. Only 2xx accepts and only 4xx refuses: behind every other status, a redirect's too, the message may
 * have been taken.
 */
export const judgeAnswer = async (answer: GuardedAnswer, template: SmsTemplate): Promise<Judgement> => {
  const { status } = answer;
  const words = `it answered ${String(status)}`;
  if (status >= 200 && status < 300 && template.verdict !== undefined) return judgeVerdict(answer, template.verdict);
  answer.drop();
  if (status >= 200 && status < 300) return { kind: "accepted", words };
  if (status < 400 || status >= 500) return { kind: "unknown", words };
  return { kind: template.hopelessStatuses.includes(status) ? "hopeless" : "refused", words };
};

const judgeVerdict = async (answer: GuardedAnswer, verdict: SmsVerdict): Promise<Judgement> => {
  const said = valuesAt(await readJson(answer), verdict.at.split("."));
  const status = `it answered ${String(answer.status)}`;
  if (said.length === 0) return { kind: "unknown", words: `${status} without ${verdict.at}` };
  const words = `${status}, ${verdict.at} ${said.filter((value) => /^[\w.-]{1,40}$/.test(value)).join(" ")}`;
  const allIn = (values: readonly string[]): boolean => said.every((value) => values.includes(value));
  if (allIn(verdict.accepted)) return { kind: "accepted", words };
  if (allIn(verdict.hopeless)) return { kind: "hopeless", words };
  // A message of several parts, of which one was taken, has been sent.
  return { kind: allIn([...verdict.refused, ...verdict.hopeless]) ? "refused" : "unknown", words };
};

/** `undefined` for what cannot be read or is no JSON. */
const readJson = async (answer: GuardedAnswer): Promise<unknown> => {
  try {
    return JSON.parse((await answer.read()).toString("utf8"));
  } catch {
    return undefined;
  }
};

const valuesAt = (value: unknown, path: readonly string[]): readonly string[] => {
  const [first, ...rest] = path;
  if (first === undefined) return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
  const isEach = first.endsWith("[]");
  const name = isEach ? first.slice(0, -2) : first;
  const found: unknown =
    typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  if (!isEach) return valuesAt(found, rest);
  return Array.isArray(found) ? found.flatMap((item) => valuesAt(item, rest)) : [];
};
