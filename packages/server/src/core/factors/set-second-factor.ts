import type { Origin } from "../origin.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { changeFactor, type ChangeFactorNeeds } from "./change-factor.js";

/** Has every sign-in of the account ask for a code, or no more than its client application wants. */
export const setSecondFactor = (
  needs: ChangeFactorNeeds,
  { user, otp, origin }: { readonly user: SessionWithAccount; readonly otp: "on" | "off"; readonly origin: Origin },
): Promise<void> =>
  changeFactor(needs, {
    user,
    factor: "code",
    origin,
    write: ({ factors }, at) => factors.setSecondFactor(user.account.id, otp === "on", at),
  });
