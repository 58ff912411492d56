/** A signature of RFC 9421, taken apart and judged by nobody. */
export interface MessageSignature {
  /** Names of what it covers, in its order; components with parameters of their own are none of ours. */
  readonly components: readonly string[];
  /** Times in seconds since 1970; others as their texts. */
  readonly parameters: ReadonlyMap<string, string | number>;
  /** The value of `@signature-params`, the last line of what was signed. */
  readonly signatureParams: string;
  /** Base64url without padding. */
  readonly mac: string;
}
