import { loadSettings } from "#settings/load-settings.js";
import { makeFolder } from "#settings/make-folder.js";
import { commandTools } from "#src/compose.js";
import { type Command, CommandRefused } from "./command.js";
import { fileSize } from "./file-size.js";
import { count } from "./layout.js";
import { createProgress } from "./progress.js";

/** Replaces the list of breached passwords, beside the one that is shipped. */
export const passwordsImport: Command = {
  name: "passwords import",
  summary: "Import a list of breached passwords of haveibeenpwned.com, in place of the one imported before",
  takes: [{ form: "<hibp-file>", sentence: "the file: a SHA-1 hash in hexadecimal, a colon and a count a line" }],
  options: [],
  run: async ({ given, environment, terminal }) => {
    const [path = ""] = given;
    const { settings } = await loadSettings(environment);
    await fileSize(path);
    makeFolder(settings.dataDirectory);
    const progress = createProgress(terminal, "lines");
    const target = commandTools.breachedPasswordsFile(settings.dataDirectory);
    try {
      const { imported } = await commandTools.importBreachedPasswords(path, target, ({ lines, part }) =>
        progress.tell(lines, part),
      );
      return {
        lines: [`Imported ${count(imported, "password")}. Restart the server: it reads the list when it starts.`],
        json: { imported, file: target },
      };
    } catch (error) {
      // The adapter's own, known by its name across the border.
      if (error instanceof Error && error.name === "MalformedLine")
        throw new CommandRefused(`${path}: ${error.message}`);
      throw error;
    } finally {
      progress.end();
    }
  },
};
