import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { routes as accountRoutes } from "#contracts/account/routes.js";
import { hardenedRoutes, routes as jwtRoutes } from "#contracts/jwt/routes.js";
import { limitOf, routes as platformRoutes } from "#contracts/platform/routes.js";
import { contractDefaults, type ContractName } from "#settings/contract-defaults.js";

// What an endpoint takes its limit by, and what has one: a name that only one of them knows would limit nothing.
const limited: Readonly<Record<ContractName, readonly string[]>> = {
  account: accountRoutes.flatMap(({ limit }) => limit ?? []),
  platform: platformRoutes.flatMap((route) => limitOf(route) ?? []),
  jwt: [...jwtRoutes, ...hardenedRoutes].map(({ name }) => name),
};

describe("limits per client address", () => {
  for (const [contract, { addressLimits }] of Object.entries(contractDefaults)) {
    const names = Object.keys(addressLimits);
    it(`of ${contract} are each taken by an endpoint`, () => {
      const known = limited[contract as ContractName];
      assert.deepEqual(
        names.filter((name) => !known.includes(name)),
        [],
      );
    });
  }

  it("of account are there for each endpoint that takes one", () => {
    const names = Object.keys(contractDefaults.account.addressLimits);
    assert.deepEqual(new Set(limited.account), new Set(names));
  });
});
