/** How often a race is run: `TEST_ROUNDS` (20 in CI, 200 in `npm run test:full`), else 5. */
export function rounds(): number {
  const asked = process.env["TEST_ROUNDS"];
  if (asked === undefined) {
    return 5;
  }
  if (!/^[1-9]\d{0,5}$/.test(asked)) {
    throw new Error(`TEST_ROUNDS is a number of rounds, as in TEST_ROUNDS=20, not "${asked}"`);
  }
  return Number(asked);
}
