import type { HandoffReturn } from "#core/handoffs/own-handoff.js";
import type { Profile } from "#core/policy.js";
import type { Answer } from "#http/answer.js";

/** Sends the browser somewhere, whatever it came with; a form's fields are not sent along (RFC 9700 section 4.12). */
export const redirectTo = (location: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 303,
  headers: { ...headers, location },
});

/**
 * Sends the browser back to the app. Under the profile `hardened` the parameters stand in the fragment, which no server on the way and
 * no `Referer` gets to see.
 */
export const redirectToApp = (
  profile: Profile,
  { redirectUri, tempToken, clientState, outcome }: HandoffReturn,
): Answer => {
  const parameters = [
    ["temp_token", tempToken],
    ...(outcome === "cancelled" ? [["error", "access_denied"]] : []),
    ...(clientState === undefined ? [] : [["state", clientState]]),
  ];
  // Not as a form writes it: an app's URL parser may keep a plus as it is.
  const query = parameters.map(([name = "", value = ""]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return redirectTo(`${redirectUri}${profile === "hardened" ? "#" : separatorOf(redirectUri)}${query}`);
};

const separatorOf = (uri: string): string => {
  if (!uri.includes("?")) return "?";
  return /[?&]$/.test(uri) ? "" : "&";
};
