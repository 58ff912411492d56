import cors from "@fastify/cors";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Answer, SentHeaders, WireRequest } from "./answer.js";
import { Answered } from "./answered.js";
import { canonicalAddress } from "./client-address.js";
import { type Failure, reasonOf } from "./failure.js";
import { fitsPath } from "./fits-path.js";
import { hostName } from "./host-name.js";
import { isLocalRequest } from "./local-request.js";
import { type ArrivingRequest, type Endpoint, findMount, type Mount } from "./mount.js";
import { headerValues, singleHeader } from "./single-header.js";
import { answerUnreadable } from "./unreadable.js";
import { WireRefusal } from "./wire-refusal.js";

export interface ServerOptions {
  readonly mounts: readonly Mount[];
  /** The mount that speaks where no contract does. */
  readonly fallback: Mount;
  /** Addresses and ranges whose forwarding headers count. */
  readonly trustedProxies: readonly string[];
  newRequestId(): string;
  onFailure(failure: Failure): void;
  /** Milliseconds, monotonic, for `onRequest`. */
  onRequest?(request: FinishedRequest): void;
}

export interface FinishedRequest {
  readonly requestId: string;
  readonly mount: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** Milliseconds. */
  readonly tookIn: number;
}

/** The largest body of any contract, in bytes. */
const bodyLimit = 64 * 1024;

/** Longer than any head that Node reads: what is wrong with a part of a path is for its endpoint to say. */
const longestTarget = 32 * 1024;

/** Milliseconds in which a request, its body included, has to arrive. */
const arrivesIn = 30_000;

/** Milliseconds in which a closing server finishes what it has accepted; by then only callers who never send the rest are left. */
const finishesIn = 6_000;

declare module "fastify" {
  interface FastifyRequest {
    mount: Mount | null;
    /** What its mount's `admit` said; `null` where a mount has none. */
    admission: Admission | null;
  }
  interface FastifyReply {
    failure: Failure | null;
  }
  interface FastifyContextConfig {
    /** Whose route it is. */
    mount?: Mount;
    endpoint?: Endpoint;
  }
}

type Admission = { readonly admitted: unknown } | { readonly refused: unknown };

// Constant for every answer; a plugin that computes them costs as much as the framework itself.
const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** Builds the HTTP server: routes of all mounts, one request id, one way to fail. It does not listen yet. */
export const createServer = async (options: ServerOptions): Promise<FastifyInstance> => {
  const server = Fastify({
    logger: false,
    bodyLimit,
    trustProxy: options.trustedProxies.length > 0 ? [...options.trustedProxies] : false,
    genReqId: () => options.newRequestId(),
    requestIdHeader: false,
    exposeHeadRoutes: true,
    return503OnClosing: false,
    forceCloseConnections: "idle",
    requestTimeout: arrivesIn,
    // Node takes the shorter of its two limits for the head alone, and looks at them every 30 s unless told otherwise.
    http: { headersTimeout: arrivesIn, connectionsCheckingInterval: 5_000 },
    keepAliveTimeout: 72_000,
    routerOptions: {
      ignoreTrailingSlash: false,
      caseSensitive: true,
      maxParamLength: longestTarget,
      constraints: { host: hostConstraint },
    },
    rewriteUrl: ({ url = "" }) => (isPlain(pathIn(url)) ? url : notThere),
    frameworkErrors: (_error, request, reply) => fail(options, new WireRefusal("not-found", {}), request, reply),
    clientErrorHandler: (error, socket) => answerUnreadable(options, error, socket),
  });
  server.decorateRequest("mount", null);
  server.decorateRequest("admission", null);
  server.decorateReply("failure", null);
  // Expectations that nobody knows may be passed over (RFC 9110 section 10.1.1); Node would answer 417 past us, without an id.
  server.server.on("checkExpectation", (request, response) => server.server.emit("request", request, response));
  readBodiesRaw(server);
  server.addHook("onRequest", async (request, reply) => {
    request.mount = mountOf(options, request) ?? null;
    reply.headers(securityHeaders).header("x-request-id", request.id);
    if (request.mount?.admit !== undefined) request.admission = await admit(request.mount, request);
  });
  await server.register(cors, {
    delegator: (request, done) => {
      if (request.mount?.allowsOrigin === undefined) return done(null, corsOf(request));
      // oxlint-disable-next-line promise/no-callback-in-promise -- the plugin takes a callback, or a promise for every request.
      void allowedCorsOf(request.mount, request).then((options) => done(null, options), done);
    },
  });
  server.addHook("onRequest", async (request) => {
    if (request.admission !== null && "refused" in request.admission) throw request.admission.refused;
    // The router knows the routes of mounts that this one hides; the one for `OPTIONS` is nobody's.
    const { mount } = request.routeOptions.config;
    if (mount !== undefined && mount !== (request.mount ?? options.fallback)) throw new WireRefusal("not-found", {});
    if (hasEmptyPart(request)) throw new WireRefusal("not-found", {});
    if (!request.is404) return;
    // A method that the router has never heard of.
    const allow = allowedAt(request.mount ?? options.fallback, pathOf(request));
    throw allow.length === 0
      ? new WireRefusal("not-found", {})
      : new WireRefusal("method-not-allowed", { method: request.method, allow });
  });
  // Reached by `OPTIONS` alone, which the CORS plugin routes everywhere: everything else has been refused above.
  server.setNotFoundHandler((request, reply) => fail(options, new WireRefusal("not-found", {}), request, reply));
  server.setErrorHandler((error, request, reply) => fail(options, error, request, reply));
  for (const mount of [options.fallback, ...options.mounts]) addRoutes(server, mount);
  server.addHook("preClose", async () => {
    setTimeout(() => server.server.closeAllConnections(), finishesIn).unref();
  });
  server.addHook("onResponse", async (request, reply) => {
    const failure = reply.failure ?? untoldFailure(request, reply);
    if (failure !== null) options.onFailure(failure);
    options.onRequest?.({ ...describe(request), status: reply.statusCode, tookIn: reply.elapsedTime });
  });
  return server;
};

// As sent: `rewriteUrl` may have led the router elsewhere.
const pathOf = (request: FastifyRequest): string => pathIn(request.originalUrl);

const pathIn = (url: string): string => url.split("?", 1)[0] ?? "";

// The router decodes what is encoded, drops fragments and cuts the host off a target in absolute form (RFC 9112 section 3.2.2), but an
// endpoint has one spelling: limits and mounts go by it.
const isPlain = (path: string): boolean => /^\/[^%#]*$/.test(path);
const notThere = "/not-there";

const hostConstraint = {
  name: "host",
  storage: () => {
    const handlers = new Map<string, never>();
    return {
      get: (host: string) => handlers.get(host) ?? null,
      set: (host: string, handler: never) => void handlers.set(host, handler),
    };
  },
  deriveConstraint: (request: { readonly headers: { readonly host?: string | undefined } }) =>
    hostName(request.headers.host),
};

/** None for what the server itself answers, wherever mounts stand. */
const mountOf = ({ mounts, fallback }: ServerOptions, request: FastifyRequest): Mount | undefined => {
  const path = pathOf(request);
  if (fallback.endpoints.some((endpoint) => endpoint.path === path)) return undefined;
  return findMount(mounts, hostName(request.headers.host), path);
};

/** The methods of a path of the mount; none when there is no such path. */
const allowedAt = (mount: Mount, path: string): readonly string[] =>
  isPlain(path)
    ? methodsOf(mount.endpoints.filter((endpoint) => fitsPath(`${mount.prefix}${endpoint.path}`, path)))
    : [];

const methodsOf = (endpoints: readonly Endpoint[]): readonly string[] =>
  endpoints.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));

/** The router takes nothing at all for a part such as `:id`. */
const hasEmptyPart = ({ routeOptions, params }: FastifyRequest): boolean =>
  routeOptions.url?.includes(":") === true && isTexts(params) && Object.values(params).includes("");

/** Kept, not thrown: pages of origins that may read the answer are to be told first. */
const admit = async (mount: Mount, request: FastifyRequest): Promise<Admission> => {
  try {
    return { admitted: await mount.admit?.(arriving(mount, request)) };
  } catch (refused) {
    return { refused };
  }
};

const arriving = (mount: Mount, request: FastifyRequest): ArrivingRequest => {
  const { config } = request.routeOptions;
  return {
    ...sentHeaders(request),
    method: request.method,
    path: pathOf(request),
    endpoint: config.mount === mount ? config.endpoint?.name : undefined,
    address: canonicalAddress(request.ip),
  };
};

const admittedOf = ({ admission }: FastifyRequest): unknown =>
  admission !== null && "admitted" in admission ? admission.admitted : undefined;

const corsOf = (request: FastifyRequest) => ({
  origin: originOf(request.mount?.corsOrigins ?? []),
  // Where nothing is, there is nothing to ask about.
  preflight:
    request.method === "OPTIONS" && request.mount !== null && allowedAt(request.mount, pathOf(request)).length > 0,
  methods: ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
  allowedHeaders: ["Authorization", "Content-Type", ...(request.mount?.allowedHeaders ?? [])],
  exposedHeaders: [
    "X-Request-Id",
    "Retry-After",
    "WWW-Authenticate",
    "Allow",
    ...(request.mount?.exposedHeaders ?? []),
  ],
  maxAge: 600,
  strictPreflight: false,
});

/** Of a mount that decides by the request who may read its answer. */
const allowedCorsOf = async (mount: Mount, request: FastifyRequest) => {
  const options = corsOf(request);
  const origin = singleHeader(request.raw.rawHeaders, "origin");
  const isAllowed =
    origin !== undefined && (await mount.allowsOrigin?.(origin, arriving(mount, request), admittedOf(request)));
  const isRefused = request.admission !== null && "refused" in request.admission;
  return { ...options, origin: isAllowed === true ? [origin] : [], preflight: options.preflight && !isRefused };
};

const originOf = (origins: readonly string[]) => {
  if (origins.length === 0) return false;
  return origins.includes("*") ? "*" : [...origins];
};

const readBodiesRaw = (server: FastifyInstance): void => {
  // The framework leaves their bodies unread: a signature would not cover what was sent, and what was sent would not be JSON.
  for (const method of ["GET", "HEAD"]) server.addHttpMethod(method, { hasBody: true, overrideExisting: true });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  server.addHook("onRequest", async (request) => {
    // The contract judges the type as it was sent, which `rawHeaders` keep; the framework is given one that it takes.
    if (request.headers["content-type"] !== undefined) request.raw.headers["content-type"] = "application/octet-stream";
  });
};

const addRoutes = (server: FastifyInstance, mount: Mount): void => {
  for (const path of new Set(mount.endpoints.map((endpoint) => endpoint.path))) {
    const url = `${mount.prefix}${path}`;
    for (const endpoint of mount.endpoints) if (endpoint.path === path) addRoute(server, mount, endpoint);
    const allow = methodsOf(mount.endpoints.filter((endpoint) => endpoint.path === path));
    server.route({
      url,
      constraints: constraintsOf(mount),
      method: server.supportedMethods.filter((method) => !allow.includes(method)),
      config: { mount },
      // Before the body is read: a wrong method is told whatever came with it.
      onRequest: async (request) => {
        throw new WireRefusal("method-not-allowed", { method: request.method, allow });
      },
      handler: async () => undefined,
    });
  }
};

const addRoute = (server: FastifyInstance, mount: Mount, endpoint: Endpoint): void => {
  server.route({
    url: `${mount.prefix}${endpoint.path}`,
    constraints: constraintsOf(mount),
    method: endpoint.method,
    config: { mount, endpoint },
    handler: async (request, reply) => send(reply, await endpoint.answer(wireRequest(request))),
  });
};

const constraintsOf = ({ host }: Mount) => (host === undefined ? {} : { host });

const noBody = new Uint8Array();

const wireRequest = (request: FastifyRequest): WireRequest => ({
  origin: {
    mount: request.mount?.name ?? "",
    requestId: request.id,
    address: canonicalAddress(request.ip),
    userAgent: printable(request.headers["user-agent"] ?? "").slice(0, 512),
  },
  ...sentHeaders(request),
  method: request.method,
  target: request.originalUrl,
  params: isTexts(request.params) ? request.params : {},
  admitted: admittedOf(request),
  body: request.body instanceof Uint8Array ? request.body : noBody,
  query: isRecord(request.query) ? request.query : {},
  isLocal: () => isLocalRequest(request.raw),
});

const sentHeaders = ({ raw }: FastifyRequest): SentHeaders => ({
  header: (name) => singleHeader(raw.rawHeaders, name),
  headers: (name) => headerValues(raw.rawHeaders, name),
});

const printable = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "");

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

// What the router found in the path is text.
const isTexts = (value: unknown): value is Record<string, string> => isRecord(value);

const send = (reply: FastifyReply, answer: Answer): FastifyReply => {
  reply.code(answer.status);
  if (answer.headers !== undefined) reply.headers(answer.headers);
  if (typeof answer.body === "object" && !reply.hasHeader("content-type"))
    reply.header("content-type", "application/json; charset=utf-8");
  return reply.send(typeof answer.body === "object" ? JSON.stringify(answer.body) : answer.body);
};

const fail = (options: ServerOptions, thrown: unknown, request: FastifyRequest, reply: FastifyReply): void => {
  const failure = wireRefusalOf(thrown instanceof Answered ? thrown.failure : thrown);
  const mount = request.mount ?? mountOf(options, request) ?? options.fallback;
  const endpoint = request.routeOptions.config.endpoint?.name;
  const answer =
    thrown instanceof Answered
      ? thrown.answer
      : mount.speak(failure, {
          ...sentHeaders(request),
          requestId: request.id,
          endpoint,
          admitted: admittedOf(request),
        });
  reply.headers(securityHeaders).header("x-request-id", request.id);
  reply.failure = failureOf(request, mount, answer, failure);
  send(reply, answer);
};

const failureOf = (request: FastifyRequest, mount: Mount, answer: Answer, thrown: unknown): Failure => ({
  ...describe(request),
  mount: mount.name,
  status: answer.status,
  told: mount.told(answer),
  address: canonicalAddress(request.ip),
  ...reasonOf(thrown),
});

/** The last resort: a 4xx or 5xx that nobody gave a reason for is a fault, but still on record. */
const untoldFailure = (request: FastifyRequest, { statusCode }: FastifyReply): Failure | null => {
  if (statusCode < 400 || request.routeOptions.config.endpoint?.isProbe === true) return null;
  return {
    ...describe(request),
    status: statusCode,
    told: "(unknown)",
    address: canonicalAddress(request.ip),
    ...reasonOf(new Error("answered without a reason")),
  };
};

const describe = (request: FastifyRequest) => ({
  requestId: request.id,
  mount: request.mount?.name ?? "",
  method: request.method,
  route: request.routeOptions.url ?? "(none)",
});

// What the framework itself refuses, in the words of the plumbing.
const wireRefusalOf = (thrown: unknown): unknown => {
  if (!(thrown instanceof Error) || !("code" in thrown)) return thrown;
  switch (thrown.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new WireRefusal("body-too-large", { limit: bodyLimit });
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return new WireRefusal("body-invalid", { syntax: "json", fault: "not as long as Content-Length says" });
    case "FST_ERR_ROUTE_MISSING_CONTENT_TYPE":
      return new WireRefusal("type-unsupported", { type: "" });
    default:
      return thrown;
  }
};
