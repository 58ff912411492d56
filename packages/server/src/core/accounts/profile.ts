/** What an account says of its owner, beside its identifiers. `undefined`: not told. */
export interface Profile {
  /** At most 150 characters. */
  readonly fullname: string | undefined;
  /** E.164. Never proven, and nobody is found by it. */
  readonly phone: string | undefined;
  /** https, at most 2,048 characters. */
  readonly avatarUrl: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly birthDate: string | undefined;
}

export const emptyProfile: Profile = {
  fullname: undefined,
  phone: undefined,
  avatarUrl: undefined,
  birthDate: undefined,
};
