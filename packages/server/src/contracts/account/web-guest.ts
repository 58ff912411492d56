import { enterAsWebGuest } from "#core/guests/enter-as-guest.js";
import type { Answer } from "#http/answer.js";
import { type HostCookie, readCookie, writeCookie } from "#http/cookies.js";
import { type AccountNeeds, type AccountRequest, languageOf } from "./account-request.js";
import { guestAnswer } from "./guest-answer.js";

/** Seconds: 30 days from the last visit. */
const rememberedFor = 2_592_000;

/** `POST /web/guest/` */
export const webGuest = async (needs: AccountNeeds, request: AccountRequest): Promise<Answer> => {
  const cookie = cookieOf(needs);
  const isOurs = isOfOwnPage(needs, request);
  const entered = await enterAsWebGuest(needs, {
    cookie: isOurs ? readCookie(request.header("cookie"), cookie.name) : undefined,
    language: languageOf(request),
    origin: request.origin,
  });
  const answer = guestAnswer(request, entered);
  if (!isOurs) return answer;
  return {
    ...answer,
    headers: { "set-cookie": writeCookie({ ...cookie, value: entered.cookie, maxAge: rememberedFor }) },
  };
};

// Plain HTTP is for loopback alone, where a browser keeps no cookie that is `Secure` or called `__Host-`.
const cookieOf = ({ policy }: AccountNeeds): Pick<HostCookie, "name" | "isSecure"> =>
  policy.handoff.baseUrl.startsWith("https:")
    ? { name: "__Host-guest", isSecure: true }
    : { name: "guest", isSecure: false };

/** A form on another site's page must not make this browser another guest: such a request neither brings a cookie nor gets one. */
const isOfOwnPage = ({ policy }: AccountNeeds, request: AccountRequest): boolean => {
  const site = request.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = request.header("origin");
  if (origin === undefined) return true;
  const host = hostIn(origin);
  return host !== undefined && (host === request.header("host") || host === hostIn(policy.handoff.baseUrl));
};

const hostIn = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).host : undefined);
