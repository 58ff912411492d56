import { Refusal } from "#core/refusal.js";
import { completeLinkRegistration, isRegistrationLinkLive } from "#core/registration/complete-link-registration.js";
import type { Answer } from "#http/answer.js";
import { isForm } from "#http/media-type.js";
import type { JwtNeeds, JwtRequest } from "./jwt-request.js";
import { messages } from "./messages.js";
import { confirmPage, donePage, pageLanguage } from "./verify-page.js";

/** Where the link of a registration leads; the host is the configured one, never the request's. */
export const verifyLink = ({ policy }: JwtNeeds, token: string): string =>
  `${policy.handoff.baseUrl}/verify?${new URLSearchParams({ token }).toString()}`;

/** `GET /verify?token=…`: a page whose button posts the token. Spends nothing: mail scanners follow links. */
export const verifyPage = async (needs: JwtNeeds, { query, header }: JwtRequest): Promise<Answer> => {
  const token = textOf(query["token"]);
  if (!(await isRegistrationLinkLive(needs, token))) throw new Refusal("link-invalid", { purpose: "registration" });
  return confirmPage(pageLanguage(header), token);
};

/** `POST /verify`, by the page's form or as JSON. */
export const verify = async (needs: JwtNeeds, { body, header, origin }: JwtRequest): Promise<Answer> => {
  await completeLinkRegistration(needs, { token: textOf(body["token"]), origin });
  if (isForm(header("content-type"))) return donePage(pageLanguage(header));
  return { status: 200, body: { message: messages.emailVerified } };
};

/** What is no text is the token of no link. */
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
