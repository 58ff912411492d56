/** Numbers of telephones. */
export interface PhoneNumbers {
  /** In E.164; `undefined` for what is no valid number with its country code. */
  parse(text: string): string | undefined;
  /** What a number in E.164 tells by itself; of what is no number only its digits. */
  describe(number: string): PhoneNumber;
}

export interface PhoneNumber {
  /** Two letters (ISO 3166-1), or the calling code of what is no country's. */
  readonly country: string;
  /** All but its last four digits. */
  readonly range: string;
  /** `false`: by its kind it gets no SMS (a fixed line, a premium service), or the operator sends none to its country. */
  readonly canGetSms: boolean;
}
