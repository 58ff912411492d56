import type { RealmId } from "../ids.js";
import type { Origin } from "../origin.js";
import type { Clock, Stores } from "../ports.js";
import type { RealmStore } from "./realm-store.js";

export interface CreateRealmNeeds {
  readonly clock: Clock;
  readonly realms: RealmStore;
  /** Of the realm `default`, in whose trail acts on the installation stand. */
  readonly stores: Pick<Stores, "audit">;
}

/** Makes a realm; its company code has been checked to collide with no other path. `false` when there is one with this code. */
export const createRealm = async (
  needs: CreateRealmNeeds,
  { id, origin }: { readonly id: RealmId; readonly origin: Origin },
): Promise<boolean> => {
  const at = needs.clock.now();
  if (!(await needs.realms.insert({ id, createdAt: at }))) return false;
  await needs.stores.audit.append({
    at,
    kind: "realm-created",
    accountId: undefined,
    origin,
    details: { company: id },
  });
  return true;
};
