/** Where a command came from; kept with sessions and the audit trail. */
export interface Origin {
  /** The mount, or `cli` for an administrator's command. */
  readonly mount: string;
  /** The request's id, or the command's. */
  readonly requestId: string;
  /** The client's address, canonical; empty for a command. */
  readonly address: string;
  /** At most 512 characters, control characters removed. */
  readonly userAgent: string;
}
