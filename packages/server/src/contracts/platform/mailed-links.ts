import type { PageNeeds, PageRequest, PlatformNeeds } from "./platform-request.js";

/** Below `/{company_code}/v2`. */
export const recoverPath = "/recover";
export const cancelRecoveryPath = "/cancel-recovery";

/** Where a mailed link begins a recovery: where the API key says, which gets the token in a fragment, or at a page of this server. */
export const recoverLink = (needs: PlatformNeeds, request: Pick<PageRequest, "params">, token: string): string => {
  const { id, policy } = needs.apiKey;
  if (policy.recovery.linkTo !== undefined) return `${policy.recovery.linkTo}#${query({ token })}`;
  return `${pageUrl(needs, request, recoverPath)}?${query({ client: id, token })}`;
};

/** Where an owner stops a recovery that he did not ask for. */
export const cancelRecoveryLink = (needs: PageNeeds, request: Pick<PageRequest, "params">, token: string): string =>
  `${pageUrl(needs, request, cancelRecoveryPath)}?${query({ token })}`;

// The host is the configured one, never the request's.
const pageUrl = ({ policy }: PageNeeds, { params }: Pick<PageRequest, "params">, path: string): string =>
  `${policy.handoff.baseUrl}/${params["company"] ?? ""}/v2${path}`;

const query = (members: Record<string, string>): string => new URLSearchParams(members).toString();
