/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A copy of the process's environment: the only place that reads it. */
export const readEnvironment = (): Environment => ({ ...process.env });
