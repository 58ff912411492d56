import { fingerprint } from "#adapters/system/fingerprint.js";
import { givenPassword } from "../../given.js";
import { testSecrets } from "../../server/open-node.js";
import { request } from "../../server/request.js";
import type { InboxMessage } from "../../server/inbox.js";
import { signedSent } from "./signed.js";
import { bearing, type ClientKey, type Stage, successIn } from "./stage.js";

/** A user of the stage's company. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
  readonly loginName: string | undefined;
  readonly password: string;
  /** As every answer shows him. */
  readonly user: Readonly<Record<string, unknown>>;
}

export interface PersonOptions {
  /** `false`: he has none. */
  readonly password?: boolean;
  readonly phone?: boolean;
  readonly email?: boolean;
  readonly loginName?: string;
  readonly language?: string;
}

/** Makes a user with an e-mail, a phone and a password, but for what he is to be without. */
export async function makePerson(stage: Stage, options: PersonOptions = {}): Promise<Person> {
  const { password = true, phone = true, email = true, loginName, language } = options;
  const { email: address, phone: number } = newAddresses();
  const json = {
    ...(email ? { emails: [address] } : {}),
    ...(phone ? { phones: [number] } : {}),
    ...(password ? { password: givenPassword } : {}),
    ...(loginName === undefined ? {} : { login_name: loginName }),
    ...(language === undefined ? {} : { language }),
  };
  const answer = await stage.ask(await signedSent(stage, { method: "POST", path: "/users", json }));
  const user = objectOf(successIn(answer, 201)["user"]);
  return {
    id: String(user["id"]),
    email: address,
    phone: number,
    loginName,
    password: givenPassword,
    user,
  };
}

/** What nobody else of this process has; the numbers are of different ranges, since SMS to one range are few. */
export function newAddresses(): { readonly email: string; readonly phone: string } {
  made += 1;
  const spread = String((made * 7_919) % 1_000).padStart(3, "0");
  return {
    email: `person-${process.pid}-${made}@example.org`,
    phone: `+98912${spread}${String(Math.floor(made / 1_000) + 1_000)}`,
  };
}
let made = 0;

/** Where a client application is in a flow: what it was answered last. */
export type Progress = Readonly<Record<string, unknown>>;

/** A client application of one API key. */
export interface Client {
  readonly stage: Stage;
  readonly key: ClientKey;
}

/** Sends one step, and expects it to succeed. */
export async function step({ stage, key }: Client, path: string, json: object, progress?: Progress): Promise<Progress> {
  const headers = progress === undefined ? {} : bearing(tokenOf(progress));
  return successIn(await stage.ask({ method: "POST", path, json, key: key.key, headers }));
}

/** The token of whoever is that far. */
export const tokenOf = (progress: Progress): string => String(progress["session_token"] ?? progress["auth_token"]);

/** Signs in by password, for an account and a key that ask for nothing else. */
export async function signIn(client: Client, person: Pick<Person, "email" | "password">): Promise<Progress> {
  const begun = await step(client, "/auth/login", { login_id: person.email });
  return step(client, "/auth/checkpassword", { password: person.password }, begun);
}

/** Sets something up for a signed-in user. */
export async function setUp(client: Client, signedIn: Progress, path: string, json: object): Promise<Progress> {
  const { stage, key } = client;
  const method = path === "/user/backupcodes" ? "POST" : "PUT";
  return successIn(await stage.ask({ method, path, json, key: key.key, headers: bearing(tokenOf(signedIn)) }));
}

/** What waits for the address or number in the development inbox, newest first. */
export async function messagesTo(stage: Stage, to: string): Promise<readonly InboxMessage[]> {
  const answer = await request(`${stage.server.url}/dev/inbox.json?${new URLSearchParams({ to }).toString()}`);
  // The form that the inbox test holds it to.
  return (answer.json as { readonly messages: readonly InboxMessage[] }).messages;
}

/** The newest code for the address or number. */
export async function codeTo(stage: Stage, to: string): Promise<string> {
  const code = (await messagesTo(stage, to)).find((message) => message.code !== undefined)?.code;
  if (code === undefined) throw new Error(`no code for ${to}`);
  return code;
}

/** The newest link for the address or number. */
export async function linkTo(stage: Stage, to: string): Promise<URL> {
  const link = (await messagesTo(stage, to)).find((message) => message.link !== undefined)?.link;
  if (link === undefined) throw new Error(`no link for ${to}`);
  return new URL(link);
}

export const linkToken = (link: URL): string =>
  link.searchParams.get("token") ?? new URLSearchParams(link.hash.slice(1)).get("token") ?? "";

/** Six digits that are not these. */
export const wrongCode = (code: string): string => `${code.slice(0, 5)}${(Number(code[5]) + 1) % 10}`;

export const objectOf = (value: unknown): Readonly<Record<string, unknown>> => ({ ...Object(value) });

/** As if no message had gone to him for a minute. */
export async function restSending(
  stage: Stage,
  { email, phone }: Partial<Pick<Person, "email" | "phone">>,
): Promise<void> {
  const subjects = [email, phone].map((to) => `'${testSecrets().digest("sending-subject", to ?? "")}'`);
  await stage.sql(`update sending_budget set last_at = last_at - 60000 where subject in (${subjects.join(", ")})`);
}

/** Where a session stands in the database, as a condition. */
const sessionRow = (progress: Progress): string => `token_hash = '${fingerprint(tokenOf(progress))}'`;

/** As if a session had begun fifteen minutes earlier. */
export async function endSession(stage: Stage, progress: Progress): Promise<void> {
  await stage.sql(
    `update pending_session set created_at = created_at - 900000, expires_at = expires_at - 900000 where ${sessionRow(progress)}`,
  );
}

/** As if the five minutes of a session's code were over. */
export async function endCode(stage: Stage, progress: Progress): Promise<void> {
  const [row] = await stage.sql(`select sign_in_id, state from pending_session where ${sessionRow(progress)}`);
  const purposes: Readonly<Record<string, string>> = {
    "signup-checkotp": "registration",
    "recovery-checkotp": "recovery",
  };
  const purpose = purposes[String(row?.["state"])] ?? "sign-in";
  const subject = testSecrets().digest("one-time-code", `${purpose} ${stage.mountName} ${String(row?.["sign_in_id"])}`);
  await stage.sql(`update one_time_code set expires_at = expires_at - 300000 where subject = '${subject}'`);
}
