import { defaultKeyPolicy, type KeyPolicy, type RecoveryPolicy } from "#core/api-keys/key-policy.js";
import { formatDuration, parseDuration } from "./duration.js";
import { isOrigin } from "./is-origin.js";
import { isRange } from "./is-range.js";
import { keyPolicySchema, type WrittenKeyPolicy } from "./key-policy-schema.js";
import { redirectFault } from "./redirect-uri.js";
import { SettingsRefused } from "./settings-refused.js";

/** What a policy may name of the server's configuration. */
export interface PolicySurroundings {
  readonly captchas: readonly string[];
  /** Endpoints that have a limit. */
  readonly endpoints: readonly string[];
}

/** Reads, checks and completes a policy. Throws `SettingsRefused` with every fault that can be told at once, each by its path. */
export const readKeyPolicy = async (
  text: string,
  file: string,
  surroundings: PolicySurroundings,
): Promise<KeyPolicy> => {
  // The validator takes 150 ms to load, which no other command need spend.
  const { checkWritten } = await import("./check-config.js");
  // The schema has just accepted it.
  const written = checkWritten(keyPolicySchema, text, file) as WrittenKeyPolicy;
  const policy = complete(written);
  const faults = faultsOf(policy, surroundings);
  if (faults.length > 0) throw new SettingsRefused(faults.map((fault) => `${file}: ${fault}`));
  return policy;
};

/** As a file would have it, with every default written out. */
export const writeKeyPolicy = (policy: KeyPolicy): object => {
  const { profile, captcha, criticalChanges, factors, signUp, recovery, limits, language } = policy;
  const { linkTo, ...others } = recovery;
  return {
    ...(profile === undefined ? {} : { profile }),
    captcha,
    criticalChanges,
    factors,
    signUp,
    recovery: { ...others, ...(linkTo === undefined ? {} : { linkTo }) },
    scopes: policy.scopes,
    addresses: policy.addresses,
    searchTypes: policy.searchTypes,
    origins: policy.origins,
    limits: Object.fromEntries(
      Object.entries(limits).map(([name, { limit, windowIn }]) => [name, { limit, per: formatDuration(windowIn) }]),
    ),
    language,
  };
};

const complete = (written: WrittenKeyPolicy): KeyPolicy => {
  const standard = defaultKeyPolicy;
  return {
    profile: written.profile,
    captcha: { ...standard.captcha, ...written.captcha },
    criticalChanges: written.criticalChanges ?? standard.criticalChanges,
    factors: { ...standard.factors, ...written.factors },
    signUp: { ...standard.signUp, ...written.signUp },
    recovery: completeRecovery(written.recovery),
    scopes: written.scopes ?? standard.scopes,
    addresses: written.addresses ?? standard.addresses,
    searchTypes: written.searchTypes ?? standard.searchTypes,
    origins: written.origins ?? standard.origins,
    limits: Object.fromEntries(
      Object.entries(written.limits ?? {}).map(([name, { limit, per }]) => [
        name,
        { limit, windowIn: parseDuration(per) },
      ]),
    ),
    language: written.language ?? standard.language,
  };
};

const completeRecovery = (written: WrittenKeyPolicy["recovery"]): RecoveryPolicy => {
  const { defaultMethod: usual, methods: standard } = defaultKeyPolicy.recovery;
  const methods = written?.methods ?? standard;
  const byDefault = methods.includes(usual) ? usual : (methods[0] ?? usual);
  return { methods, defaultMethod: written?.defaultMethod ?? byDefault, linkTo: written?.linkTo };
};

const faultsOf = (policy: KeyPolicy, { captchas, endpoints }: PolicySurroundings): readonly string[] => {
  const { captcha, factors, recovery, addresses, origins, limits } = policy;
  const linkFault = recovery.linkTo === undefined ? undefined : redirectFault(recovery.linkTo);
  return [
    ...(captchas.includes(captcha.provider)
      ? []
      : [`captcha.provider is ${quote(captcha.provider)}, which is none of ${captchas.join(", ")}`]),
    ...(recovery.methods.length === 0 || recovery.methods.includes(recovery.defaultMethod)
      ? []
      : [`recovery.defaultMethod is ${recovery.defaultMethod}, which is none of recovery.methods`]),
    ...(recovery.methods.includes("QUESTION") && !factors.controlQuestion
      ? ["recovery.methods has QUESTION, but factors.controlQuestion is off"]
      : []),
    ...(linkFault === undefined ? [] : [`recovery.linkTo is ${quote(recovery.linkTo ?? "")}, which ${linkFault}`]),
    ...addresses.flatMap((text, at) =>
      isRange(text) ? [] : [`addresses[${String(at)}] is ${quote(text)}, which is neither an address nor a CIDR range`],
    ),
    ...origins.flatMap((text, at) =>
      isOrigin(text)
        ? []
        : [`origins[${String(at)}] is ${quote(text)}, which is not an origin such as "https://app.example.org"`],
    ),
    ...Object.keys(limits).flatMap((name) =>
      endpoints.includes(name) ? [] : [`limits has ${quote(name)}, which is none of ${endpoints.join(", ")}`],
    ),
  ];
};

const quote = (text: string): string => JSON.stringify(text);
