import {
  resealSigningKeys,
  type RotationCommand,
  rotateDueSigningKeys,
  type SigningKeyNeeds,
} from "../signing-keys/rotate-signing-keys.js";
import type { SigningAlgorithm } from "../signing-keys/signing-key.js";
import { type Job, jobOrigin } from "./housekeeping.js";

export interface SigningKeyPlan extends Pick<RotationCommand, "longestTokenIn"> {
  readonly algorithms: readonly SigningAlgorithm[];
  /** Milliseconds for which a key signs. */
  readonly rotateEveryIn: number;
}

const hour = 3_600_000;

/** What replaces keys that have signed long enough, and seals all of them under the newest secret. */
export const signingKeyJobs = (needs: SigningKeyNeeds, plan: SigningKeyPlan): readonly Job[] => [
  ...plan.algorithms.map((algorithm) => ({
    name: `rotate-${algorithm.toLowerCase()}`,
    everyIn: hour,
    run: () =>
      rotateDueSigningKeys(needs, {
        algorithm,
        everyIn: plan.rotateEveryIn,
        longestTokenIn: plan.longestTokenIn,
        origin: jobOrigin,
      }),
  })),
  { name: "reseal-signing-keys", everyIn: hour, run: () => resealSigningKeys(needs) },
];
