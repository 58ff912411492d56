/** A page that is generated and checked in. */
export interface Page {
  /** From the repository's root. */
  readonly path: string;
  readonly text: string;
}
