import { audit } from "./audit.js";
import type { Command } from "./command.js";
import { doctor } from "./doctor.js";
import { disclaimerAdd, disclaimerList } from "./disclaimer.js";
import { exportUser } from "./export-user.js";
import { error } from "./error.js";
import { importAccounts } from "./import.js";
import { inbox, inboxRetry } from "./inbox.js";
import { keyStateCommands } from "./key-change-state.js";
import { keyCreate } from "./key-create.js";
import { keyList } from "./key-list.js";
import { keyPolicy, keyTest } from "./key-policy.js";
import { keyExpireSecret, keyRotateSecret } from "./key-secrets.js";
import { keyShow } from "./key-show.js";
import { migrate } from "./migrate.js";
import { passwordsImport } from "./passwords-import.js";
import { providerAdd, providerList, providerRemove } from "./provider.js";
import { realmCreate, realmList } from "./realm.js";
import { rotateKeys } from "./rotate-keys.js";
import { serve } from "./serve.js";
import { userStatusCommands } from "./user-change-status.js";
import { userCreate } from "./user-create.js";
import { userEndSessions } from "./user-end-sessions.js";
import { userFind } from "./user-find.js";
import { userPurge } from "./user-purge.js";
import { userResetPassword } from "./user-reset-password.js";
import { userSessions } from "./user-sessions.js";
import { userShow } from "./user-show.js";

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [
  serve,
  migrate,
  doctor,
  rotateKeys,
  error,
  audit,
  inbox,
  inboxRetry,
  realmCreate,
  realmList,
  keyCreate,
  keyList,
  keyShow,
  keyPolicy,
  keyTest,
  ...keyStateCommands,
  keyRotateSecret,
  keyExpireSecret,
  disclaimerAdd,
  disclaimerList,
  providerAdd,
  providerList,
  providerRemove,
  userCreate,
  userFind,
  userShow,
  userSessions,
  userEndSessions,
  ...userStatusCommands,
  userPurge,
  userResetPassword,
  exportUser,
  importAccounts,
  passwordsImport,
];
