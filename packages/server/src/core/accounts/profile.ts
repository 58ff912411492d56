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
  /** At most 150 characters each. */
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly gender: string | undefined;
  /** A JSON object of the realm's own members, at most 8 KiB as text. */
  readonly custom: string | undefined;
}

export const emptyProfile: Profile = {
  fullname: undefined,
  phone: undefined,
  avatarUrl: undefined,
  birthDate: undefined,
  firstName: undefined,
  lastName: undefined,
  gender: undefined,
  custom: undefined,
};
