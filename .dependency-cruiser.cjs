/** The borders of ARCHITECTURE.md: who may import whom. `npm run check:borders` also counts the modules that were read. */

const server = "^packages/server/src";
const npm = "(^|/)node_modules/";

/** A folder's whole list: it imports itself and these, nothing else of ours. */
function only(folder, allowed) {
  const pattern = [folder, ...allowed]
    .map((name) => (name.endsWith(".ts") ? name.replace(".", "\\.") : `${name}/`))
    .join("|");
  return {
    name: `${folder}-imports-only-${allowed.join("-") || "itself"}`,
    severity: "error",
    from: { path: `${server}/${folder}/` },
    to: { path: `${server}/`, pathNot: `${server}/(${pattern})` },
  };
}

/** npm packages, types included, are for these alone. */
function npmOnly(folder, packages) {
  return {
    name: `${folder}-uses-only-${packages.join("-") || "no"}-packages`,
    severity: "error",
    from: { path: `${server}/${folder}` },
    to: { path: npm, pathNot: packages.map((name) => `${npm}(@types/)?${name}/`) },
  };
}

module.exports = {
  forbidden: [
    only("core", []),
    only("contracts", ["core", "http"]),
    only("adapters", ["core"]),
    only("http", ["core"]),
    only("settings", ["core"]),
    only("cli", ["core", "settings", "compose.ts"]),
    {
      name: "only-entry-points-import-compose",
      severity: "error",
      from: { path: `${server}/`, pathNot: `${server}/(main\\.ts|cli/)` },
      to: { path: `${server}/compose\\.ts` },
    },
    {
      name: "nobody-imports-main-or-cli",
      severity: "error",
      from: { path: `${server}/`, pathNot: `${server}/cli/` },
      to: { path: `${server}/(main\\.ts|cli/)` },
    },
    {
      name: "core-knows-no-node",
      severity: "error",
      from: { path: `${server}/core/` },
      to: { dependencyTypes: ["core"] },
    },
    npmOnly("core/", []),
    npmOnly("contracts/", ["fastify"]),
    npmOnly("settings/", ["typebox"]),
    npmOnly("cli/", ["commander", "close-with-grace"]),
    npmOnly("(main|compose)\\.ts", []),
    {
      name: "source-imports-no-tests",
      severity: "error",
      from: { path: `${server}/` },
      to: { path: "^(packages/server/test|bench|scripts)/" },
    },
    {
      name: "packages-are-declared",
      comment:
        "An import of a package that no package.json names works by luck. The benches measure what the server ships.",
      severity: "error",
      from: { pathNot: "^bench/" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "the-server-ships-what-it-imports",
      comment: "What runs in production is a dependency of packages/server, not of the workspace.",
      severity: "error",
      from: { path: `${server}/` },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-orphans",
      comment: "Nobody imports it and it imports nobody: dead, or not wired.",
      severity: "error",
      from: { orphan: true, path: `${server}/` },
      to: {},
    },
    { name: "imports-lead-somewhere", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    moduleSystems: ["es6"],
    combinedDependencies: true,
    doNotFollow: { path: ["node_modules", "/dist/"] },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".js", ".cjs", ".d.ts"],
    },
  },
};
