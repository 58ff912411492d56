import type { AccountNeeds } from "./account-request.js";
import { callbackPath, mobileCallback, mobileCallbackForm } from "./mobile-callback.js";
import { mobileCancel } from "./mobile-cancel.js";
import { mobileCode } from "./mobile-code.js";
import { mobileLogin, mobileLoginForm } from "./mobile-login.js";
import type { AccountRoute } from "./routes.js";
