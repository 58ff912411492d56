import type { Origin } from "../origin.js";
import type { PasswordHasher } from "../ports.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { drawBackupCodes } from "./backup-code.js";
import { changeFactor, type ChangeFactorNeeds } from "./change-factor.js";
import type { BackupCode } from "./factor-store.js";

export interface MakeBackupCodesNeeds extends ChangeFactorNeeds {
  readonly passwords: PasswordHasher;
}

/** Makes ten codes, which are told here and never again; those that the account had before are dead. */
export const makeBackupCodes = async (
  needs: MakeBackupCodesNeeds,
  { user, origin }: { readonly user: SessionWithAccount; readonly origin: Origin },
): Promise<readonly string[]> => {
  const drawn = drawBackupCodes(needs.random);
  const codes: BackupCode[] = [];
  // One after the other: ten at once would fill the pool's queue.
  for (const { slot, folded } of drawn) codes.push({ slot, hash: await needs.passwords.hash(folded) });
  await changeFactor(needs, {
    user,
    factor: "backup-code",
    origin,
    write: ({ factors }, at) => factors.replaceBackupCodes(user.account.id, codes, at),
  });
  return drawn.map(({ shown }) => shown);
};
