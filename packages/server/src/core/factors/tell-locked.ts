import { attemptWait } from "../limits/attempt-wait.js";
import { attemptSubject } from "../limits/attempt-subject.js";
import type { SendingBudget } from "../limits/sending-budget.js";
import { sendingSubject } from "../limits/sending-subject.js";
import { newMessage, tellOwner } from "../outbox/write-letter.js";
import type { Letter } from "../outbox/message.js";
import type { Random } from "../ports.js";
import type { Factor } from "../refusal.js";
import type { FactorNeeds } from "./counted-try.js";
import type { FactorSubject } from "./factor.js";
import { factorBudget } from "./factor-budgets.js";
import { nobody } from "./nobody.js";

/** Letters about one factor: who goes on guessing must not fill its owner's mailbox. */
const notices: SendingBudget = { pauseIn: 3_600_000, perHour: 1, perDay: 5 };

/** After a wrong answer: tells the owner when it has locked the factor. Of nobody's a letter is written, too, and dropped. */
export const tellLocked = async (
  needs: FactorNeeds & { readonly random: Random },
  { accountId, holder, identity, now }: FactorSubject,
  factor: Factor,
): Promise<void> => {
  const { secrets, stores, policy } = needs;
  const counted = await stores.attempts.find(attemptSubject(secrets, factor, identity));
  if (attemptWait(counted, factorBudget(policy, factor), now) === 0) return;
  if ((await stores.sendings.take(sendingSubject(secrets, `locked ${factor} ${identity}`), notices, now)) !== undefined)
    return;
  const letter: Letter = { kind: "factor-locked", factor, at: now };
  const found = await stores.accounts.find(accountId ?? holder ?? nobody);
  if (found !== undefined) await tellOwner(needs, stores, { ...found, letter, now });
  else await stores.outbox.append(newMessage(needs, { ...droppedLetter, letter, now }));
};

const droppedLetter = {
  channel: "mail",
  to: "",
  language: "en",
  accountId: undefined,
  fate: "drop",
  livesIn: 86_400_000,
} as const;
