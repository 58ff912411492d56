import type { PlatformRoute } from "#contracts/platform/routes.js";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { nextAddress, type Response } from "../../server/request.js";
import { type Draft, emptyDraft, type Fault, testOrder } from "../order-of-checks.js";
import { type CalledEndpoint, endpoints } from "./endpoints.js";
import { spend } from "./limits-rows.js";
import { bearing, type Stage, useStage } from "./stage.js";

type Sets = Partial<Draft> | ((stage: Stage) => Promise<Partial<Draft>>);

const fault = (told: string, sets: Sets): Fault<Stage> => ({
  told,
  sets: typeof sets === "function" ? sets : async () => sets,
});

const toldBy = ({ json }: Response): string => (Object(json) as { readonly error_code: string }).error_code;

/** The draft's own key: two requests of an address and it lets no more. */
const draftKey = (stage: Stage) => stage.keyWith({ limits: limitsOfTwo, scopes: ["users.read", "users.write"] });
const limitsOfTwo = Object.fromEntries(
  [...new Set(endpoints.flatMap(({ limit }) => limit ?? []))].map((limit) => [limit, { limit: 2, per: "1 minute" }]),
);

const spent = (endpoint: CalledEndpoint) => async (stage: Stage) => {
  const address = nextAddress();
  const { key } = await draftKey(stage);
  const { path, method } = endpoint;
  await spend(stage, { path, method, address, key, headers: { "content-type": "text/plain" }, body: "x" }, 2);
  return { address };
};

/** Well formed, and nobody's. */
const strange = "x".repeat(43);

const byAccess: Readonly<Record<PlatformRoute["access"], readonly Fault<Stage>[]>> = {
  open: [],
  page: [],
  session: tokenFaults(),
  token: tokenFaults(),
  user: tokenFaults(),
  signature: [
    fault("auth.header.missing", { authorization: undefined }),
    fault("auth.header.invalid", bearing(strange)),
    fault("auth.signature.invalid", { authorization: `Signature ${strange}` }),
  ],
};

function tokenFaults(): readonly Fault<Stage>[] {
  return [
    fault("auth.header.missing", { authorization: undefined }),
    fault("auth.header.invalid", { authorization: "Bearer" }),
    fault("auth.header.invalid", { authorization: `Signature ${strange}` }),
    fault("auth.token.invalid", bearing(strange)),
  ];
}

/** Everything that can be wrong with a request to the endpoint, in the order of the page. */
const faultsOf = (endpoint: CalledEndpoint): readonly Fault<Stage>[] => {
  const { path, method, access, reads, limit } = endpoint;
  return [
    fault("object.id.notfound", { prefix: "/nobody/v2" }),
    fault("auth.apikey.missing", { key: null }),
    fault("auth.apikey.invalid", { key: "x" }),
    fault("auth.restricted", async (stage) => ({ key: (await stage.keyWith({ addresses: ["192.0.2.1"] })).key })),
    fault("route.notfound", { path: `/x${path}` }),
    fault("request.method.notallowed", { method: method === "PATCH" ? "PUT" : "PATCH" }),
    ...(reads ? [fault("request.body.toolarge", { rest: " ".repeat(64 * 1024) })] : []),
    ...(limit === undefined || !reads ? [] : [fault("request.rate.exceeded", spent(endpoint))]),
    ...(reads && method !== "DELETE"
      ? [fault("request.type.unsupported", { type: "text/plain" }), fault("request.validation.failed", { rest: "]" })]
      : []),
    ...byAccess[access],
  ];
};

describeOnEveryEngine("the order of checks", (engine) => {
  const stage = useStage(engine);
  for (const endpoint of endpoints)
    testOrder(stage, `${endpoint.method} ${endpoint.path}`, {
      faults: faultsOf(endpoint).filter(({ told }) => endpoint.method !== "DELETE" || told !== "request.body.toolarge"),
      draft: async () => ({
        ...emptyDraft(endpoint.path, endpoint.method),
        ...bearing(strange),
        key: (await draftKey(stage)).key,
      }),
      toldBy,
    });
});
