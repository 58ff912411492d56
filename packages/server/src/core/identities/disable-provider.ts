import type { Origin } from "../origin.js";
import type { Clock, Transaction } from "../ports.js";

/** From now on nobody signs in by the provider; who is linked with it stays so. `false` when it is off already, or not there. */
export const disableProvider = async (
  { clock, transaction }: { readonly clock: Clock; readonly transaction: Transaction },
  { name, origin }: { readonly name: string; readonly origin: Origin },
): Promise<boolean> => {
  const now = clock.now();
  return transaction(async (stores) => {
    if (!(await stores.identityProviders.disable(name, now))) return false;
    await stores.audit.append({
      at: now,
      kind: "provider-changed",
      accountId: undefined,
      origin,
      details: { provider: name, change: "disabled" },
    });
    return true;
  });
};
