import assert from "node:assert/strict";
import { test } from "node:test";
import { companyFaults } from "#settings/company-faults.js";
import { readConfiguration } from "#settings/config.js";
import { publicUrl, useWrittenConfiguration } from "./written-configuration.js";

const { read } = useWrittenConfiguration();

test("a company code is free unless the server or a mount stands where its paths begin", async () => {
  const standard = await readConfiguration({ file: undefined, publicUrl });
  const faultyOf = (configuration: typeof standard, codes: readonly string[]) =>
    codes.filter((code) => companyFaults(configuration, code).length > 0);
  const codes = [
    "acme",
    "auth",
    "account",
    "healthz",
    "readyz",
    "metrics",
    "dev",
    "reset-password",
    "default",
    "v2",
    "inner",
  ];
  const own = ["healthz", "readyz", "metrics", "dev", "reset-password"];
  assert.deepEqual(new Set(faultyOf(standard, codes)), new Set(["auth", "account", ...own]));
  const nested = await read({
    mounts: [
      { contract: "platform", prefix: "/api" },
      { contract: "jwt", prefix: "/api/inner/auth" },
    ],
  });
  assert.deepEqual(new Set(faultyOf(nested, codes)), new Set(["inner", ...own]));
});
