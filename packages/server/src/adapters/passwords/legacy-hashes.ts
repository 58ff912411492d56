import { pbkdf2, scrypt, type ScryptOptions, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { verify as verifyArgon2 } from "@node-rs/argon2";
import { verify as verifyBcrypt } from "@node-rs/bcrypt";

/** How a stored hash was made. `trilithon-argon2id` is ours, peppered; the others come from imports. */
export type HashKind =
  | "trilithon-argon2id"
  | "argon2"
  | "bcrypt"
  | "pbkdf2-sha256"
  | "django-scrypt"
  | "phc-scrypt"
  | "unknown";

/** What may be said of a hash without verifying it. */
export interface HashDescription {
  readonly kind: HashKind;
  /** Verifying it is possible and costs no more than the bounds allow. */
  readonly isAcceptable: boolean;
  /** Why it is not, as the rest of a sentence; empty when it is. Repeats nothing of the hash. */
  readonly reason: string;
}

/** A hash as stored, read and within bounds, or what is wrong with it. */
export type StoredHash =
  | { readonly kind: HashKind; readonly fault: string }
  | {
      readonly kind: HashKind;
      readonly fault?: never;
      /** The version of the pepper that `matches` needs. */
      readonly pepperVersion?: string;
      /** Takes a thread of the pool for as long as the hash is dear. Answers `false` rather than reject. */
      matches(password: string, pepper: Uint8Array | undefined): Promise<boolean>;
    };

/** What an import may bring: every cost below is read and bounded before anything is spent. */
const hashBounds = {
  length: 512,
  argon2: { memory: 131_072, passes: 10, lanes: 4 },
  bcryptCost: 14,
  pbkdf2Iterations: 2_000_000,
  scrypt: { memory: 128 * 1024 * 1024, work: 2 ** 20 },
} as const;

/** Tells whether a hash may be stored: the right check for an import. */
export const describeHash = (hash: string): HashDescription => {
  const { kind, fault } = readStoredHash(hash);
  return { kind, isAcceptable: fault === undefined, reason: fault ?? "" };
};

/** Recognises a hash and checks its bounds; never throws. */
export const readStoredHash = (hash: string): StoredHash => {
  if (hash.length > hashBounds.length)
    return { kind: "unknown", fault: `is longer than ${hashBounds.length} characters` };
  const family = families.find(({ sign }) => sign.test(hash));
  if (family === undefined) return { kind: "unknown", fault: "is of no kind that is known" };
  const match = family.form.exec(hash);
  if (match === null) return { kind: family.kind, fault: "is malformed" };
  const read = family.read(match.groups ?? {}, hash);
  return typeof read === "string" ? { kind: family.kind, fault: read } : { kind: family.kind, ...read };
};

/** `pepperVersion` and the PHC string that remains: how our own hashes are stored. */
export const storedForm = (pepperVersion: string, phc: string): string =>
  `${ownPrefix}${pepperVersion}${phc.slice("$argon2id".length)}`;

type Groups = Readonly<Record<string, string | undefined>>;
type Readable = Omit<Extract<StoredHash, { fault?: never }>, "kind" | "fault">;

interface HashFamily {
  readonly kind: HashKind;
  readonly sign: RegExp;
  readonly form: RegExp;
  /** The hash, or why it is refused. */
  readonly read: (groups: Groups, hash: string) => Readable | string;
}

const ownPrefix = "$trilithon-argon2id$k=";
const argon2Tail = String.raw`\$v=(?<version>16|19)\$m=(?<m>\d{1,10}),t=(?<t>\d{1,10}),p=(?<p>\d{1,10})\$(?<salt>[A-Za-z0-9+/]{11,86})\$(?<digest>[A-Za-z0-9+/]{16,172})$`;
const base64 = "[A-Za-z0-9+/]+={0,2}";

const families: readonly HashFamily[] = [
  {
    kind: "trilithon-argon2id",
    sign: /^\$trilithon-argon2id\$/,
    form: new RegExp(String.raw`^\$trilithon-argon2id\$k=(?<pepper>[A-Za-z0-9_-]{1,64})(?<tail>${argon2Tail})`),
    read: ({ pepper = "", tail, ...costs }) =>
      faultOfArgon2(costs) ?? {
        pepperVersion: pepper,
        matches: async (password, key) => key !== undefined && matchesArgon2(`$argon2id${tail}`, password, key),
      },
  },
  {
    kind: "argon2",
    sign: /^\$argon2(?:id|i|d)\$/,
    form: new RegExp(String.raw`^\$argon2(?:id|i|d)${argon2Tail}`),
    read: (costs, hash) => faultOfArgon2(costs) ?? { matches: (password) => matchesArgon2(hash, password, undefined) },
  },
  {
    kind: "bcrypt",
    sign: /^\$2[abxy]\$/,
    form: /^\$2(?<version>[abxy])\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/,
    read: ({ version, cost }, hash) => faultOfBcrypt(Number(cost)) ?? { matches: bcryptMatcher(hash, version) },
  },
  {
    kind: "pbkdf2-sha256",
    sign: /^pbkdf2_sha256\$/,
    form: /^pbkdf2_sha256\$(?<iterations>\d{1,10})\$(?<salt>[^$]{1,128})\$(?<digest>[A-Za-z0-9+/]{43}=)$/,
    read: ({ iterations, salt = "", digest = "" }) =>
      faultOfCount("iterations", Number(iterations), hashBounds.pbkdf2Iterations) ?? {
        matches: (password) =>
          isDigest(digest, (size) => derivePbkdf2(password, salt, Number(iterations), size, "sha256")),
      },
  },
  {
    kind: "django-scrypt",
    sign: /^scrypt\$/,
    form: new RegExp(
      String.raw`^scrypt\$(?<n>\d{1,10})\$(?<salt>[^$]{1,128})\$(?<r>\d{1,10})\$(?<p>\d{1,10})\$(?<digest>${base64})$`,
    ),
    read: ({ n, r, p, salt = "", digest = "" }) =>
      readScrypt({ n: Number(n), r: Number(r), p: Number(p) }, salt, digest),
  },
  {
    kind: "phc-scrypt",
    sign: /^\$scrypt\$/,
    form: new RegExp(
      String.raw`^\$scrypt\$ln=(?<ln>\d{1,10}),r=(?<r>\d{1,10}),p=(?<p>\d{1,10})\$(?<salt>${base64})\$(?<digest>${base64})$`,
    ),
    read: ({ ln, r, p, salt = "", digest = "" }) =>
      readScrypt({ n: costOfLn(Number(ln)), r: Number(r), p: Number(p) }, Buffer.from(salt, "base64"), digest),
  },
];

const faultOfCount = (noun: string, count: number, most: number): string | undefined => {
  if (count > most) return `asks for more than ${most} ${noun}`;
  return count < 1 ? `asks for no ${noun}` : undefined;
};

const faultOfArgon2 = ({ m, t, p }: Groups): string | undefined => {
  const { memory, passes, lanes } = hashBounds.argon2;
  const tooLittle = Number(m) < 8 * Number(p) ? "asks for less memory than its lanes need" : undefined;
  return (
    faultOfCount("KiB of memory", Number(m), memory) ??
    faultOfCount("passes", Number(t), passes) ??
    faultOfCount("lanes", Number(p), lanes) ??
    tooLittle
  );
};

const matchesArgon2 = async (phc: string, password: string, secret: Uint8Array | undefined): Promise<boolean> => {
  try {
    return await verifyArgon2(phc, password, secret === undefined ? {} : { secret });
  } catch {
    // The library rejects what its own parser refuses, such as base64 with stray bits.
    return false;
  }
};

const faultOfBcrypt = (cost: number): string | undefined => {
  if (cost < 4) return "has a cost below 4";
  return cost > hashBounds.bcryptCost ? `has a cost above ${hashBounds.bcryptCost}` : undefined;
};

/** As bcrypt itself, only the first 72 bytes count. */
const bcryptMatcher = (hash: string, version: string | undefined) => async (password: string) => {
  // `2x` marks hashes of a library that took bytes above 127 wrongly; for others it is the same as `2b`.
  if (version === "x" && /[^\0-\x7f]/.test(password)) return false;
  try {
    return await verifyBcrypt(password, hash);
  } catch {
    return false;
  }
};

/** The exponent in the PHC form; Ory Kratos writes N itself there, which no exponent within bounds reaches. */
const costOfLn = (ln: number): number => (ln < 64 ? 2 ** ln : ln);

const derivePbkdf2 = promisify(pbkdf2);
const deriveScrypt = promisify<string, string | Buffer, number, ScryptOptions, Buffer>(scrypt);

interface ScryptCosts {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

const readScrypt = ({ n, r, p }: ScryptCosts, salt: string | Buffer, digest: string): Readable | string => {
  const { memory, work } = hashBounds.scrypt;
  if (n < 2 || r < 1 || p < 1 || !Number.isInteger(Math.log2(n))) return "has costs that scrypt does not know";
  if (n * r * 128 > memory) return `asks for more than ${memory / 1024} KiB of memory`;
  if (n * r * p > work) return `asks for more work than ${work} blocks`;
  return {
    matches: (password) =>
      isDigest(digest, (size) => deriveScrypt(password, salt, size, { N: n, r, p, maxmem: 2 * memory })),
  };
};

const isDigest = async (digest: string, derive: (size: number) => Promise<Buffer>): Promise<boolean> => {
  const expected = Buffer.from(digest, "base64");
  // Fewer bytes than 16 would be guessed, not known.
  return expected.length >= 16 && expected.length <= 64 && timingSafeEqual(await derive(expected.length), expected);
};
