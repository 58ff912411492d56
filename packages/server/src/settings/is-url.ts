import { isLoopback } from "./loopback.js";

/** Whether a text is an https address without credentials, query and fragment; `loopback`: also an http one of this machine. */
export const isUrl = (text: string, { insecure }: { readonly insecure: "loopback" | "never" }): boolean => {
  if (!URL.canParse(text) || /[?#\s\\]/.test(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && insecure === "loopback" && isLoopback(hostname));
};
