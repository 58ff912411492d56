import assert from "node:assert/strict";
import type { ProviderConfiguration } from "#core/identities/provider-configuration.js";
import type { RealmId } from "#core/ids.js";
import { openBrowser, type Visit } from "../../identity-providers/browser.js";
import type { HostileProvider } from "../../identity-providers/hostile-provider.js";
import { codeFor } from "../../server/inbox.js";
import { openNode } from "../../server/open-node.js";
import type { Response } from "../../server/request.js";
import { bearing, type Stage, successIn } from "./stage.js";

/** Where the client waits for the browser. */
export const clientUri = "com.example.client:/back";

/** What a client keeps of a visit, as `…/url` gave it. */
export interface StartedVisit {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly code_verifier: string;
  readonly redirect_uri: string;
  readonly provider: string;
}

/** The fields of `/auth/oauth`. */
export type Proof = Readonly<Record<string, unknown>>;

/** Makes providers of realms as `trilithon provider add` does, without its process. */
export async function addProviders(
  { databaseUrl }: Pick<Stage, "databaseUrl">,
  company: string,
  providers: readonly ProviderConfiguration[],
): Promise<void> {
  const node = await openNode(databaseUrl);
  try {
    // A realm of the test's own.
    const { stores } = node.database.forRealm(company as RealmId);
    for (const provider of providers) {
      const { name } = provider;
      await stores.identityProviders.insert({ name, configuration: JSON.stringify(provider), createdAt: Date.now() });
    }
  } finally {
    await node.close();
  }
}

/** An issuer of the hostile provider under the same name here. */
export const hostileAt = (hostile: HostileProvider, name: string): ProviderConfiguration => ({
  name,
  title: `Example ${name}`,
  preset: "openid",
  issuer: hostile.issuer(name),
  clientId: hostile.clientId,
  credential: { kind: "none" },
  scopes: ["openid"],
  nativeClientIds: [],
  trustsEmailsOf: ["*"],
});

export interface VisitOptions {
  readonly key?: string;
  readonly redirectUri?: string;
}

export const askUrl = (
  stage: Stage,
  provider: string,
  { key, redirectUri = clientUri }: VisitOptions = {},
): Promise<Response> =>
  stage.ask({
    path: `/auth/oauth/${provider}/url?${new URLSearchParams({ redirect_uri: redirectUri })}`,
    ...(key === undefined ? {} : { key }),
  });

export async function startVisit(stage: Stage, provider: string, options: VisitOptions = {}): Promise<StartedVisit> {
  const { redirectUri = clientUri } = options;
  const { expires_in, ...started } = successIn(await askUrl(stage, provider, options));
  assert.ok(expires_in === 600 || expires_in === 599, String(expires_in));
  assert.deepEqual(Object.keys(started).toSorted(), ["code_verifier", "nonce", "state", "url"]);
  // As the shape has just been checked, and each is a text or the provider would not work.
  return { ...(started as unknown as StartedVisit), redirect_uri: redirectUri, provider };
}

/** What the browser brings back to the client, once it has been at the provider. */
export function proofOf({ url: _url, ...kept }: StartedVisit, { url }: Pick<Visit, "url">): Proof {
  const back = new URL(url).searchParams;
  const brought = (name: string) => (back.has(name) ? { [name]: back.get(name) } : {});
  return { ...kept, state: undefined, ...brought("code"), ...brought("state") };
}

/** A whole visit at a provider that signs everybody in at once. */
export async function comeBack(stage: Stage, provider: string, options: VisitOptions = {}): Promise<Proof> {
  const started = await startVisit(stage, provider, options);
  return proofOf(started, await openBrowser().get(started.url));
}

export const signInBy = (stage: Stage, proof: Proof, key?: string): Promise<Response> =>
  stage.ask({ path: "/auth/oauth", json: proof, ...(key === undefined ? {} : { key }) });

export interface SignedInUser {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

let made = 0;

/** Signs somebody up, by the code in his mail. */
export async function signUp(stage: Stage, key?: string): Promise<SignedInUser> {
  made += 1;
  const email = `oauth-${made}-${Date.now()}@example.org`;
  const carried = key === undefined ? {} : { key };
  const { session_token } = successIn(await stage.ask({ path: "/auth/signup", json: { login_id: email }, ...carried }));
  const otp = await codeFor(stage.server, email);
  const answer = await stage.ask({
    path: "/auth/signup/checkotp",
    json: { otp },
    headers: bearing(String(session_token)),
    ...carried,
  });
  const { auth_token, user } = successIn(answer);
  return { id: (user as { readonly id: string }).id, email, token: String(auth_token) };
}

export const addEntry = (stage: Stage, { token }: SignedInUser, json: unknown, key?: string): Promise<Response> =>
  stage.ask({ path: "/user/entries", json, headers: bearing(token), ...(key === undefined ? {} : { key }) });

/** Somebody who is linked with whoever the provider speaks of. */
export async function linkedUser(stage: Stage, provider: string): Promise<SignedInUser & { readonly entryId: string }> {
  const user = await signUp(stage);
  const proof = await comeBack(stage, provider);
  const { entry } = successIn(await addEntry(stage, user, { client: "club", type: "oauth", ...proof }), 201);
  return { ...user, entryId: (entry as { readonly id: string }).id };
}
