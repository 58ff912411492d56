import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Mount } from "#http/mount.js";
import { routeCollisions } from "#http/route-collisions.js";

const mount = (name: string, prefix: string, paths: readonly string[], host?: string): Mount => ({
  name,
  prefix,
  host,
  corsOrigins: [],
  endpoints: paths.map((path) => ({ name: path, method: "POST", path, answer: () => Promise.reject(new Error()) })),
  speak: () => ({ status: 500 }),
  told: () => "",
});
const own = mount("hosted", "", ["/healthz", "/reset-password"]);
const root = mount("account", "", ["/register/", "/register", "/mobile/login/", "/mobile/login", "/reset/"]);

describe("collisions of mounts", () => {
  const rows: readonly [when: string, mounts: readonly Mount[], collisions: readonly string[]][] = [
    ["mounts lie apart", [mount("a", "/a", ["/x"]), mount("b", "/b", ["/x"])], []],
    ["one lies below the root of the other", [root, mount("jwt", "/auth", ["/register", "/login"])], []],
    [
      "one lies where the root answers",
      [root, mount("jwt", "/mobile", ["/login", "/register"])],
      ["account (/) and jwt (/mobile) would both answer /mobile/login"],
    ],
    [
      "they differ by a slash alone",
      [mount("a", "", ["/x/y/"]), mount("b", "/x", ["/y"])],
      ["a (/) and b (/x) would both answer /x/y"],
    ],
    ["they stand on two hosts", [mount("a", "", ["/x"], "a.org"), mount("b", "", ["/x"], "b.org")], []],
    ["one has a host of its own at the same prefix", [mount("a", "", ["/x"], "a.org"), mount("b", "", ["/x"])], []],
    [
      "one has a host of its own at another prefix",
      [mount("a", "", ["/x/y"], "a.org"), mount("b", "/x", ["/y"])],
      ["a (a.org/) and b (/x) would both answer /x/y"],
    ],
    [
      "one answers what the server itself answers, on whatever host",
      [mount("a", "", ["/reset-password"], "a.org"), mount("b", "", ["/healthz/"])],
      [
        "a (a.org/) would answer /reset-password, which the server itself answers",
        "b (/) would answer /healthz, which the server itself answers",
      ],
    ],
    [
      "three collide",
      [mount("a", "", ["/x/y/z"]), mount("b", "/x", ["/y/z"]), mount("c", "/x/y", ["/z"])],
      [
        "a (/) and b (/x) would both answer /x/y/z",
        "a (/) and c (/x/y) would both answer /x/y/z",
        "b (/x) and c (/x/y) would both answer /x/y/z",
      ],
    ],
  ];
  for (const [when, mounts, collisions] of rows) {
    it(`are ${collisions.length} when ${when}`, () => {
      assert.deepEqual(routeCollisions(mounts, own), collisions);
    });
  }
});
