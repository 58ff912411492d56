import type { AccountNeeds } from "./account-request.js";
import { callbackPath, mobileCallback, mobileCallbackForm } from "./mobile-callback.js";
import { mobileCancel } from "./mobile-cancel.js";
import { mobileCode } from "./mobile-code.js";
import { mobilePassword } from "./mobile-password.js";
import type { AccountRoute } from "./routes.js";

const limit = "mobile-login";

/** What the hosted sign-in page leads to; only browsers come here. */
export const mobileRoutes = ({ identityProviders }: AccountNeeds): readonly AccountRoute[] => [
  { name: "mobile-password", method: "POST", path: "/mobile/password/", limit, hashes: true, answer: mobilePassword },
  { name: "mobile-code", method: "POST", path: "/mobile/code/", limit, answer: mobileCode },
  { name: "mobile-cancel", method: "POST", path: "/mobile/cancel/", limit, answer: mobileCancel },
  ...identityProviders.all.flatMap(({ name }): readonly AccountRoute[] => [
    { name: "mobile-callback", method: "GET", path: callbackPath(name), limit, answer: mobileCallback(name) },
    { name: "mobile-callback-form", method: "POST", path: callbackPath(name), limit, answer: mobileCallbackForm(name) },
  ]),
];

/** Whether an endpoint answers people with pages, also when it refuses. */
export const isPage = (endpoint: string | undefined): boolean => endpoint?.startsWith("mobile-") === true;
