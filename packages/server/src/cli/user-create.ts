import { parseEmail } from "#core/identities/email.js";
import { parseUsername } from "#core/identities/username.js";
import { parseLanguage } from "#core/language.js";
import { importAccount } from "#core/registration/import-account.js";
import { type Command, UsageFault } from "./command.js";
import { chooseMount, mountWanted } from "./choose-mount.js";
import { commandMount, operatorOrigin } from "./operator.js";
import { makeResetLink, resetLinkLines } from "./reset-link.js";
import { withAdministration } from "./with-administration.js";

/** An account without a password: its owner sets one by the link that is printed. */
export const userCreate: Command = {
  name: "user create",
  summary: "Make an account without a password, and a single-use link to set one",
  takes: [],
  options: [
    { form: "--email <address>", sentence: "its e-mail address; needed" },
    { form: "--verified", sentence: "you vouch that the address is the owner's; without, it works on one mount only" },
    { form: "--username <name>", sentence: "its username" },
    { form: "--language <tag>", sentence: "its language: en, fa or ru" },
    {
      form: "--mount <name>",
      sentence: "where an address that nobody vouches for works; needed for one where there are several mounts",
    },
  ],
  run: async (call) => {
    const { options } = call;
    const email = parseEmail(options.text("email") ?? "");
    if (email === undefined) throw new UsageFault("--email needs an e-mail address");
    const usernameText = options.text("username");
    const username = usernameText === undefined ? undefined : parseUsername(usernameText);
    if (usernameText !== undefined && username === undefined) throw new UsageFault("--username is no username");
    return withAdministration(call, async (administration) => {
      const { configuration } = administration;
      const isVouchedFor = options.has("verified");
      const mount = chooseMount(configuration, options.text("mount")) ?? (isVouchedFor ? commandMount : undefined);
      if (mount === undefined)
        throw new UsageFault(
          `with --verified you vouch for the address, and it opens every mount; without, ${mountWanted(configuration)}`,
        );
      const origin = operatorOrigin(administration);
      const accountId = await importAccount(administration, {
        email,
        emailProof: isVouchedFor ? "proven" : "unproven",
        mount,
        mounts: configuration.mounts.map(({ name }) => name),
        username,
        passwordHash: undefined,
        language: parseLanguage(options.text("language")),
        createdAt: undefined,
        origin,
      });
      const link = await makeResetLink(administration, { accountId, origin });
      return { lines: [`Made account ${accountId}.`, ...resetLinkLines(link)], json: { accountId, ...link } };
    });
  },
};
