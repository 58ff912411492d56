import type { Configuration } from "#settings/config.js";
import { UsageFault } from "./command.js";

/** The mount that was named, or the only one there is where an unproven address works; `undefined` when there are several and none was named. */
export const chooseMount = (configuration: Configuration, named: string | undefined): string | undefined => {
  const names = namesOf(configuration);
  const [only] = names;
  if (named === undefined) return names.length === 1 ? only : undefined;
  if (names.includes(named)) return named;
  throw new UsageFault(`no mount is called ${JSON.stringify(named)}: ${names.join(", ")}`);
};

/** What is wanted for an address that nobody vouches for, which works on one mount alone. */
export const mountWanted = (configuration: Configuration): string =>
  `name the one mount where it works with --mount: ${namesOf(configuration).join(", ")}`;

/** Nobody signs in with what he has not proven on mounts of the contract platform. */
const namesOf = ({ mounts }: Configuration): readonly string[] =>
  mounts.filter(({ contract }) => contract !== "platform").map(({ name }) => name);
