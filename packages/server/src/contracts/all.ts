import { account } from "./account/account.js";
import type { Contract } from "./contract.js";
import { jwt } from "./jwt/jwt.js";
import { platform } from "./platform/platform.js";

/** Every contract that a mount can name. */
export const contracts: readonly Contract[] = [account, jwt, platform];
