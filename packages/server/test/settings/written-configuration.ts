import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before } from "node:test";
import { type Configuration, readConfiguration } from "#settings/config.js";
import { SettingsRefused } from "#settings/settings-refused.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";

export const publicUrl = "https://id.example.org";

/** What a suite does with configuration files. */
export interface WrittenConfigurations {
  readonly readText: (text: string, publicUrl?: string) => Promise<Configuration>;
  readonly read: (written: unknown, publicUrl?: string) => Promise<Configuration>;
  /** The faults that the work is refused with, the file called "file". */
  readonly faultsOf: (work: Promise<Configuration>) => Promise<readonly string[]>;
  /** A folder of the suite's own. */
  readonly folder: () => string;
}

/** For all tests of a file. */
export const useWrittenConfiguration = (): WrittenConfigurations => {
  let folder = "";
  before(() => {
    folder = makeTemporaryFolder("config");
  });
  after(() => removeTemporaryFolder(folder));
  const readText: WrittenConfigurations["readText"] = async (text, url = publicUrl) => {
    const file = join(folder, "written.json");
    await writeFile(file, text);
    return readConfiguration({ file, publicUrl: url });
  };
  return {
    readText,
    read: (written, url) => readText(JSON.stringify(written), url),
    faultsOf: async (work) => {
      try {
        await work;
        return [];
      } catch (error) {
        assert.ok(error instanceof SettingsRefused);
        return error.faults.map((fault) => fault.replace(join(folder, "written.json"), "file"));
      }
    },
    folder: () => folder,
  };
};
