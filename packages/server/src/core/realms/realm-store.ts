import type { RealmId } from "../ids.js";
import type { Realm } from "./realm.js";

/** The realms of the installation. */
export interface RealmStore {
  /** `false` when there is one with this id. */
  insert(realm: Realm): Promise<boolean>;
  find(id: RealmId): Promise<Realm | undefined>;
  /** In the order of their codes. */
  list(): Promise<readonly Realm[]>;
}
