import { limitOf, type PlatformRoute, routes } from "#contracts/platform/routes.js";
import { fitsPath } from "#http/fits-path.js";

/** An endpoint, as a test calls it. */
export interface CalledEndpoint {
  readonly name: string;
  readonly method: PlatformRoute["method"];
  readonly access: PlatformRoute["access"];
  /** With something in the place of each parameter. */
  readonly path: string;
  readonly reads: boolean;
  readonly limit: string | undefined;
}

const places: Readonly<Record<string, string>> = { ":provider": "nobody" };

/** Every endpoint of client applications and servers; pages speak to browsers. */
export const endpoints: readonly CalledEndpoint[] = routes
  .filter(({ access }) => access !== "page")
  .map((route) => ({ ...route, limit: limitOf(route) }))
  .map(({ name, method, access, path, limit }) => ({
    name,
    method,
    access,
    path: path.replace(/:\w+/g, (place) => places[place] ?? "nothing"),
    reads: method !== "GET",
    limit,
  }));

/** One endpoint of each access, at which everything is tried; elsewhere a few of each kind are. */
export const isThorough = (endpoint: CalledEndpoint): boolean =>
  endpoints.find(({ access, reads }) => access === endpoint.access && reads === endpoint.reads) === endpoint;

/** The first cases, or all at a thorough endpoint. */
export const casesAt = <T>(
  endpoint: CalledEndpoint,
  cases: Readonly<Record<string, T>>,
): readonly (readonly [when: string, value: T])[] =>
  isThorough(endpoint) ? Object.entries(cases) : Object.entries(cases).slice(0, 2);

/** Whether any endpoint has this path. */
export const isServed = (path: string): boolean => routes.some((route) => fitsPath(route.path, path));

/** The methods of the path, as `Allow` names them. */
export const allowedAt = (path: string): readonly string[] =>
  routes
    .filter((route) => fitsPath(route.path, path))
    .flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
