import type { ParsedIdentifier } from "../identities/email.js";
import type { AccountId } from "../ids.js";
import type { Secrets } from "../ports.js";
import { Refusal } from "../refusal.js";
import type { Handoff } from "./handoff.js";

/** What a visit at a provider has to remember, and nobody but this server may read or write. */
export type VisitMemory =
  /** The browser is at the provider. */
  | { readonly kind: "request"; readonly nonce: string; readonly codeVerifier: string }
  /** The provider has answered; the owner of its address has to prove that he wants the two linked. */
  | {
      readonly kind: "proof";
      readonly subject: string;
      readonly email: ParsedIdentifier;
      readonly accountId: AccountId;
    };

type Sealing = { readonly secrets: Secrets };

export const sealVisit = ({ secrets }: Sealing, { id }: Pick<Handoff, "id">, memory: VisitMemory): string =>
  secrets.seal("handoff", contextOf(id), JSON.stringify(memory));

/** The memory of the hand-off's visit, which has to be at this stage; refuses with `handoff-unknown`. */
export const unsealVisit = <Kind extends VisitMemory["kind"]>(
  { secrets }: Sealing,
  { id, provider }: Handoff,
  kind: Kind,
): Extract<VisitMemory, { readonly kind: Kind }> => {
  if (provider === undefined) throw new Refusal("handoff-unknown", { reason: "no-visit" });
  // Sealed by `sealVisit` for this hand-off: nobody else can make such a text.
  const memory = JSON.parse(secrets.unseal("handoff", contextOf(id), provider.sealed)) as VisitMemory;
  if (!isOfKind(memory, kind)) throw new Refusal("handoff-unknown", { reason: "another-stage" });
  return memory;
};

// Not the context of the temporary token: neither can be put in the other's place.
const contextOf = (id: Handoff["id"]): string => `${id} visit`;

const isOfKind = <Kind extends VisitMemory["kind"]>(
  memory: VisitMemory,
  kind: Kind,
): memory is Extract<VisitMemory, { readonly kind: Kind }> => memory.kind === kind;
