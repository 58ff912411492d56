import { randomBytes } from "node:crypto";
import { nextAddress, request, type RequestOptions, type Response } from "./request.js";

/** Somebody whose name, e-mail and password nobody else has. */
export interface Person {
  readonly username: string;
  readonly email: string;
  readonly password: string;
}

export interface TokenPair {
  readonly access: string;
  readonly refresh: string;
}

/** The calls of the `jwt` contract, each from a loopback address of its own unless told: no call spends another's limits. */
export interface JwtCalls {
  register(person: Person, options?: RequestOptions): Promise<Response>;
  login(person: Pick<Person, "email" | "password">, options?: LoginOptions): Promise<Response>;
  refresh(token: string, options?: RequestOptions): Promise<Response>;
  logout(token: string, options?: RequestOptions): Promise<Response>;
  me(token: string, options?: RequestOptions): Promise<Response>;
}
export interface LoginOptions extends RequestOptions {
  readonly rotate?: boolean;
}

/** The contract as it is mounted at `origin`, as in `server.origin("/auth")`. */
export function jwtCalls(origin: string): JwtCalls {
  const call = (path: string, options: RequestOptions) =>
    request(`${origin}${path}`, { address: nextAddress(), ...options });
  const withToken = (token: string, options: RequestOptions): RequestOptions => ({
    ...options,
    headers: { authorization: `Bearer ${token}`, ...options.headers },
  });
  return {
    register: ({ username, email, password }, options = {}) =>
      call("/register", { json: { username, email, password }, ...options }),
    login: ({ email, password }, { rotate, ...options } = {}) =>
      call("/login", { json: { email, password, ...(rotate === undefined ? {} : { rotate }) }, ...options }),
    refresh: (token, options = {}) => call("/refresh", withToken(token, { method: "POST", ...options })),
    logout: (token, options = {}) => call("/logout", withToken(token, { method: "POST", ...options })),
    me: (token, options = {}) => call("/me", withToken(token, options)),
  };
}

export function newPerson(): Person {
  const name = randomBytes(9).toString("hex");
  return { username: `user-${name}`, email: `${name}@example.org`, password: newPassword() };
}

/** A password that every policy accepts. */
export function newPassword(): string {
  return `Aa1!${randomBytes(15).toString("base64url")}`;
}

/** A member of a JSON answer that is a text; throws with the whole answer when it is none. */
export function textIn({ status, text, json }: Response, member: string): string {
  const value: unknown =
    typeof json === "object" && json !== null ? Object.entries(json).find(([name]) => name === member)?.[1] : undefined;
  if (typeof value !== "string") {
    throw new Error(`the answer has no ${member}: ${status} ${text}`);
  }
  return value;
}

/** Registers a new person and signs him in. */
export async function signedIn(calls: JwtCalls, options: LoginOptions = {}): Promise<Person & TokenPair> {
  const person = newPerson();
  const registered = await calls.register(person);
  if (registered.status !== 201) {
    throw new Error(`the registration was refused: ${registered.status} ${registered.text}`);
  }
  return { ...person, ...(await tokensOf(calls.login(person, options))) };
}

/** The tokens of a sign-in; throws when it was refused. */
export async function tokensOf(login: Promise<Response>): Promise<TokenPair> {
  const answer = await login;
  return { access: textIn(answer, "access_token"), refresh: textIn(answer, "refresh_token") };
}
