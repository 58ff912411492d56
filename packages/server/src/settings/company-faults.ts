import type { Configuration } from "./config.js";
import { ownPaths, placeOf } from "./mount-config.js";

/** Why a realm of this company code could not be reached, since something else answers below its path; none when it could. */
export const companyFaults = ({ mounts }: Pick<Configuration, "mounts">, company: string): readonly string[] => [
  ...(ownPaths.includes(company) ? [`the server itself answers at /${company}`] : []),
  ...mounts
    .filter(({ prefix }) => prefix.split("/")[1] === company)
    .map((mount) => `the mount ${placeOf(mount)} stands there`),
];
