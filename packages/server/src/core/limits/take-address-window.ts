import type { MountPolicy } from "../policy.js";
import type { Clock } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { AddressWindows } from "./address-windows.js";

/** Counts a request of a client address at an endpoint; refuses with `rate-exceeded` when its window is full. Unlimited endpoints count nothing. */
export const takeAddressWindow = async (
  needs: { readonly clock: Clock; readonly windows: AddressWindows; readonly policy: MountPolicy },
  endpoint: string,
  address: string,
): Promise<void> => {
  const limit = needs.policy.addressLimits[endpoint];
  if (limit === undefined) return;
  const key = `${needs.policy.mount} ${endpoint} ${address}`;
  const waitIn = await needs.windows.take(key, limit, needs.clock.now());
  if (waitIn !== undefined)
    throw new Refusal("rate-exceeded", { limit, retryIn: Math.max(1, Math.ceil(waitIn / 1000)) });
};
