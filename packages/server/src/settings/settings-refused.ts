/** The settings cannot be used; every fault found is named, and no value that could be a secret. */
export class SettingsRefused extends Error {
  override readonly name = "SettingsRefused";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join("\n"));
    this.faults = faults;
  }
}
