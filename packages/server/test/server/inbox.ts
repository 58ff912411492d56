import assert from "node:assert/strict";
import { request } from "./request.js";

/** A message as the development inbox shows it. */
export interface InboxMessage {
  readonly id: string;
  readonly realm: string;
  readonly channel: "mail" | "sms";
  readonly to: string;
  readonly language: string;
  readonly kind: string;
  /** Of a mail, as `html`; an SMS has none. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly created_at: string;
  readonly expires_at: string;
  readonly state: "waiting" | "expired";
  readonly code?: string;
  readonly link?: string;
}

/** The letters that a server without SMTP holds for the address, newest first; for everybody without one. */
export async function lettersTo(server: { readonly url: string }, email?: string): Promise<readonly InboxMessage[]> {
  const query = email === undefined ? "" : `?${new URLSearchParams({ to: email }).toString()}`;
  const answer = await request(`${server.url}/dev/inbox.json${query}`);
  assert.equal(answer.status, 200, answer.text);
  // The form that the inbox test holds it to.
  return (answer.json as { readonly messages: readonly InboxMessage[] }).messages;
}

/** The newest letter to the address; of that kind when one is named. */
export async function letterTo(server: { readonly url: string }, email: string, kind?: string): Promise<InboxMessage> {
  const letters = await lettersTo(server, email);
  const letter = letters.find((one) => kind === undefined || one.kind === kind);
  assert.ok(
    letter !== undefined,
    `no ${kind ?? "letter"} to ${email}, but ${letters.map((one) => one.kind).join(", ") || "nothing"}`,
  );
  return letter;
}

/** The code in the newest letter to the address that has one. */
export async function codeFor(server: { readonly url: string }, email: string): Promise<string> {
  const code = (await lettersTo(server, email)).find((letter) => letter.code !== undefined)?.code;
  assert.ok(code !== undefined, `no code was mailed to ${email}`);
  return code;
}

/** The link in the newest letter to the address that has one. */
export async function linkFor(server: { readonly url: string }, email: string): Promise<string> {
  const link = (await lettersTo(server, email)).find((letter) => letter.link !== undefined)?.link;
  assert.ok(link !== undefined, `no link was mailed to ${email}`);
  return link;
}
