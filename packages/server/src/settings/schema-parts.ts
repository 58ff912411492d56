import { type ContractDefaults, contractDefaults, type ContractName, contractNames } from "./contract-defaults.js";
import { durationPattern } from "./duration.js";

const durationForm = 'A number and its unit, such as "10s", "5 minutes", "1h", "30d".';

export const duration = (description: string, standard: string) =>
  ({
    type: "string",
    pattern: durationPattern,
    description: `${description} ${durationForm}`,
    default: standard,
  }) as const;

/** A duration whose default is each contract's own. */
export const durationOfContract = (description: string, name: "sessionIdle" | "sessionAbsolute") =>
  ({
    type: "string",
    pattern: durationPattern,
    description: `${description} ${durationForm} ${defaultsInWords((standard) => standard[name])}`,
  }) as const;

/** Requests per client address at an endpoint, of the contracts that limit it by default. */
export const addressLimit = (description: string, endpoint: string) => {
  const limiting = contractNames.filter((name) => contractDefaults[name].addressLimits[endpoint] !== undefined);
  const [first] = limiting;
  return {
    type: "object",
    description,
    additionalProperties: false,
    required: ["limit", "per"],
    properties: {
      limit: { type: "integer", minimum: 1, maximum: 1_000_000, description: "Requests in one window." },
      per: {
        type: "string",
        pattern: durationPattern,
        description: 'The window, counted from its first request, such as "1 minute".',
      },
    },
    default: first === undefined ? undefined : contractDefaults[first].addressLimits[endpoint],
    ...(limiting.length === contractNames.length ? {} : { [contractsKey]: limiting }),
  } as const;
};

export const secret = (description: string) =>
  ({
    type: "string",
    minLength: 1,
    maxLength: 10_000,
    description: `${description} "file:/run/secrets/name" reads it from that file.`,
  }) as const;

/** Mounts of these contracts alone may have the field. */
export const onlyOf = <const S extends object>(contract: ContractName, schema: S) =>
  ({ ...schema, [contractsKey]: [contract] }) as const;

/** Where a field's schema names the contracts whose mounts may have it; validators pass over it. */
export const contractsKey = "x-contracts";

export const defaultsInWords = (value: (standard: ContractDefaults) => string | number): string =>
  `Default: ${contractNames.map((name) => `${String(value(contractDefaults[name]))} for ${name}`).join(", ")}.`;

/** Names that stand in addresses and are stored: of mounts and of providers. */
export const namePattern = "^[a-z][a-z0-9-]{0,31}$";

export const hostPattern =
  "^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$";
