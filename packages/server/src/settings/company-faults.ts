import type { Configuration } from "./config.js";
import { ownPaths, placeOf } from "./mount-config.js";

/** Why a realm of this company code could not be reached, since something else stands where its paths begin; none when it could. */
export const companyFaults = ({ mounts }: Pick<Configuration, "mounts">, company: string): readonly string[] => {
  // Where there is no such mount yet, one at the root is what may come.
  const platforms = mounts.filter(({ contract }) => contract === "platform").map(({ prefix }) => prefix);
  const places = [...new Set(["", ...platforms])].map((prefix) => `${prefix}/${company}`);
  return [
    ...(ownPaths.includes(company) ? [`the server itself answers at /${company}`] : []),
    ...mounts
      .filter(({ prefix }) => places.some((place) => prefix === place || prefix.startsWith(`${place}/`)))
      .map((mount) => `the mount ${placeOf(mount)} stands there`),
  ];
};
