import type { RealmId } from "#core/ids.js";
import type { RealmStore } from "#core/realms/realm-store.js";
import type { RealmScope, Realms } from "#core/realms/realms.js";

export interface RealmsNeeds {
  readonly realms: Pick<RealmStore, "find">;
  /** Binds everything to one realm, whether or not there is one. */
  open(id: RealmId): RealmScope;
}

/** Scopes kept at once at most: anybody may name companies that are not there. */
const scopesKept = 1_000;

/** What is bound to a realm is made once and kept, since every request of the realm needs it. */
export const createRealms = (needs: RealmsNeeds): Realms => {
  const scopes = new Map<RealmId, RealmScope>();
  // No realm is ever removed: what was there once is there.
  const existing = new Set<RealmId>();
  return {
    scope(id) {
      const known = scopes.get(id);
      if (known !== undefined) return known;
      const [oldest] = scopes.keys();
      if (oldest !== undefined && scopes.size >= scopesKept) scopes.delete(oldest);
      const scope = needs.open(id);
      scopes.set(id, scope);
      return scope;
    },
    async exists(id) {
      if (existing.has(id)) return true;
      const isThere = (await needs.realms.find(id)) !== undefined;
      if (isThere) existing.add(id);
      return isThere;
    },
  };
};
