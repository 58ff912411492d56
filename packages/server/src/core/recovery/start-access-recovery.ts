import { mayAct } from "../accounts/account.js";
import type { RecoveryMethod } from "../api-keys/key-policy.js";
import { nobody } from "../factors/nobody.js";
import { findLoginHolder, type LoginHolder } from "../identities/find-login-holder.js";
import { fullyMasked, maskAddress } from "../identities/mask-address.js";
import { type Address, addressOf, primaryAddress } from "../identities/reachable-address.js";
import type { AccountId, Instant } from "../ids.js";
import type { Origin } from "../origin.js";
import { type RecoveryObstacle, Refusal } from "../refusal.js";
import { beginSession, recordRefusedBeginning } from "../sign-in/begin-session.js";
import type { FlowNeeds } from "../sign-in/flow-needs.js";
import type { SentCode, SessionMemory } from "../sign-in/pending-session.js";
import type { SignInProgress } from "../sign-in/sign-in-progress.js";
import { getActiveHolder } from "../sign-in/start-login.js";
import { mailRecoveryLink } from "./mail-recovery-link.js";

export interface StartAccessRecoveryCommand {
  readonly loginId: string;
  /** `undefined`: the key's default. */
  readonly method: RecoveryMethod | undefined;
  /** Where the mailed link of a token leads. */
  readonly linkTo: (token: string) => string;
  readonly origin: Origin;
}

export type StartedRecovery =
  | { readonly kind: "session"; readonly progress: SignInProgress }
  /** A link was mailed; nothing goes on before it is opened. */
  | { readonly kind: "link"; readonly masked: string };

/**
 * Begins a recovery by what the account has, or refuses with `identifier-unknown`, `account-inactive` or `recovery-not-possible`. A
 * hardened mount answers everybody, and nobody, alike and in the same steps: it draws and drops a code or link where none can be sent,
 * and shows nothing of an address that the caller has not named himself.
 */
export const startAccessRecovery = async (
  needs: FlowNeeds,
  command: StartAccessRecoveryCommand,
): Promise<StartedRecovery> => {
  const { origin } = command;
  const now = needs.clock.now();
  const method = await chooseMethod(needs, command, now);
  const found = await findLoginHolder(needs, command.loginId);
  if (method === "QUESTION") return { kind: "session", progress: await askQuestion(needs, { found, origin, now }) };
  const kind = method === "PHONE" ? "phone" : "email";
  const isUniform = needs.policy.profile === "hardened";
  const { accountId, memory, code } = await (isUniform ? readQuietly : readOpenly)(needs, { found, kind, origin, now });
  if (kind === "email") {
    await mailRecoveryLink(needs, { accountId, code, linkTo: command.linkTo, origin, now });
    return { kind: "link", masked: code.masked };
  }
  const begun = { state: "recovery-checkotp", accountId, memory: { ...memory, code } } as const;
  return { kind: "session", progress: await beginSession(needs, { ...begun, next: {}, origin, now }) };
};

const chooseMethod = async (
  needs: FlowNeeds,
  { method: wanted, origin }: StartAccessRecoveryCommand,
  now: Instant,
): Promise<RecoveryMethod> => {
  const { methods, defaultMethod } = needs.apiKey.policy.recovery;
  const method = wanted ?? defaultMethod;
  // A question proves nothing that others could not know: never on a hardened mount (OWASP ASVS 5.0, 6.4.2).
  const isAllowed = methods.includes(method) && !(method === "QUESTION" && needs.policy.profile === "hardened");
  if (!isAllowed) throw await notPossible(needs, "method-restricted", { accountId: undefined, origin, now });
  return method;
};

interface Looking {
  readonly found: LoginHolder;
  readonly origin: Origin;
  readonly now: Instant;
}

interface Recovering {
  readonly accountId: AccountId | undefined;
  readonly memory: SessionMemory;
  /** Where a code or link goes. */
  readonly code: SentCode;
}

const readOpenly = async (
  needs: FlowNeeds,
  { found, kind, origin, now }: Looking & { readonly kind: Address["kind"] },
): Promise<Recovering> => {
  const { account } = await getActiveHolder(needs, found, { via: "recovery", origin, now });
  const accountId = account.id;
  const to = primaryAddress(needs, (await needs.stores.accounts.find(accountId))?.identifiers ?? [], kind);
  if (to === undefined) throw await notPossible(needs, `${kind}-not-set`, { accountId, origin, now });
  return {
    accountId,
    memory: memoryOf(found),
    code: { to, language: account.language, fits: "code", masked: maskAddress(to) },
  };
};

const readQuietly = async (
  needs: FlowNeeds,
  { found, kind }: Looking & { readonly kind: Address["kind"] },
): Promise<Recovering> => {
  const { identifier, holder } = found;
  const read = await needs.stores.accounts.find(holder?.account.id ?? nobody);
  const owned = primaryAddress(needs, read?.identifiers ?? [], kind);
  const isNamed = identifier.kind === kind;
  const shown = isNamed
    ? { masked: maskAddress({ ...identifier, kind }) }
    : { masked: fullyMasked, named: identifier.normalizedValue };
  if (holder !== undefined && owned !== undefined && mayAct(holder.account)) {
    const { id, language } = holder.account;
    return { accountId: id, memory: memoryOf(found), code: { to: owned, language, fits: "code", ...shown } };
  }
  const { language } = needs.apiKey.policy;
  const nobodys = needs.secrets.digest("decoy", `${kind} ${identifier.normalizedValue}`);
  const meant = isNamed ? identifier : { displayValue: nobodys, normalizedValue: nobodys };
  const code = { to: addressOf({ ...meant, kind }), language, fits: "decoy", ...shown } as const;
  const memory = { ...memoryOf({ identifier, holder: undefined }), holder: holder?.account.id };
  return { accountId: undefined, memory, code };
};

const askQuestion = async (needs: FlowNeeds, { found, origin, now }: Looking): Promise<SignInProgress> => {
  const { account } = await getActiveHolder(needs, found, { via: "recovery", origin, now });
  const accountId = account.id;
  const question = await needs.stores.factors.controlQuestion(accountId);
  if (question === undefined) throw await notPossible(needs, "question-not-set", { accountId, origin, now });
  const next = { controlQuestion: question.question };
  const memory = memoryOf(found);
  return beginSession(needs, { state: "recovery-checkquestion", accountId, memory, next, origin, now });
};

const memoryOf = ({ identifier, holder }: LoginHolder): SessionMemory => ({
  via: "recovery",
  identifier,
  proven: [],
  accepted: [],
  isBegun: true,
  passwordChangedAt: holder?.account.passwordChangedAt,
});

const notPossible = async (
  needs: FlowNeeds,
  reason: RecoveryObstacle,
  {
    accountId,
    ...about
  }: { readonly accountId: AccountId | undefined; readonly origin: Origin; readonly now: Instant },
): Promise<Refusal> => {
  const refusal = new Refusal("recovery-not-possible", { reason, ...(accountId === undefined ? {} : { accountId }) });
  await recordRefusedBeginning(needs, refusal, { via: "recovery", accountId, ...about });
  return refusal;
};
