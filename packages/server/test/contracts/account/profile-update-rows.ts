import { unseen } from "../hostile-texts.js";
import { jsonFor } from "./drafts.js";
import { fieldRows, type Row } from "./row.js";

const rows = (field: string, message: string, cases: Readonly<Record<string, unknown>>, fill?: string) =>
  fieldRows(
    "profile-update",
    field,
    message,
  )(
    Object.fromEntries(
      Object.entries(cases).flatMap(([when, value]) =>
        ["PUT", "PATCH"].map((method): [string, Row["send"]] => [
          `${when}, by ${method}`,
          async (stage) => ({ ...(await jsonFor(stage, "profile-update", { [field]: value })), method }),
        ]),
      ),
    ),
    fill === undefined ? {} : { fill },
  );

const languages: Readonly<Record<string, string>> = {
  "the language is not spoken here": "de",
  "the language is no tag": "english",
  "the language is a path": "../../etc",
  "the language is __proto__": "__proto__",
  "the language begins as one that is spoken": "enx",
  "the language has a NUL": "en\u0000",
};

export const profileUpdateRows: readonly Row[] = [
  ...rows(
    "fullname",
    "Not a valid string.",
    Object.fromEntries(Object.entries(unseen).map(([what, text]) => [`the name has ${what}`, text])),
  ),
  ...rows("phone", "Enter a valid phone number.", {
    "the number is of letters": "call me",
    "the number has no country code": "09121234567",
    "the number is too short": "+98912",
    "the number is too long": "+989121234567890123",
    "the number is nobody's": "+999123456789",
    "the number has an extension": "+442079460000;ext=5",
    "text stands around it": "tel +989121234567 please",
    "the number has a NUL": "+989121234567\u0000",
    "the number is a script": "<script>+989121234567</script>",
    "the number has 10,000 digits": `+98${"9".repeat(10_000)}`,
  }),
  ...rows("avatar_url", "Enter a valid URL.", {
    "the URL is no URL": "picture",
    "the URL is of plain HTTP": "http://example.org/a.png",
    "the URL is a script": "javascript:alert(1)",
    "the URL is data": "data:image/png;base64,AAAA",
    "the URL has no host": "https:///a.png",
    "the URL has no slashes": "https:example.org/a.png",
    "the URL has a user's name": "https://ada@example.org/a.png",
    "the URL has a password": "https://ada:x@example.org/a.png",
    "the URL has a line feed": "https://example.org/a\n.png",
    "the URL has a blank": "https://example.org/a b.png",
    "the URL has a NUL": "https://example.org/a\u0000.png",
    "the URL has an override of direction": "https://example.org/\u202egnp.a",
    "the URL breaks out of an attribute": 'https://example.org/"onerror="x',
    "the URL has 2,049 characters": `https://example.org/${"a".repeat(2029)}`,
    "the URL has 60,000 characters": `https://example.org/${"a".repeat(60_000)}`,
  }),
  ...rows("birth_date", "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.", {
    "the day comes first": "31-12-1990",
    "the date has slashes": "1990/12/31",
    "the month has one digit": "1990-1-31",
    "the date has a time": "1990-12-31T00:00:00Z",
    "the month has no such day": "1990-02-30",
    "the year has no such day": "1991-02-29",
    "there is no such month": "1990-13-01",
    "the year is nought": "0000-01-01",
    "the year has five digits": "11990-01-01",
    "the date is a number of seconds": 631_152_000,
    "the date is of Persian digits": "۱۹۹۰-۱۲-۳۱",
    "a line feed stands behind it": "1990-12-31\nx",
    "the date has 10,000 characters": "1".repeat(10_000),
  }),
  ...Object.entries(languages).flatMap(([when, value]) =>
    rows("language", '"xx" is not a valid choice.', { [when]: value }, value),
  ),
];
