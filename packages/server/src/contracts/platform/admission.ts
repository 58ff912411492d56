import { getApiKey } from "#core/api-keys/get-api-key.js";
import type { ApiKey } from "#core/api-keys/api-key.js";
import type { RealmId } from "#core/ids.js";
import type { MountPolicy } from "#core/policy.js";
import { parseCompanyCode } from "#core/realms/realm.js";
import { Refusal } from "#core/refusal.js";
import type { ArrivingRequest } from "#http/mount.js";
import type { ContractNeeds, Place } from "../contract.js";
import type { PageNeeds, PlatformNeeds } from "./platform-request.js";
import { routes } from "./routes.js";

/** What a request has been let in to: its realm, and where it needs one, the policy of its API key. */
export class Admission {
  readonly page: PageNeeds;
  /** `undefined` for pages and preflights, which carry no key. */
  readonly client: PlatformNeeds | undefined;

  constructor(page: PageNeeds, client: PlatformNeeds | undefined) {
    this.page = page;
    this.client = client;
  }
}

/** The company code and the rest of a path of this contract; `undefined` for a path that is somebody else's. */
const companyIn = ({ prefix }: Place, path: string): string | undefined =>
  /^\/([^/]+)\/v[12](?:\/|$)/.exec(path.slice(prefix.length))?.[1];

/** Only `/{company_code}/v2/…` and `/{company_code}/v1/…` are this contract's. */
export const isPlatformPath = (place: Place, path: string): boolean => companyIn(place, path) !== undefined;

/**
 * The first checks of every request, whatever its path and method: that its company exists, then its API key and from which addresses
 * that may be used.
 */
export const admit = async (place: Place, needs: ContractNeeds, request: ArrivingRequest): Promise<Admission> => {
  const company = companyIn(place, request.path) ?? "";
  const page = pageNeeds(needs, getRealmId(company));
  if (request.method === "OPTIONS" || isPage(request.endpoint)) {
    await requireRealm(needs, page.realmId);
    return new Admission(page, undefined);
  }
  const [key, ...others] = request.headers("x-api-key");
  try {
    const apiKey = await getApiKey(page, { key: others.length === 0 ? key : "", address: request.address });
    return new Admission(page, { ...page, apiKey, policy: policyOf(needs.policy, apiKey) });
  } catch (error) {
    // A key that is found proves its realm, so that only what is refused costs another read.
    await requireRealm(needs, page.realmId);
    throw error;
  }
};

/** Whether pages of this origin may read the answer: by the request's own key, and before one is known, by any of the realm's. */
export const allowsOrigin = async (
  { place, needs, admitted }: { readonly place: Place; readonly needs: ContractNeeds; readonly admitted: unknown },
  origin: string,
  request: ArrivingRequest,
): Promise<boolean> => {
  const key = admitted instanceof Admission ? admitted.client?.apiKey : undefined;
  if (key !== undefined) return key.policy.origins.includes(origin);
  const realmId = parseCompanyCode(companyIn(place, request.path) ?? "");
  if (realmId === undefined || isPage(request.endpoint)) return false;
  return needs.realms.scope(realmId).stores.apiKeys.listsOrigin(origin, needs.clock.now());
};

/** Whether people see what the endpoint answers. */
const isPage = (endpoint: string | undefined): boolean =>
  routes.some(({ name, access }) => name === endpoint && access === "page");

const getRealmId = (company: string): RealmId => {
  const realmId = parseCompanyCode(company);
  if (realmId === undefined) throw new Refusal("realm-unknown", { company: company.slice(0, 64) });
  return realmId;
};

const requireRealm = async ({ realms }: ContractNeeds, realmId: RealmId): Promise<void> => {
  if (!(await realms.exists(realmId))) throw new Refusal("realm-unknown", { company: realmId });
};

const pageNeeds = (needs: ContractNeeds, realmId: RealmId): PageNeeds => ({
  ...needs,
  ...needs.realms.scope(realmId),
});

const policyOf = (policy: MountPolicy, { id, policy: own }: ApiKey): MountPolicy => ({
  ...policy,
  profile: own.profile ?? policy.profile,
  clientId: id,
  addressLimits: { ...policy.addressLimits, ...own.limits },
});
