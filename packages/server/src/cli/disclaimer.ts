import { addDisclaimer } from "#core/disclaimers/add-disclaimer.js";
import type { Disclaimer } from "#core/disclaimers/disclaimer.js";
import { findLanguage } from "#core/language.js";
import { isUrl } from "#settings/is-url.js";
import { type Command, CommandRefused, type Options, UsageFault } from "./command.js";
import { companyTerm, getRealm } from "./find-realm.js";
import { inColumns, time } from "./layout.js";
import { operatorOrigin } from "./operator.js";
import { parseTime } from "./parse-time.js";
import { withAdministration } from "./with-administration.js";

/** What users have to accept from some time on. A version that is there never changes. */
export const disclaimerAdd: Command = {
  name: "disclaimer add",
  summary: "Add a version of a legal text, which users have to accept from then on",
  takes: [
    companyTerm,
    { form: "<code>", sentence: "which text it is, such as terms: small letters, digits, dots, hyphens" },
    { form: "<version>", sentence: "its version, such as 2026-01: letters, digits, dots, hyphens" },
  ],
  options: [
    {
      form: "--title <language=text...>",
      sentence: "its title, such as en=Terms of use; once for each language; needed",
    },
    { form: "--url <url>", sentence: "where it is read; needed" },
    { form: "--from <time>", sentence: "it is required from this RFC 3339 time; without, from now" },
  ],
  run: async (call) => {
    const [company = "", code = "", version = ""] = call.given;
    const { options } = call;
    if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(code))
      throw new UsageFault("the code is not of small letters, digits, dots and hyphens, at most 64");
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(version))
      throw new UsageFault("the version is not of letters, digits, dots and hyphens, at most 64");
    const titles = parseTitles(options.texts("title"));
    const url = parseUrl(options.text("url"));
    const from = parseFrom(options);
    return withAdministration(call, async (administration) => {
      const { transaction } = await getRealm(administration, company);
      const requiredFrom = from ?? administration.clock.now();
      const disclaimer = { code, version, titles, url, requiredFrom };
      const origin = operatorOrigin(administration);
      if (!(await addDisclaimer({ ...administration, transaction }, { ...disclaimer, origin })))
        throw new CommandRefused(`${code} ${version} is there already: versions do not change. Add another version`);
      return {
        lines: [`Added ${code} ${version}: to be accepted from ${time(requiredFrom)}.`],
        json: { company, ...disclaimer, requiredFrom: time(requiredFrom) },
      };
    });
  },
};

export const disclaimerList: Command = {
  name: "disclaimer list",
  summary: "List the versions of a realm's legal texts",
  takes: [companyTerm],
  options: [],
  run: (call) =>
    withAdministration(call, async (administration) => {
      const { stores } = await getRealm(administration, call.given[0] ?? "");
      const disclaimers = await stores.disclaimers.list();
      const required = await stores.disclaimers.requiredAt(administration.clock.now());
      const isRequired = (one: Disclaimer): boolean =>
        required.some(({ code, version }) => code === one.code && version === one.version);
      return {
        lines:
          disclaimers.length === 0
            ? ["There is none: users of the realm have nothing to accept."]
            : inColumns(
                ["code", "version", "required", "from", "titles", "url"],
                disclaimers.map((one) => [
                  one.code,
                  one.version,
                  isRequired(one) ? "yes" : "no",
                  time(one.requiredFrom),
                  Object.entries(one.titles)
                    .map(([language, title]) => `${language}: ${title}`)
                    .join(", "),
                  one.url,
                ]),
              ),
        json: {
          disclaimers: disclaimers.map((one) => ({
            ...one,
            requiredFrom: time(one.requiredFrom),
            createdAt: time(one.createdAt),
            isRequired: isRequired(one),
          })),
        },
      };
    }),
};

const parseTitles = (texts: readonly string[]): Disclaimer["titles"] => {
  const titles = new Map<string, string>();
  for (const text of texts) {
    const [, tag = "", title = ""] = /^([A-Za-z_-]{2,35})=(.{1,200})$/u.exec(text) ?? [];
    const language = findLanguage(tag);
    if (language === undefined || title.trim() === "" || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(title))
      throw new UsageFault(
        `--title has ${JSON.stringify(text)}, which is no language and title such as en=Terms of use`,
      );
    if (titles.has(language)) throw new UsageFault(`--title has two titles in ${language}`);
    titles.set(language, title.trim());
  }
  if (titles.size === 0) throw new UsageFault("--title is needed, such as --title 'en=Terms of use'");
  return Object.fromEntries(titles);
};

const parseUrl = (text = ""): string => {
  const [withoutFragment = ""] = text.split(/[?#]/, 1);
  if (!isUrl(withoutFragment, { insecure: "loopback" }) || !/^[!-~]{1,2000}$/.test(text))
    throw new UsageFault("--url needs an address such as https://example.org/terms");
  return text;
};

const parseFrom = (options: Options): number | undefined => {
  const text = options.text("from");
  const at = text === undefined ? undefined : parseTime(text);
  if (text !== undefined && at === undefined)
    throw new UsageFault("--from is no RFC 3339 time such as 2026-01-31T12:00:00Z");
  return at;
};
