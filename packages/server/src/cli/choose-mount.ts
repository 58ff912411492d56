import type { Configuration } from "#settings/config.js";
import { UsageFault } from "./command.js";

/** The mount that was named, or the only one there is. */
export const chooseMount = ({ mounts }: Configuration, named: string | undefined): string => {
  const names = mounts.map(({ name }) => name);
  const [only] = names;
  if (named === undefined && only !== undefined && names.length === 1) return only;
  if (named !== undefined && names.includes(named)) return named;
  const fault =
    named === undefined ? "--mount is needed, since there are several" : `no mount is called ${JSON.stringify(named)}`;
  throw new UsageFault(`${fault}: ${names.join(", ")}`);
};
