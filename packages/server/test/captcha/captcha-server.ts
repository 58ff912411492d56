import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** Where hCaptcha, Turnstile and reCAPTCHA verify answers, of the test's own, on loopback. */
export interface CaptchaServer {
  readonly verifyUrl: string;
  /** What it was asked, newest last. */
  readonly asked: readonly Asked[];
  /** What it does from now on. */
  behave(conduct: Conduct): void;
  stop(): Promise<void>;
}

export interface Asked {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly type: string | undefined;
  readonly form: Readonly<Record<string, string>>;
}

/** A JSON value to say, or what to do with a request instead. */
export type Conduct = Readonly<Record<string, unknown>> | ((response: ServerResponse) => void);

export async function startCaptchaServer(): Promise<CaptchaServer> {
  const asked: Asked[] = [];
  let conduct: Conduct = { success: true };
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { method, url, headers } = request;
      const form = Object.fromEntries(new URLSearchParams(body));
      asked.push({ method, path: url, type: headers["content-type"], form });
      if (typeof conduct === "function") return conduct(response);
      say(response, 200, JSON.stringify(conduct));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server does not listen");
  return {
    verifyUrl: `http://127.0.0.1:${address.port}/siteverify`,
    asked,
    behave: (next) => {
      conduct = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function say(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
}

/** Ways in which a captcha's provider breaks; none of them lets anybody in. */
export const brokenConducts: Readonly<Record<string, { readonly conduct: Conduct; readonly reason: RegExp }>> = {
  "refuses it": { conduct: { success: false, "error-codes": ["invalid-input-response"] }, reason: /^wrong$/ },
  "says that it is used": { conduct: { success: false, "error-codes": ["timeout-or-duplicate"] }, reason: /^wrong$/ },
  "says success by a text": { conduct: { success: "true" }, reason: /^wrong$/ },
  "says success by a number": { conduct: { success: 1 }, reason: /^wrong$/ },
  "says nothing of success": { conduct: {}, reason: /^wrong$/ },
  "says a list": { conduct: (response) => say(response, 200, '[{"success":true}]'), reason: /^wrong$/ },
  "says null": { conduct: (response) => say(response, 200, "null"), reason: /^answer-malformed$/ },
  "says half a JSON": { conduct: (response) => say(response, 200, '{"success":true'), reason: /^not-reached / },
  "says a page": { conduct: (response) => say(response, 200, "<h1>success</h1>"), reason: /^not-reached / },
  "fails, saying success": { conduct: (response) => say(response, 500, '{"success":true}'), reason: /^status-500$/ },
  "has nothing there, saying success": {
    conduct: (response) => say(response, 404, '{"success":true}'),
    reason: /^status-404$/,
  },
  "redirects to somebody who accepts": {
    conduct: (response) => say(response, 307, '{"success":true}', { location: "/accepts" }),
    reason: /^status-307$/,
  },
  "hangs up": { conduct: (response) => response.destroy(), reason: /^not-reached ECONNRESET$/ },
  "hangs up in the middle": {
    conduct: (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "100" });
      response.write('{"success":true}');
      setTimeout(() => response.destroy(), 50);
    },
    reason: /^not-reached /,
  },
  "says nothing": { conduct: () => undefined, reason: /^not-reached too-slow$/ },
  "drips for ever": {
    conduct: (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), 200);
      response.on("close", () => clearInterval(timer));
    },
    // Cut off in the middle.
    reason: /^not-reached (?:too-slow|ECONNRESET)$/,
  },
  "answers 20 MiB": {
    conduct: (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const mebibyte = Buffer.alloc(1024 * 1024, " ");
      let left = 20;
      const pour = (): void => {
        while (left > 0 && !response.destroyed) {
          left -= 1;
          if (!response.write(mebibyte)) return void response.once("drain", pour);
        }
        response.end('{"success":true}');
      };
      pour();
    },
    reason: /^not-reached answer-too-large$/,
  },
  "packs its answer": {
    conduct: (response) => say(response, 200, '{"success":true}', { "content-encoding": "gzip" }),
    reason: /^not-reached answer-is-packed$/,
  },
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const piece of request.setEncoding("utf8")) body += String(piece);
  return body;
}
