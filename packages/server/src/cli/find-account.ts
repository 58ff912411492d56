import type { AccountWithIdentifiers } from "#core/accounts/account-store.js";
import { parseEmail } from "#core/identities/email.js";
import { emailKeys, realmWideKey } from "#core/identities/identifier.js";
import { parseUsername } from "#core/identities/username.js";
import type { AccountId } from "#core/ids.js";
import type { Administration } from "#src/compose.js";
import { CommandRefused } from "./command.js";
import { inColumns, time } from "./layout.js";

export type Finder = Pick<Administration, "stores" | "configuration">;

/** Whom a text means: whoever holds the identifier now, else who held it before being deleted. `former`: both alike. */
export type Meaning = "holder" | "former";

/** The one account that an id, an e-mail, a phone number or a username means. Refused when there is none, or more than one. */
export const findAccount = async (needs: Finder, text: string, meaning: Meaning): Promise<AccountWithIdentifiers> => {
  const id = asAccountId(text);
  const found = id === undefined ? await byIdentifier(needs, text, meaning) : await byIds(needs, [id]);
  const [account] = found;
  if (account === undefined) throw new CommandRefused(`no account is known as ${JSON.stringify(text)}`);
  if (found.length > 1) {
    const sentence = `${JSON.stringify(text)} means ${found.length} accounts: name one by its id`;
    throw new CommandRefused(sentence, accountTable(found));
  }
  return account;
};

/** The texts under which an identifier may be stored that an operator writes as `text`, or whose beginning he writes. */
export const storedForms = (text: string): readonly string[] => {
  const forms = [parseEmail(text)?.normalizedValue, parseUsername(text)?.normalizedValue, asPhone(text)];
  return [...new Set(forms.filter((form) => form !== undefined))];
};

/** An account id as it is stored; `undefined` for a text that is none. */
export const asAccountId = (text: string): AccountId | undefined =>
  // A UUID, checked here.
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? (text.toLowerCase() as AccountId) : undefined;

/** A number in E.164, or its beginning. */
const asPhone = (text: string): string | undefined => (/^\+\d{1,15}$/.test(text.trim()) ? text.trim() : undefined);

/** Accounts with what tells one from another. */
export const accountTable = (accounts: readonly AccountWithIdentifiers[]): readonly string[] =>
  inColumns(
    ["account", "status", "username", "e-mail", "phone", "made"],
    accounts.map(({ account, identifiers }) => [
      account.id,
      account.status,
      valuesOf(identifiers, "username"),
      valuesOf(identifiers, "email"),
      valuesOf(identifiers, "phone"),
      time(account.createdAt),
    ]),
  );

const valuesOf = (identifiers: AccountWithIdentifiers["identifiers"], kind: "username" | "email" | "phone"): string =>
  identifiers
    .filter((identifier) => identifier.kind === kind)
    .map(({ displayValue, provenAt, mount }) =>
      kind === "email" && provenAt === undefined ? `${displayValue} (unproven, ${mount})` : displayValue,
    )
    .join(", ");

// Every account with the very identifier; a page of a search by prefix, which nearly always holds the exact ones only.
const searched = 500;

const byIdentifier = async (
  needs: Finder,
  text: string,
  meaning: Meaning,
): Promise<readonly AccountWithIdentifiers[]> => {
  const holders = await byIds(needs, await holdersOf(needs, text));
  if (meaning === "holder" && holders.length > 0) return holders;
  const forms = storedForms(text);
  const pages = await Promise.all(forms.map((form) => needs.stores.accounts.search(form, searched)));
  const former = pages
    .flat()
    .filter(({ identifiers }) => identifiers.some(({ normalizedValue }) => forms.includes(normalizedValue)));
  return [...new Map([...holders, ...former].map((found) => [found.account.id, found])).values()];
};

const holdersOf = async ({ stores, configuration }: Finder, text: string): Promise<readonly AccountId[]> => {
  const email = parseEmail(text)?.normalizedValue;
  const username = parseUsername(text)?.normalizedValue;
  const phone = asPhone(text);
  const keys = [
    ...(email === undefined ? [] : configuration.mounts.flatMap(({ name }) => emailKeys(name, email))),
    ...(username === undefined ? [] : [realmWideKey("username", username)]),
    ...(phone === undefined ? [] : [realmWideKey("phone", phone)]),
  ];
  const candidates = keys.length === 0 ? [] : await stores.accounts.findByLiveKeys([...new Set(keys)]);
  return [...new Set(candidates.map(({ account }) => account.id))];
};

const byIds = async ({ stores }: Finder, ids: readonly AccountId[]): Promise<readonly AccountWithIdentifiers[]> => {
  const found = await Promise.all(ids.map((id) => stores.accounts.find(id)));
  return found.filter((account) => account !== undefined);
};
