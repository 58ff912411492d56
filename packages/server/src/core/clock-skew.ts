/**
 * Milliseconds by which the clocks of two nodes may differ. What was made later than that from now was made before the clock was
 * set back, and is over: setting a clock back brings no code and no hand-off to life again.
 */
export const clockSkew = 120_000;
