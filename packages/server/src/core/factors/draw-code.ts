import type { AccountId, Instant } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import type { Random, Secrets } from "../ports.js";
import type { CodePurpose } from "../refusal.js";
import { codeLength, codeLivesIn, type OneTimeCode } from "./one-time-code.js";

export interface CodeNeeds {
  readonly secrets: Secrets;
  readonly policy: Pick<MountPolicy, "mount">;
}

/** What a code confirms: `owner` is the normalised address, or whatever else one code each is for. */
export interface CodeSubject {
  readonly purpose: CodePurpose;
  readonly owner: string;
}

/** Under what the code is kept: good for one purpose, on this mount, for this owner. */
export const codeSubject = ({ secrets, policy }: CodeNeeds, { purpose, owner }: CodeSubject): string =>
  secrets.digest("one-time-code", `${purpose} ${policy.mount} ${owner}`);

/** What is kept of the digits, bound to whom they were sent. */
export const codeHash = ({ secrets }: Pick<CodeNeeds, "secrets">, subject: string, code: string): string =>
  secrets.digest("one-time-code", `${subject} ${code}`);

export interface DrawCommand extends CodeSubject {
  readonly accountId: AccountId | undefined;
  /** `decoy`: costs the same, and nothing fits it. */
  readonly fits: "code" | "decoy";
  readonly now: Instant;
}

/** Draws the digits of a code, and what is kept of them. */
export const drawCode = (
  needs: CodeNeeds & { readonly random: Random },
  command: DrawCommand,
): { readonly code: string; readonly kept: OneTimeCode } => {
  const { purpose, accountId, fits, now } = command;
  const code = needs.random.digits(codeLength);
  const subject = codeSubject(needs, command);
  const hash = codeHash(needs, subject, code);
  return {
    code,
    kept: {
      subject,
      purpose,
      accountId,
      codeHash: fits === "code" ? hash : undefined,
      createdAt: now,
      expiresAt: now + codeLivesIn,
    },
  };
};
