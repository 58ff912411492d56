import type { Mount } from "./mount.js";

/**
 * Places that two mounts would answer, or a mount and the server itself, in words. A mount on a host of its own stands before another
 * with the same prefix on any host; everywhere else one of the two could not be reached.
 */
export const routeCollisions = (mounts: readonly Mount[], own: Mount): readonly string[] => [
  ...mounts.flatMap((mount) =>
    sharedPaths(mount, own).map((path) => `${placeOf(mount)} would answer ${path}, which the server itself answers`),
  ),
  ...mounts.flatMap((mount, at) =>
    mounts
      .slice(0, at)
      .filter((other) => mayMeet(mount, other))
      .flatMap((other) =>
        sharedPaths(other, mount).map((path) => `${placeOf(other)} and ${placeOf(mount)} would both answer ${path}`),
      ),
  ),
];

const mayMeet = (one: Mount, other: Mount): boolean =>
  one.host === other.host || (one.prefix !== other.prefix && (one.host === undefined || other.host === undefined));

/** One is enough to tell. */
const sharedPaths = (one: Mount, other: Mount): readonly string[] => {
  const paths = new Set(pathsOf(one));
  return pathsOf(other)
    .filter((path) => paths.has(path))
    .slice(0, 1);
};

const pathsOf = ({ prefix, endpoints }: Mount): readonly string[] =>
  endpoints.map(({ path }) => `${prefix}${path}`.replace(/(?<=.)\/$/, ""));

const placeOf = ({ name, host, prefix }: Mount): string => `${name} (${host ?? ""}${prefix === "" ? "/" : prefix})`;
