import { parseEmail } from "#core/identities/email.js";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import { ProviderFault } from "./provider-fault.js";

/** What providers call a person: 1 to 255 characters of ASCII (OpenID Connect Core section 2). A number is nobody. */
export const subjectOf = (value: unknown): string => {
  if (typeof value !== "string" || !/^[ -~]{1,255}$/.test(value)) throw new ProviderFault("subject-unfit");
  return value;
};

/** The address, when the provider says by a boolean that it has verified it, and the operator believes that of its domain. */
export const verifiedEmailOf = (
  { trustsEmailsOf }: Pick<ProviderConfiguration, "trustsEmailsOf">,
  { email, isVerified }: { readonly email: unknown; readonly isVerified: unknown },
): string | undefined => {
  if (isVerified !== true || typeof email !== "string") return undefined;
  const parsed = parseEmail(email);
  const domain = parsed?.normalizedValue.split("@").at(-1);
  if (domain === undefined) return undefined;
  return trustsEmailsOf.includes("*") || trustsEmailsOf.includes(domain) ? parsed?.displayValue : undefined;
};

/** A person's name, cut to what an account keeps, without what could disturb the line in which it is shown. */
export const fullnameOf = (value: unknown): string | undefined => {
  if (typeof value !== "string") return undefined;
  const shown = value
    .slice(0, 1_000)
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu, "")
    .trim();
  const kept = [...shown].slice(0, 150).join("").trim();
  return kept === "" ? undefined : kept;
};
