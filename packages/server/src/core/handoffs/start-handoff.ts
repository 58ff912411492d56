import { newHandoffId } from "../ids.js";
import type { MountPolicy } from "../policy.js";
import type { Clock, Fingerprint, Random, Secrets, Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { type Handoff, unboundLivesIn } from "./handoff.js";
import type { IdentityProviders } from "./identity-providers.js";

export interface StartHandoffNeeds {
  readonly clock: Clock;
  readonly random: Random;
  readonly secrets: Secrets;
  readonly fingerprint: Fingerprint;
  readonly stores: Stores;
  readonly identityProviders: IdentityProviders;
  readonly policy: Pick<MountPolicy, "mount" | "profile" | "handoff">;
}

/** What an app sends a browser with. */
export interface StartHandoffCommand {
  readonly redirectUri: string | undefined;
  readonly provider: string | undefined;
  readonly clientState: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly codeChallengeMethod: string | undefined;
  readonly language: string;
  /** What stands in the browser's cookie. Its other tabs go on with it. */
  readonly browserSecret: string | undefined;
}

export interface StartedHandoff {
  readonly handoff: Handoff;
  /** For the cookie. */
  readonly browserSecret: string;
}

/** In characters. */
const longestState = 2_048;
const challengeOfSha256 = /^[\w-]{43}$/;
const browserSecret = /^[\w-]{43}$/;

/**
 * Makes a temporary token that is bound to nobody yet. The redirect address has to be one of the mount's, character by character: a
 * token is sent nowhere else. Refuses with `handoff-refused`, after which no browser may be sent to the address.
 */
export const startHandoff = async (needs: StartHandoffNeeds, command: StartHandoffCommand): Promise<StartedHandoff> => {
  const redirectUri = requireListed(needs, command);
  requireProvider(needs, command);
  requireChallenge(needs, command);
  if ((command.clientState?.length ?? 0) > longestState) throw refused("state");
  const now = needs.clock.now();
  const secret = browserSecret.test(command.browserSecret ?? "") ? command.browserSecret : undefined;
  const ownSecret = secret ?? needs.random.token(256);
  const id = newHandoffId(needs.random);
  const token = needs.random.token(256);
  const handoff: Handoff = {
    id,
    mount: needs.policy.mount,
    tokenHash: needs.fingerprint(token),
    sealedToken: needs.secrets.seal("handoff", id, token),
    browserHash: needs.fingerprint(ownSecret),
    redirectUri,
    clientState: command.clientState,
    codeChallenge: command.codeChallenge,
    language: command.language,
    createdAt: now,
    expiresAt: now + unboundLivesIn,
    provider: undefined,
    accountId: undefined,
    boundAt: undefined,
    usedAt: undefined,
    sessionId: undefined,
  };
  await needs.stores.handoffs.insert(handoff);
  return { handoff, browserSecret: ownSecret };
};

const requireListed = ({ policy }: StartHandoffNeeds, { redirectUri }: StartHandoffCommand): string => {
  if (redirectUri === undefined || !policy.handoff.redirectUris.includes(redirectUri)) throw refused("redirect-uri");
  return redirectUri;
};

const requireProvider = ({ identityProviders }: StartHandoffNeeds, { provider }: StartHandoffCommand): void => {
  if (provider !== undefined && !identityProviders.all.some(({ name }) => name === provider)) throw refused("provider");
};

// RFC 7636 without its method "plain", which protects nothing.
const requireChallenge = ({ policy }: StartHandoffNeeds, command: StartHandoffCommand): void => {
  const { codeChallenge, codeChallengeMethod } = command;
  if (codeChallenge === undefined) {
    if (policy.profile === "hardened" || codeChallengeMethod !== undefined) throw refused("code-challenge");
  } else if (!challengeOfSha256.test(codeChallenge) || (codeChallengeMethod ?? "S256") !== "S256")
    throw refused("code-challenge");
};

const refused = (reason: string): Refusal => new Refusal("handoff-refused", { reason });
