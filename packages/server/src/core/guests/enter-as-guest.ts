import type { SignInCandidate } from "../accounts/account-store.js";
import { mayAct } from "../accounts/account.js";
import { type AccountView, getAccountView } from "../accounts/account-view.js";
import { mountKey } from "../identities/identifier.js";
import { type Instant, newAccountId, newIdentifierId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Random, Stores, Transaction } from "../ports.js";
import { Refusal } from "../refusal.js";
import { newAccount } from "../registration/register-account.js";
import { keySession, openKey } from "../sessions/open-key.js";

export interface GuestNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly transaction: Transaction;
  readonly policy: Pick<MountPolicy, "mount" | "profile" | "sessions">;
}

export interface EnterAsGuestCommand {
  readonly deviceId: string;
  readonly guestSecret?: string | undefined;
  readonly language: string;
  readonly origin: Origin;
}

export interface EnteredGuest {
  readonly key: string;
  readonly view: AccountView;
  readonly isNew: boolean;
}

/**
 * Opens a key for the guest of a device, making the guest when there is none. On a mount of the profile `contract` the device's id finds
 * its guest, whatever secret comes with it; on a hardened one, where an id is no secret, only the secret that its guest got.
 */
export const enterAsGuest = async (
  needs: GuestNeeds,
  command: EnterAsGuestCommand,
): Promise<EnteredGuest & { readonly guestSecret: string | undefined }> => {
  const { fingerprint } = needs;
  const device = fingerprint(command.deviceId);
  const withSecret = (secret: string): string => `${device}.${fingerprint(secret)}`;
  const find = async (): Promise<SignInCandidate | undefined> => {
    const secret = command.guestSecret;
    const [bySecret] = secret === undefined ? [] : await findDevice(needs, withSecret(secret));
    const [byDevice] = bySecret === undefined ? await findDevice(needs, device) : [];
    if (byDevice === undefined || needs.policy.profile === "contract") return bySecret ?? byDevice;
    const guest = await needs.stores.guests.find(byDevice.account.id);
    return secret !== undefined && guest?.secretHash === fingerprint(secret) ? byDevice : undefined;
  };
  const guestSecret = needs.random.token(256);
  const deviceValue = needs.policy.profile === "contract" ? device : withSecret(guestSecret);
  const entered = await enter(needs, command, { find, deviceValue, secretHash: fingerprint(guestSecret) });
  return { ...entered, guestSecret: entered.isNew ? guestSecret : undefined };
};

export interface EnterAsWebGuestCommand {
  readonly cookie?: string | undefined;
  readonly language: string;
  readonly origin: Origin;
}

/** As `enterAsGuest`, for a browser: the cookie is identifier and secret at once, and only one that this server made brings a guest back. */
export const enterAsWebGuest = async (
  needs: GuestNeeds,
  command: EnterAsWebGuestCommand,
): Promise<EnteredGuest & { readonly cookie: string }> => {
  const made = makeCookie(needs.random);
  const cookieValue = (cookie: string): string => `web.${needs.fingerprint(cookie)}`;
  const find = async (): Promise<SignInCandidate | undefined> => {
    const [found] = command.cookie === undefined ? [] : await findDevice(needs, cookieValue(command.cookie));
    return found;
  };
  const entered = await enter(needs, command, { find, deviceValue: cookieValue(made), secretHash: undefined });
  return { ...entered, cookie: entered.isNew ? made : (command.cookie ?? made) };
};

const makeCookie = (random: Random): string => {
  try {
    return random.token(256);
  } catch (cause) {
    throw new Refusal("identifier-not-made", {}, { cause });
  }
};

interface Device {
  /** The guest who is there already. */
  find(): Promise<SignInCandidate | undefined>;
  /** What a new one is found by. */
  readonly deviceValue: string;
  readonly secretHash: string | undefined;
}

const findDevice = ({ stores, policy }: GuestNeeds, deviceValue: string): Promise<readonly SignInCandidate[]> =>
  stores.accounts.findByLiveKeys([mountKey("device", policy.mount, deviceValue)]);

interface Device {
  /** The guest who is there already. */
  find(): Promise<SignInCandidate | undefined>;
  /** What a new one is found by. */
  readonly deviceValue: string;
  readonly secretHash: string | undefined;
}

/** The device has another guest, or none, since it was looked for: made by another request, or freed by an upgrade. */
class DeviceChanged extends Error {}

const looks = 3;

const enter = async (
  needs: GuestNeeds,
  command: Pick<EnterAsGuestCommand, "language" | "origin">,
  device: Device,
): Promise<EnteredGuest> => {
  for (let look = 1; ; look += 1) {
    const now = needs.clock.now();
    const found = await device.find();
    try {
      if (found === undefined) return await makeGuest(needs, { ...command, ...device, now });
      return await comeBack(needs, found, { origin: command.origin, now });
    } catch (error) {
      const isChanged = error instanceof DeviceChanged || Refusal.is(error, "account-changed");
      if (!isChanged || look === looks) throw error;
    }
  }
};

const comeBack = async (
  needs: GuestNeeds,
  { account }: SignInCandidate,
  { origin, now }: { readonly origin: Origin; readonly now: Instant },
): Promise<EnteredGuest> => {
  const { id: accountId, status } = account;
  if (!mayAct(account)) throw new Refusal("account-suspended", { status, accountId });
  const { key, view } = await openKey(needs, {
    account,
    origin,
    now,
    alongside: async ({ guests }) => {
      // Behind the lock on the account's row: an upgrade that came first has ended the keys of the guest, and this one would stay.
      if (!(await guests.touch(accountId, now))) throw new DeviceChanged();
    },
  });
  return { key, view, isNew: false };
};

const makeGuest = (
  needs: GuestNeeds,
  guest: Pick<EnterAsGuestCommand, "language" | "origin"> &
    Pick<Device, "deviceValue" | "secretHash"> & { readonly now: Instant },
): Promise<EnteredGuest> => {
  const { language, origin, deviceValue, secretHash, now } = guest;
  const { mount } = needs.policy;
  const accountId = newAccountId(needs.random, now);
  const { key, session } = keySession(needs, { accountId, origin, now });
  return needs.transaction(async (stores) => {
    await stores.accounts.insert({ ...newAccount(accountId, language, now), lastSignInAt: now });
    const isClaimed = await stores.accounts.claim({
      id: newIdentifierId(needs.random, now),
      accountId,
      kind: "device",
      displayValue: deviceValue,
      normalizedValue: deviceValue,
      provenAt: undefined,
      mount,
      isPrimary: true,
      liveKey: mountKey("device", mount, deviceValue),
      createdAt: now,
    });
    if (!isClaimed) throw new DeviceChanged();
    await stores.guests.insert({ accountId, secretHash, seenAt: now });
    await stores.sessions.insert(session);
    await stores.audit.append({
      at: now,
      kind: "guest-created",
      accountId,
      origin,
      details: { sessionId: session.id },
    });
    return { key, view: await getAccountView(stores, accountId), isNew: true };
  });
};
