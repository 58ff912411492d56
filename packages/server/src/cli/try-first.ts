import type { Configuration } from "#settings/config.js";

/** What to try first on a server that has just started, for a person at its terminal. */
export const tryFirst = (url: string, { mounts }: Configuration): readonly string[] => {
  const mount = mounts.find(({ host }) => host === undefined);
  const json = "-H 'content-type: application/json'";
  const calls =
    mount === undefined
      ? []
      : [
          `  curl ${url}${mount.prefix}/register ${json} \\`,
          `    -d '{"username":"ada","email":"ada@example.org","password":"Analytical-Engine-1843"}'`,
          `  curl ${url}${mount.prefix}/login ${json} \\`,
          `    -d '{"email":"ada@example.org","password":"Analytical-Engine-1843"}'`,
        ];
  return [
    "",
    `Trilithon listens on ${url}`,
    "",
    "Try first, in another terminal:",
    ...calls,
    "  npx trilithon user find ada      who is there",
    "  npx trilithon error <id>         why a request was refused: the id is in its x-request-id header",
    "  npx trilithon doctor             whether all is well",
    "",
    "Ctrl+C stops the server.",
    "",
  ];
};
