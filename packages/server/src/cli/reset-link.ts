import type { AccountId } from "#core/ids.js";
import type { Origin } from "#core/origin.js";
import { resetLinkLivesIn, startPasswordReset } from "#core/recovery/reset-password.js";
import { formatDuration } from "#settings/duration.js";
import type { Administration } from "#src/compose.js";
import { time } from "./layout.js";

/** A single-use link with which the account's owner sets a password. */
export interface ResetLink {
  readonly resetLink: string;
  /** RFC 3339. */
  readonly resetLinkExpiresAt: string;
}

/** Makes the link; the account's older ones die. */
export const makeResetLink = async (
  administration: Administration,
  command: { readonly accountId: AccountId; readonly origin: Origin },
): Promise<ResetLink> => {
  const madeAt = administration.clock.now();
  const token = await startPasswordReset(administration, command);
  return {
    resetLink: `${administration.settings.publicUrl}/reset-password?token=${token}`,
    resetLinkExpiresAt: time(madeAt + resetLinkLivesIn),
  };
};

/** What to do with it, in words. */
export const resetLinkLines = ({ resetLink }: ResetLink): readonly string[] => [
  `Give this link to the account's owner alone. It sets a password once, within ${formatDuration(resetLinkLivesIn)}:`,
  resetLink,
];
