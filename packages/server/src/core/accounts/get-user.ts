import type { AccountId } from "../ids.js";
import type { Stores } from "../ports.js";
import { Refusal } from "../refusal.js";
import { type AccountView, getAccountView } from "./account-view.js";

/** A user of the realm, whatever his status. Refuses with `object-unknown` for one of another realm, a deleted one, and what is no id at all. */
export const getUser = async (stores: Pick<Stores, "accounts" | "profiles">, id: string): Promise<AccountView> => {
  if (!uuid.test(id)) throw unknown();
  try {
    // Just checked.
    const view = await getAccountView(stores, id as AccountId);
    if (view.account.status !== "deleted") return view;
  } catch (error) {
    if (!Refusal.is(error, "account-gone")) throw error;
  }
  throw unknown();
};

const unknown = (): Refusal => new Refusal("object-unknown", { kind: "user" });

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
