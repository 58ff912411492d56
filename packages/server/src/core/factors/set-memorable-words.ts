import type { Origin } from "../origin.js";
import type { SessionWithAccount } from "../sessions/session-store.js";
import { changeFactor, type ChangeFactorNeeds } from "./change-factor.js";

/** Sets the words whose letters are asked for; each has been checked by `isMemorableWord`. Positions are drawn anew. */
export const setMemorableWords = (
  needs: ChangeFactorNeeds,
  {
    user,
    words,
    origin,
  }: { readonly user: SessionWithAccount; readonly words: readonly string[]; readonly origin: Origin },
): Promise<void> =>
  changeFactor(needs, {
    user,
    factor: "memorable",
    origin,
    write: ({ factors }, at) => factors.setMemorableWords(user.account.id, words, at),
  });
