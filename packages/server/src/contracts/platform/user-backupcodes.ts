import { makeBackupCodes } from "#core/factors/make-backup-codes.js";
import type { Answer } from "#http/answer.js";
import { success } from "./envelope.js";
import type { PlatformNeeds, UserRequest } from "./platform-request.js";

/** `POST /user/backupcodes`: shown once. */
export const postUserBackupcodes = async (needs: PlatformNeeds, { user, origin }: UserRequest): Promise<Answer> =>
  success({ codes: await makeBackupCodes(needs, { user, origin }) });
