import { changeAccountStatus, type StatusAct } from "#core/accounts/change-account-status.js";
import type { AccountWithIdentifiers } from "#core/accounts/account-store.js";
import { emailKeys, liveKeyOf } from "#core/identities/identifier.js";
import { type IdentifierKind, Refusal } from "#core/refusal.js";
import type { Administration } from "#src/compose.js";
import { accountTerm, type Command, CommandRefused } from "./command.js";
import { identifierWords } from "./identifier-words.js";
import { findAccount } from "./find-account.js";
import { operatorOrigin } from "./operator.js";
import { companyOption, withRealm } from "./with-realm.js";

interface StatusWords {
  readonly act: StatusAct;
  readonly summary: string;
  /** What has become of the account, after its id. */
  readonly done: string;
}

const words: readonly StatusWords[] = [
  {
    act: "restrict",
    summary: "Refuse an account's sign-ins and sessions until it is restored",
    done: "is restricted: it cannot sign in, and its sessions are refused while this lasts",
  },
  {
    act: "close",
    summary: "Close an account and end its sessions",
    done: "is closed: it cannot sign in, and its sessions have ended",
  },
  {
    act: "deny",
    summary: "Refuse an account for good, without freeing its identifiers",
    done: "is denied: it cannot sign in, and its sessions are refused while this lasts",
  },
  {
    act: "restore",
    summary: "Make a restricted, closed, denied or deleted account active again",
    done: "is active again",
  },
  {
    act: "delete",
    summary: "Delete an account: its identifiers are free, it is purged after its retention time",
    done: "is deleted: its sessions have ended and its identifiers are free. `user restore` takes this back until it is purged",
  },
];

/** The commands that change an account's status. */
export const userStatusCommands: readonly Command[] = words.map(({ act, summary, done }) => ({
  name: `user ${act}`,
  summary,
  takes: [accountTerm],
  options: [
    companyOption,
    { form: "--reason <words>", sentence: "why; kept for administrators, never told to the user" },
  ],
  run: (call) =>
    withRealm(call, async (administration) => {
      const found = await findAccount(administration, call.given[0] ?? "", act === "restore" ? "former" : "holder");
      const { account } = found;
      const reason = call.options.text("reason");
      const origin = operatorOrigin(administration);
      await changeAccountStatus(administration, { accountId: account.id, act, reason, origin }).catch(
        (error: unknown) => refuse(administration, { found, act, error }),
      );
      const changed = await administration.stores.accounts.find(account.id);
      return {
        lines: [`Account ${account.id} ${done}.`],
        json: { accountId: account.id, from: account.status, status: changed?.account.status ?? null },
      };
    }),
}));

interface FailedAct {
  readonly found: AccountWithIdentifiers;
  readonly act: StatusAct;
  readonly error: unknown;
}

const refuse = async (administration: Administration, { found, act, error }: FailedAct): Promise<never> => {
  const { id } = found.account;
  if (Refusal.is(error, "account-status"))
    throw new CommandRefused(`account ${id} is ${error.details.status}: \`user ${act}\` does not apply to it`);
  if (!Refusal.is(error, "identifier-lost")) throw error;
  const owners = await newOwners(administration, found);
  const sentence =
    owners.length === 0
      ? `account ${id} cannot be restored: its ${identifierWords[error.details.kind]} was proven by somebody else in the meantime`
      : `account ${id} cannot be restored: its ${owners.map(({ kind, id: owner }) => `${identifierWords[kind]} belongs to account ${owner} now`).join(", and its ")}`;
  throw new CommandRefused(sentence, [
    ...owners.flatMap(({ id: owner }) => [
      `If ${owner} should not have it: \`trilithon user show ${owner}\`, then \`trilithon user delete ${owner}\`, which frees it, and restore again.`,
    ]),
    "Else leave this account deleted: its owner can register anew with another identifier.",
  ]);
};

interface Owner {
  readonly kind: IdentifierKind;
  readonly id: string;
}

/** Who holds the account's former identifiers; an e-mail counts wherever it would shadow, or be shadowed by, the account's own. */
const newOwners = async (
  { stores }: Administration,
  { account, identifiers }: AccountWithIdentifiers,
): Promise<readonly Owner[]> => {
  const owners = new Map<string, Owner>();
  for (const identifier of identifiers) {
    const { kind, mount, normalizedValue, provenAt } = identifier;
    const keys = kind === "email" ? emailKeys(mount, normalizedValue) : [liveKeyOf(identifier)];
    const holders = (await stores.accounts.findByLiveKeys(keys)).map((candidate) => candidate.account.id);
    const claimants =
      kind === "email" && provenAt !== undefined ? await stores.accounts.unprovenEmails(normalizedValue) : [];
    for (const id of [...holders, ...claimants.map(({ accountId }) => accountId)])
      if (id !== account.id) owners.set(`${kind} ${id}`, { kind, id });
  }
  return [...owners.values()];
};
