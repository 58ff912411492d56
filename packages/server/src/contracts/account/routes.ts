import type { Answer } from "#http/answer.js";
import type { Endpoint } from "#http/mount.js";
import type { AccountNeeds, AccountRequest } from "./account-request.js";

export interface AccountRoute extends Pick<Endpoint, "name" | "method"> {
  /** With its trailing slash; it is served without as well. */
  readonly path: string;
  /** The name of its limit per client address, where it has one. */
  readonly limit?: string;
  /** It hashes a password: while no more hashes are taken on, it is refused before anything is spent on it. */
  readonly hashes?: true;
  /** It asks for `Authorization: Token <key>`; told before the body is looked at. */
  readonly needsKey?: true;
  readonly answer: (needs: AccountNeeds, request: AccountRequest) => Promise<Answer>;
}

/** The endpoint table of `specs/account.md`, in its order. */
export const routes: readonly AccountRoute[] = [];
