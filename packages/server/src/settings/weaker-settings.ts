import type { SendingBudget } from "#core/limits/sending-budget.js";
import type { RateLimit } from "#core/refusal.js";
import { type Configuration, defaultConfiguration } from "./config.js";
import type { ContractName } from "./contract-defaults.js";
import { formatDuration } from "./duration.js";
import { type MountConfiguration, placeOf } from "./mount-config.js";

/** Every value in force that is weaker than its default, in words; by its path in the file. */
export const weakerThanDefault = (configuration: Configuration): readonly string[] => {
  const standard = defaultConfiguration("http://localhost");
  const { retention, signing } = configuration;
  return [
    ...configuration.mounts.flatMap((mount) =>
      standard.mounts
        .filter(({ contract }) => contract === mount.contract)
        .flatMap((other) => weakerMount(mount, other)),
    ),
    ...configuration.providers
      .filter(({ preset, trustsEmailsOf }) => preset !== "github" && trustsEmailsOf.includes("*"))
      .map(({ name }) => `providers: ${name} is believed every address, by trustsEmailsOf`),
    ...(["number", "range", "country", "client", "realm"] as const).flatMap((by) =>
      moreSms(`sms.limits.${by}`, configuration.sms.limits[by], standard.sms.limits[by]),
    ),
    ...longer("retention.deletedAccounts", retention.deletedAccountsIn, standard.retention.deletedAccountsIn),
    ...longer("retention.failureRecords", retention.failureRecordsIn, standard.retention.failureRecordsIn),
    ...longer("retention.sessions", retention.sessionsIn, standard.retention.sessionsIn),
    ...longer("retention.idleGuests", retention.idleGuestsIn, standard.retention.idleGuestsIn),
    ...longer("signing.rotateEvery", signing.rotateEveryIn, standard.signing.rotateEveryIn),
  ];
};

/** Every behaviour in force that a contract demands although good practice differs, by its row of `specs/hardened.md`. */
export const literalBehaviours = (configuration: Configuration): readonly string[] =>
  configuration.mounts
    .filter(({ policy }) => policy.profile === "contract")
    .flatMap((mount) => behavioursOf[mount.contract](mount).map((behaviour) => `${placeOf(mount)}: ${behaviour}`));

const behavioursOf: Readonly<Record<ContractName, (mount: MountConfiguration) => readonly string[]>> = {
  jwt: ({ policy }) => [
    "registration tells whether a user name or e-mail is taken (row 2)",
    ...(policy.tokens.rotation === "always"
      ? []
      : ["refresh tokens are replaced only for clients that ask for it (row 8)"]),
    "passwords must mix upper case, lower case, digits and other characters (row 14)",
  ],
  account: () => [
    "sign-in tells an unknown e-mail from a wrong password (row 1)",
    "registration tells whether an e-mail is taken (row 2)",
    "verification tells a missing, an expired and a wrong code apart (row 3)",
    "deleting a protected account answers 204 and deletes nothing (row 4)",
    "a guest's device id opens his account, without a secret (row 9)",
    "temporary tokens stand in the query of a redirect, with a verifier only where the app asks for it (row 10)",
    "the end of a key is not told to its holder (row 12)",
  ],
  platform: () => [
    "sign-in and recovery tell an unknown login from a wrong password (row 1)",
    "sign-up tells whether a phone number or e-mail is taken (row 2)",
    "access may be recovered by a control question where a key's policy allows it (row 5)",
    "letters of memorable words count as a factor where a key's policy asks for them (row 6)",
    "codes by SMS and mail count as a second factor (row 7)",
    "sign-in and recovery tell that an account is restricted, closed or denied (row 15)",
    "recovery tells whether phone, e-mail or control question are set (row 16)",
  ],
};

const weakerMount = ({ name, policy }: MountConfiguration, standard: MountConfiguration): readonly string[] => {
  const { sessions, tokens, passwords, addressLimits, protectedEmails } = standard.policy;
  return [
    ...longer(`${name}: lifetimes.access`, policy.tokens.accessIn, tokens.accessIn),
    ...longer(`${name}: lifetimes.refresh`, policy.tokens.refreshIn, tokens.refreshIn),
    ...longer(`${name}: lifetimes.sessionIdle`, policy.sessions.idleIn, sessions.idleIn),
    ...longer(`${name}: lifetimes.sessionAbsolute`, policy.sessions.absoluteIn, sessions.absoluteIn),
    ...(policy.passwords.minimumLength < passwords.minimumLength
      ? [
          `${name}: passwords.minimumLength is ${String(policy.passwords.minimumLength)}, the default is ${String(passwords.minimumLength)}`,
        ]
      : []),
    ...protectedEmails
      .filter((email) => !policy.protectedEmails.includes(email))
      .map((email) => `${name}: protectedEmails lacks ${email}`),
    ...Object.entries(addressLimits).flatMap(([endpoint, limit]) =>
      wider(`${name}: addressLimits.${endpoint}`, policy.addressLimits[endpoint] ?? limit, limit),
    ),
  ];
};

const longer = (what: string, value: number, standard: number): readonly string[] =>
  value > standard ? [`${what} is ${formatDuration(value)}, the default is ${formatDuration(standard)}`] : [];

const moreSms = (what: string, value: SendingBudget, standard: SendingBudget): readonly string[] => [
  ...(value.pauseIn < standard.pauseIn
    ? [`${what}.pause is ${formatDuration(value.pauseIn)}, the default is ${formatDuration(standard.pauseIn)}`]
    : []),
  ...(["perHour", "perDay"] as const)
    .filter((window) => value[window] > standard[window])
    .map((window) => `${what}.${window} is ${String(value[window])}, the default is ${String(standard[window])}`),
];

/** Weaker: more at once, or more in the long run. */
export const wider = (what: string, value: RateLimit, standard: RateLimit): readonly string[] => {
  const isWider = value.limit > standard.limit || value.limit / value.windowIn > standard.limit / standard.windowIn;
  const words = ({ limit, windowIn }: RateLimit): string => `${String(limit)} per ${formatDuration(windowIn)}`;
  return isWider ? [`${what} is ${words(value)}, the default is ${words(standard)}`] : [];
};
