import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import {
  type Headers,
  newNonce,
  type Scheme,
  schemes,
  secondsNow,
  signed,
  type SigningKey,
  type Unsigned,
} from "../server/signing.js";
import type { Seeded } from "./seeded.js";

/** A request as it goes over the wire; a header of several values is sent so many times. */
export interface Wire {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

export interface Mutation {
  /** Of which kind. */
  readonly what: string;
  /** As its owner signed it, and sent to nobody. */
  readonly genuine: Wire;
  readonly changed: Wire;
}

/** What requests are made of. */
export interface Surroundings {
  readonly own: SigningKey;
  /** Another key of the realm, as good as the own one. */
  readonly other: SigningKey;
  readonly host: string;
  /** Below which the endpoints stand. */
  readonly prefix: string;
  readonly userIds: readonly string[];
}

interface Given {
  readonly wire: Wire;
  readonly unsigned: Unsigned;
  readonly scheme: Scheme;
  readonly chance: Seeded;
  readonly around: Surroundings;
}

/** A genuine request of the seed, with one thing changed. */
export function mutation(chance: Seeded, around: Surroundings): Mutation {
  const scheme = chance.pick(schemes);
  const unsigned = givenRequest(chance, around);
  const wire = toWire(unsigned, signed(scheme, around.own, unsigned));
  const [kind, change] = chance.pick(Object.entries(changes));
  const changed = change({ wire, unsigned, scheme, chance, around });
  assert.notDeepEqual(changed, wire, `${kind} changes nothing`);
  return { what: `${scheme}, ${kind}`, genuine: wire, changed };
}

const givenRequest = (chance: Seeded, { host, prefix, userIds }: Surroundings): Unsigned => {
  if (chance.below(2) === 0)
    return {
      method: "GET",
      host,
      target: `${prefix}/users/${chance.pick(userIds)}?a=${chance.below(100)}&b=x`,
      body: "",
    };
  const emails = [`m${chance.below(2 ** 31)}-${newNonce()}@example.org`.toLowerCase()];
  const body = JSON.stringify({ emails, first_name: "Ada", custom: { n: chance.below(1000) } });
  return { method: "POST", host, target: `${prefix}/users?a=1`, body };
};

const toWire = ({ method, host, target, body }: Unsigned, headers: Headers): Wire => ({
  method,
  target,
  headers: { ...headers, host, ...(body === "" ? {} : { "content-type": "application/json" }) },
  body,
});

/** Signs something else than what is sent. */
const signedAs = ({ wire, unsigned, scheme, around }: Given, over: Partial<Unsigned>): Wire => ({
  ...wire,
  headers: { ...wire.headers, ...signed(scheme, around.own, { ...unsigned, ...over }) },
});

const withHeaders = (wire: Wire, over: Wire["headers"]): Wire => ({ ...wire, headers: { ...wire.headers, ...over } });

/** So that nothing but the signature stands in its way. */
const withBody = (wire: Wire, body: string | Uint8Array): Wire => ({
  ...withHeaders(wire, { "content-type": "application/json" }),
  body,
});

/** One character becomes another one that could stand there. */
const changeOne = (chance: Seeded, text: string, letters: string): string => {
  const at = chance.below(Math.max(1, text.length));
  const others = [...letters].filter((letter) => letter !== text[at]);
  return `${text.slice(0, at)}${chance.pick(others)}${text.slice(at + 1)}`;
};

const base64url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const headersOf: Readonly<Record<Scheme, readonly string[]>> = {
  platform: ["authorization", "x-timestamp", "x-nonce"],
  rfc9421: ["signature", "signature-input", "content-digest"],
};

const textOf = (wire: Wire, name: string): string => String(wire.headers[name] ?? "");

const changes: Readonly<Record<string, (given: Given) => Wire>> = {
  "another byte of the body": ({ wire, chance }) =>
    withBody(
      wire,
      (String(wire.body) || '{"a":"Ada"}').replace("Ada", (found) => changeOne(chance, found, "ABCDabcd")),
    ),
  "blanks in the body": ({ wire, chance }) =>
    withBody(wire, `${String(wire.body) || "{}"}${" ".repeat(1 + chance.below(3))}`),
  "no body": ({ wire }) => withBody(wire, wire.body === "" ? "{}" : ""),
  "a member more": ({ wire, chance }) =>
    withBody(wire, (String(wire.body) || '{"a":1}').replace("{", `{"last_name":"L${chance.below(99)}",`)),
  "the body in gzip": ({ wire }) => withHeaders(withBody(wire, gzipSync(wire.body)), { "content-encoding": "gzip" }),
  "the body in chunks of its own": ({ wire }) => {
    const size = Buffer.byteLength(String(wire.body)).toString(16);
    return withBody(wire, `${size}\r\n${String(wire.body)}\r\n0\r\n\r\n`);
  },
  "another method": ({ wire, chance }) => ({
    ...wire,
    method: chance.pick(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"].filter((name) => name !== wire.method)),
  }),
  "another method signed": (given) =>
    signedAs(given, {
      method: given.chance.pick(["HEAD", "PUT", "get", given.unsigned.method === "GET" ? "POST" : "GET"]),
    }),
  "another path": ({ wire, chance, around }) => ({
    ...wire,
    target: chance.pick([
      wire.target.replace("/v2/", "/v1/"),
      wire.target.replace("?", "/?"),
      wire.target.replace("/v2/", "//v2/"),
      wire.target.replace(/users[^?]*/, `users/${chance.pick(around.userIds)}x`),
      wire.target.replace("users", "user%73"),
      `http://${around.host}${wire.target}`,
    ]),
  }),
  "another user signed": (given) =>
    signedAs(given, {
      target: given.unsigned.target.replace(/users[^?]*/, `users/${given.chance.pick(given.around.userIds)}0`),
    }),
  "another query": ({ wire, chance }) => ({
    ...wire,
    target: chance.pick([
      wire.target.split("?")[0] ?? "",
      `${wire.target}&`,
      `${wire.target}&token=x`,
      `${wire.target}#x`.replace("#x", "&x=1"),
      wire.target.replace("?a", "?A"),
      wire.target.replace("?", "??"),
      wire.target.replace("=", "%3D"),
      `${wire.target}%20`,
    ]),
  }),
  "another query signed": (given) =>
    signedAs(given, { target: `${given.unsigned.target}${given.chance.pick(["&", "?", "&a=1", "0"])}` }),
  "a character of a header": ({ wire, scheme, chance }) => {
    const name = chance.pick(headersOf[scheme]);
    const value = textOf(wire, name);
    // Behind the scheme or the label, whose case may vary as RFC 9110 says.
    const head = /^(?:Signature |sig1=)?/.exec(value)?.[0] ?? "";
    const letters = name === "x-timestamp" ? "0123456789" : base64url;
    return withHeaders(wire, { [name]: head + changeOne(chance, value.slice(head.length), letters) });
  },
  "a header cut": ({ wire, scheme, chance }) => {
    const name = chance.pick(headersOf[scheme]);
    const value = textOf(wire, name);
    return withHeaders(wire, { [name]: value.slice(0, value.length - 1 - chance.below(4)) });
  },
  "a header longer": ({ wire, scheme, chance }) => {
    const name = chance.pick(headersOf[scheme]);
    return withHeaders(wire, { [name]: textOf(wire, name) + chance.pick(["0", "=", ",", ";x", "A"]) });
  },
  "a header missing": ({ wire, scheme, chance }) => {
    const { [chance.pick(headersOf[scheme])]: _left, ...headers } = wire.headers;
    return { ...wire, headers };
  },
  "a header twice": ({ wire, scheme, chance }) => {
    const name = chance.pick([...headersOf[scheme], "x-api-key"]);
    return withHeaders(wire, { [name]: [textOf(wire, name), textOf(wire, name)] });
  },
  "another time": ({ wire, scheme, chance }) => {
    const by = (1 + chance.below(250)) * chance.pick([1, -1]);
    return scheme === "platform"
      ? withHeaders(wire, { "x-timestamp": String(Number(textOf(wire, "x-timestamp")) + by) })
      : withHeaders(wire, {
          "signature-input": textOf(wire, "signature-input").replace(
            chance.pick([/created=(\d+)/, /expires=(\d+)/]),
            (found, at: string) => found.replace(at, String(Number(at) + by)),
          ),
        });
  },
  "a time that is over": (given) => {
    const { wire, unsigned, scheme, chance, around } = given;
    const off = 302 + chance.below(1_000_000);
    const at = secondsNow() + off * chance.pick([1, -1]);
    return withHeaders(wire, signed(scheme, around.own, unsigned, { at }));
  },
  "another host": ({ wire, chance, around }) => {
    const { host } = around;
    const others = ["evil.example", `${host}:8080`, `${host}.`, `www.${host}`, host.slice(1), `${host}, evil.example`];
    return withHeaders(wire, { host: chance.pick(others) });
  },
  "another host signed, and named by a proxy": (given) => {
    const host = given.chance.pick(["evil.example", `${given.around.host}:8080`]);
    return withHeaders(signedAs(given, { host }), { "x-forwarded-host": host, forwarded: `host=${host}` });
  },
  "another key": ({ wire, around }) => withHeaders(wire, { "x-api-key": around.other.key }),
  "another key's secret": ({ wire, unsigned, scheme, around, chance }) => {
    const secret = chance.pick([
      around.other.secret,
      "",
      around.own.key,
      around.own.secret.toLowerCase(),
      `${around.own.secret} `,
    ]);
    return withHeaders(wire, signed(scheme, { ...around.own, secret }, unsigned));
  },
  "a line forged into a header": (given) => {
    const { unsigned } = given;
    // What stands after the method would be read as the host by whoever joined unchecked texts.
    return signedAs(given, { host: `${unsigned.host}\n${unsigned.target}`, target: "" });
  },
  "the other scheme's signature": ({ wire, unsigned, scheme, around }) => {
    const other = signed(scheme === "platform" ? "rfc9421" : "platform", around.own, { ...unsigned, target: "/" });
    return { ...wire, headers: { ...toWire(unsigned, other).headers } };
  },
};
