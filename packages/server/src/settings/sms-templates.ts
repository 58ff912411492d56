import type { SmsTemplate } from "#core/outbox/sms-gateway.js";

/** A kind of gateway that is known by name. */
export interface NamedTemplate extends SmsTemplate {
  /** Where it takes messages; `undefined`: the operator says it. */
  readonly url: string | undefined;
  /** What it cannot do without. */
  readonly needs: readonly ("from" | "user" | "secret")[];
}

export const smsTemplateNames = ["plain", "twilio", "vonage", "kavenegar"] as const;
export type SmsTemplateName = (typeof smsTemplateNames)[number];

/** For gateways, and proxies before them, that know a request again (draft-ietf-httpapi-idempotency-key-header). */
const sameMessage = { "idempotency-key": "{id}" };

export const smsTemplates: Readonly<Record<SmsTemplateName, NamedTemplate>> = {
  plain: {
    url: undefined,
    needs: [],
    method: "POST",
    headers: { ...sameMessage, authorization: "{authorization}" },
    encoding: "json",
    fields: { to: "{to}", text: "{text}", id: "{id}", from: "{from}" },
    hopelessStatuses: [400, 413, 422],
    verdict: undefined,
  },
  twilio: {
    url: "https://api.twilio.com/2010-04-01/Accounts/{user}/Messages.json",
    needs: ["from", "user", "secret"],
    method: "POST",
    headers: { ...sameMessage, authorization: "{authorization}" },
    encoding: "form",
    fields: { To: "{to}", From: "{from}", Body: "{text}" },
    hopelessStatuses: [400],
    verdict: {
      at: "status",
      accepted: ["accepted", "scheduled", "queued", "sending", "sent", "delivered"],
      refused: ["canceled"],
      hopeless: ["failed", "undelivered"],
    },
  },
  // It answers 200 whatever becomes of a message, and says so of each of its parts.
  vonage: {
    url: "https://rest.nexmo.com/sms/json",
    needs: ["from", "user", "secret"],
    method: "POST",
    headers: sameMessage,
    encoding: "form",
    fields: {
      api_key: "{user}",
      api_secret: "{secret}",
      from: "{from}",
      to: "{digits}",
      text: "{text}",
      type: "unicode",
      "client-ref": "{id}",
    },
    hopelessStatuses: [400, 422],
    verdict: {
      at: "messages[].status",
      accepted: ["0"],
      refused: ["1", "2", "3", "4", "8", "9", "10", "11", "14", "15", "22", "23", "29", "32"],
      hopeless: ["6", "7", "12", "33"],
    },
  },
  // Its status of HTTP is that of its answer; a localid that it knows is not sent again.
  kavenegar: {
    url: "https://api.kavenegar.com/v1/{secret}/sms/send.json",
    needs: ["secret"],
    method: "POST",
    headers: sameMessage,
    encoding: "form",
    fields: { receptor: "00{digits}", sender: "{from}", message: "{text}", localid: "{number}" },
    hopelessStatuses: [400, 411, 413, 422],
    verdict: { at: "return.status", accepted: ["200"], refused: [], hopeless: [] },
  },
};
