import { createServer, type Server } from "node:http";
import { Provider, type Configuration } from "oidc-provider";
import { type Browser, formIn, type Visit } from "./browser.js";

/** A certified OpenID provider of the test's own, on loopback, at which whoever says a name is signed in. */
export interface OpenidProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What it says of somebody, beside his name there. */
  readonly claims: Map<string, Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

export async function startOpenidProvider({
  redirectUris,
}: {
  readonly redirectUris: readonly string[];
}): Promise<OpenidProvider> {
  const claims: OpenidProvider["claims"] = new Map();
  const [clientId, clientSecret] = ["trilithon/test", "a secret: with +signs & blanks"];
  const configuration: Configuration = {
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [...redirectUris],
      },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    cookies: { keys: ["a key of the test"] },
    pkce: { required: () => true },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...claims.get(sub) }),
    }),
  };
  // The issuer names the port, which is known once it listens.
  const server: Server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the provider does not listen");
  const issuer = `http://127.0.0.1:${address.port}`;
  const provider = new Provider(issuer, configuration);
  const handle = provider.callback();
  return {
    issuer,
    clientId,
    clientSecret,
    claims,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** Signs in at the provider's own page, and agrees. */
export async function signInThere(browser: Browser, page: Visit, name: string): Promise<Visit> {
  const login = formIn(page, /\/interaction\//);
  const consent = await browser.post(login.action, { ...login.fields, login: name, password: "x" });
  const agreement = formIn(consent, /\/interaction\//);
  return browser.post(agreement.action, agreement.fields);
}

/** Says no at the provider's own page. */
export function refuseThere(browser: Browser, { answer, url }: Visit): Promise<Visit> {
  const [, target = ""] = /href="([^"]*\/abort)"/.exec(answer.text) ?? [];
  return browser.get(new URL(target, url).href);
}
