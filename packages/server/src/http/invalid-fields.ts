/** A contract's own refusal of a request's fields: every failing field with what is wrong with it, in the contract's words. */
export class InvalidFields extends Error {
  override readonly name = "InvalidFields";
  readonly fields: readonly InvalidField[];

  constructor(fields: readonly InvalidField[]) {
    super("invalid fields");
    this.fields = fields;
  }
}

export interface InvalidField {
  readonly field: string;
  readonly message: string;
}
