/** What does not fit in a provider's behaviour; the adapter turns it into the refusal `provider-failed` with this reason. */
export class ProviderFault extends Error {
  override readonly name = "ProviderFault";
  /** In hyphens, without anything that came from outside. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}
