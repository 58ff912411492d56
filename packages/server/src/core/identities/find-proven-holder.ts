import type { SignInCandidate } from "../accounts/account-store.js";
import type { Secrets, Stores } from "../ports.js";
import { parseEmail } from "./email.js";
import { realmWideKey } from "./identifier.js";

/** The address that a text means. What cannot be one is looked up all the same, as a text that every database takes: PostgreSQL refuses NUL. */
export const comparableEmail = (secrets: Secrets, text: string): string =>
  parseEmail(text)?.normalizedValue ?? secrets.digest("attempt-subject", text.trim());

/** The live account that has proven this address. */
export const findProvenHolder = async (
  { accounts }: Pick<Stores, "accounts">,
  normalizedEmail: string,
): Promise<SignInCandidate | undefined> => {
  const [holder] = await accounts.findByLiveKeys([realmWideKey("email", normalizedEmail)]);
  return holder;
};
