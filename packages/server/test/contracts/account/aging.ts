import { fingerprint } from "#adapters/system/fingerprint.js";
import { keySessionId } from "#core/ids.js";
import type { CodePurpose } from "#core/refusal.js";
import { testSecrets } from "../../server/open-node.js";
import type { ServerStage } from "../stage.js";

/** Where things are aged: codes, registrations and keys are bound to a mount. */
export interface AgingStage extends Pick<ServerStage, "sql"> {
  readonly mountName: string;
}

/** Nobody may be written to twice in a minute: as if a minute had passed since the last letter to the address. */
export async function restAddress(stage: AgingStage, email: string): Promise<void> {
  const subject = testSecrets().digest("sending-subject", email);
  await stage.sql(`update sending_budget set last_at = last_at - 60000 where subject = '${subject}'`);
}

/** As if the code's time were over. */
export async function endCode(stage: AgingStage, purpose: CodePurpose, email: string): Promise<void> {
  const subject = testSecrets().digest("one-time-code", `${purpose} ${stage.mountName} ${email}`);
  await stage.sql(`update one_time_code set expires_at = expires_at - 300000 where subject = '${subject}'`);
}

/** As if the registration had waited too long. */
export async function endRegistration(stage: AgingStage, email: string): Promise<void> {
  await stage.sql(
    `update pending_registration set expires_at = expires_at - 1800000 where normalized_email = '${email}' and mount = '${stage.mountName}'`,
  );
}

/** As if the key had not been used for so many milliseconds, since it was given or last used. */
export async function restKey(stage: AgingStage, key: string, restedIn: number): Promise<void> {
  const id = keySessionId(fingerprint(key));
  await stage.sql(`update session set last_used_at = last_used_at - ${restedIn} where session_id = '${id}'`);
}

/** As if the sign-in that gave the key had been so many milliseconds earlier. */
export async function ageKey(stage: AgingStage, key: string, agedIn: number): Promise<void> {
  const id = keySessionId(fingerprint(key));
  await stage.sql(
    `update session set created_at = created_at - ${agedIn}, expires_at = expires_at - ${agedIn} where session_id = '${id}'`,
  );
}

/** As if the key of a recovery had been given ten minutes ago. */
export async function endRecoveryKeys(stage: AgingStage, accountId: string): Promise<void> {
  await stage.sql(`update account_link set expires_at = expires_at - 600000 where account_id = '${accountId}'`);
}
