import type { ApiKey } from "../api-keys/api-key.js";
import type { CaptchaFlow } from "../api-keys/key-policy.js";
import type { RealmId } from "../ids.js";
import type { Clock, Fingerprint, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Captchas } from "./captchas.js";

export interface TakeCaptchaNeeds {
  readonly clock: Clock;
  readonly fingerprint: Fingerprint;
  readonly stores: Pick<Stores, "singleUse">;
  readonly captchas: Captchas;
  readonly realmId: RealmId;
  readonly apiKey: Pick<ApiKey, "id" | "policy">;
}

export interface CaptchaCommand {
  /** The field as it was sent, of whatever type: what is no text is no answer. */
  readonly response: unknown;
  /** The client's. */
  readonly address: string;
}

const longestResponse = 8_192;

/**
 * Asks for a captcha where the key's policy wants one in this flow: refuses with `captcha-missing` or `captcha-invalid`, and spends a
 * right answer. Where none is wanted, what was sent is not looked at.
 */
export const takeCaptcha = async (
  needs: TakeCaptchaNeeds,
  flow: CaptchaFlow,
  { response, address }: CaptchaCommand,
): Promise<void> => {
  const { provider, flows } = needs.apiKey.policy.captcha;
  if (!flows.includes(flow)) return;
  if (response === undefined || response === null || response === "") throw new Refusal("captcha-missing", {});
  if (typeof response !== "string") throw invalid("not-text");
  if (response.length > longestResponse) throw invalid("too-long");
  const answer = { response, flow, address, owner: captchaOwner(needs), now: needs.clock.now() };
  const verdict = await needs.captchas.check(provider, answer);
  if (!verdict.isRight) throw invalid(verdict.reason);
  const spent = needs.fingerprint(`${provider} ${verdict.id}`);
  if (!(await needs.stores.singleUse.spend("captcha", spent, verdict.expiresAt))) throw invalid("used");
};

const invalid = (reason: string): Refusal => new Refusal("captcha-invalid", { reason });

/** A captcha is its realm's and its API key's. */
export const captchaOwner = ({ realmId, apiKey }: Pick<TakeCaptchaNeeds, "realmId" | "apiKey">): string =>
  `${realmId} ${apiKey.id}`;
