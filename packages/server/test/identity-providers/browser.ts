import type { OutgoingHttpHeaders } from "node:http";
import { nextAddress, request, type Response } from "../server/request.js";

/** What a browser does that matters here: keeps cookies by origin, follows redirects, sends forms as a page of the same origin does. */
export interface Browser {
  /** The loopback address it calls from. */
  readonly address: string;
  /** Names and values, by origin. */
  readonly cookies: Map<string, Map<string, string>>;
  get(url: string): Promise<Visit>;
  post(url: string, form: Readonly<Record<string, string>>, headers?: OutgoingHttpHeaders): Promise<Visit>;
  /** One request, whose redirect is not followed. */
  step(url: string, sent?: Sent): Promise<Response>;
}

export interface Sent {
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: OutgoingHttpHeaders;
}

/** Where it ended: at an answer that is no redirect, or at an address that only an app opens. */
export interface Visit {
  readonly url: string;
  /** The last answer that came over HTTP. */
  readonly answer: Response;
  readonly isAtApp: boolean;
}

const followsAtMost = 20;

export function openBrowser(address = nextAddress()): Browser {
  const cookies = new Map<string, Map<string, string>>();

  const step: Browser["step"] = async (url, { form, headers } = {}) => {
    const { origin } = new URL(url);
    const jar = cookies.get(origin) ?? new Map<string, string>();
    cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await request(url, {
      address,
      headers: {
        accept: "text/html",
        ...(cookie === "" ? {} : { cookie }),
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded", origin: "null" }),
        ...headers,
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    });
    for (const line of answer.headers["set-cookie"] ?? []) keep(jar, line);
    return answer;
  };
  const follow = async (from: string, sent: Sent): Promise<Visit> => {
    let [url, answer] = [from, await step(from, sent)];
    for (let times = 0; times < followsAtMost; times += 1) {
      const { location } = answer.headers;
      if (location === undefined) return { url, answer, isAtApp: false };
      url = new URL(location, url).href;
      if (!/^https?:/.test(url)) return { url: location, answer, isAtApp: true };
      answer = await step(url);
    }
    throw new Error(`more than ${followsAtMost} redirects, the last to ${url}`);
  };
  return {
    address,
    cookies,
    step,
    get: (url) => follow(url, {}),
    post: (url, form, headers = {}) => follow(url, { form, headers }),
  };
}

function keep(jar: Map<string, string>, line: string): void {
  const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  if (/;\s*max-age=0\b/i.test(line) || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
  else jar.set(name, value);
}

/** The hidden and visible fields of a page's form, by its action's end. */
export function formIn({ answer, url }: Pick<Visit, "answer" | "url">, action: RegExp): FoundForm {
  for (const [, attributes = "", inner = ""] of answer.text.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    const target = unescaped(/action="([^"]*)"/.exec(attributes)?.[1] ?? "");
    if (!action.test(target)) continue;
    const fields = [...inner.matchAll(/<input([^>]*)>/g)].map(([, input = ""]) => [
      /name="([^"]*)"/.exec(input)?.[1] ?? "",
      unescaped(/value="([^"]*)"/.exec(input)?.[1] ?? ""),
    ]);
    return { action: new URL(target, url).href, fields: Object.fromEntries(fields) };
  }
  throw new Error(`no form leads to ${action}: ${answer.status} ${answer.text}`);
}

export interface FoundForm {
  readonly action: string;
  readonly fields: Readonly<Record<string, string>>;
}

function unescaped(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
