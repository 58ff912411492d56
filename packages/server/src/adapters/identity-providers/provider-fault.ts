/** What does not fit in a provider's behaviour; the adapter turns it into the refusal `provider-failed` with this reason. */
export class ProviderFault extends Error {
  override readonly name = "ProviderFault";
  /** In hyphens, without anything that came from outside. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** By our own word, the library's code with the claim or standard error it means, or the socket's code; never by the provider's own text. */
export const faultReason = (cause: unknown): string => {
  const causes = causesOf(cause);
  const fault = causes.find((error) => error instanceof ProviderFault);
  if (fault !== undefined) return fault.reason;
  if (causes.some(({ name }) => name === "TimeoutError" || name === "AbortError")) return "too-slow";
  const code = causes.map((error) => wordIn(error, "code", /^[A-Z0-9_]{1,60}$/)).find((found) => found !== undefined);
  const claim = causes.map(({ cause: details }) => wordIn(details, "claim", /^[a-z_]{1,20}$/)).at(-1);
  const error = causes.map((one) => wordIn(one, "error", tokenErrors)).find((found) => found !== undefined);
  return [code ?? causes.at(-1)?.name ?? "unknown", claim, error].filter((word) => word !== undefined).join(" ");
};

/** What a token endpoint may say (RFC 6749 section 5.2). */
const tokenErrors =
  /^(?:invalid_(?:request|client|grant|scope)|unauthorized_client|unsupported_grant_type|temporarily_unavailable)$/;

/** The library wraps what was thrown below it. */
const causesOf = (cause: unknown): readonly Error[] =>
  cause instanceof Error ? [cause, ...causesOf(cause.cause)] : [];

const wordIn = (value: unknown, name: string, shape: RegExp): string | undefined => {
  const found: unknown =
    typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  return typeof found === "string" && shape.test(found) ? found : undefined;
};
