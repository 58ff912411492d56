import type { AccountId, Instant } from "../ids.js";

/** What an account has set up to be known by, beside its password: one store, since all of it is read together. */
export interface FactorStore {
  /** One read of everything but secrets: what a sign-in has to ask for. */
  enrolled(accountId: AccountId): Promise<EnrolledFactors>;
  setSecondFactor(accountId: AccountId, isOn: boolean, at: Instant): Promise<void>;

  /** Puts the codes in place of all older ones. */
  replaceBackupCodes(accountId: AccountId, codes: readonly BackupCode[], at: Instant): Promise<void>;
  /** The hash of an unused code. */
  findBackupCode(accountId: AccountId, slot: string): Promise<string | undefined>;
  /** Uses the code up: `true` for exactly one caller, and only while its hash is still this one. */
  useBackupCode(accountId: AccountId, code: BackupCode, at: Instant): Promise<boolean>;

  /** Sealed by the store; drops the pinned positions. */
  setMemorableWords(accountId: AccountId, words: readonly string[], at: Instant): Promise<void>;
  memorableWords(accountId: AccountId): Promise<readonly string[] | undefined>;
  /**
   * The positions that are pinned for the subject, or these when none are or they were drawn at or before `drawnBefore`: two at once get
   * the same ones. The subject of an account is its id; of nobody, anything else of at most 128 characters.
   */
  pinPositions(
    subject: string,
    drawn: readonly number[],
    times: { readonly at: Instant; readonly drawnBefore: Instant },
  ): Promise<readonly number[]>;
  /** They were answered. */
  unpinPositions(subject: string): Promise<void>;

  setControlQuestion(accountId: AccountId, question: ControlQuestion, at: Instant): Promise<void>;
  controlQuestion(accountId: AccountId): Promise<ControlQuestion | undefined>;

  /** What is kept, and since when, without what anybody could be known by. */
  describe(accountId: AccountId): Promise<KeptFactors>;
  /** Drops everything of the account. */
  removeAll(accountId: AccountId): Promise<void>;
  /** Drops at most `limit` pinned positions drawn at or before `before`; how many. */
  purge(before: Instant, limit: number): Promise<number>;
}

export interface EnrolledFactors {
  readonly hasSecondFactor: boolean;
  readonly hasMemorableWords: boolean;
  readonly hasControlQuestion: boolean;
  /** Unused ones. */
  readonly backupCodes: number;
}

export interface KeptFactors {
  /** `undefined`: it was never switched. */
  readonly secondFactor: { readonly isOn: boolean; readonly changedAt: Instant } | undefined;
  readonly backupCodes: readonly { readonly createdAt: Instant; readonly usedAt: Instant | undefined }[];
  readonly memorableWordsSetAt: Instant | undefined;
  /** Since when the same letters of them are asked for. */
  readonly positionsDrawnAt: Instant | undefined;
  readonly controlQuestion: { readonly question: string; readonly setAt: Instant } | undefined;
}

export interface BackupCode {
  /** Stands at the code's beginning, so that one try costs one hash. */
  readonly slot: string;
  readonly hash: string;
}

export interface ControlQuestion {
  /** As its owner wrote it; sealed at rest. */
  readonly question: string;
  readonly answerHash: string;
}
