/** Whether a text is an https address without credentials, query and fragment; `loopback`: also an http one of this machine. */
export const isUrl = (text: string, { insecure }: { readonly insecure: "loopback" | "never" }): boolean => {
  if (!URL.canParse(text) || /[?#\s\\]/.test(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && insecure === "loopback" && isThisMachine(hostname));
};

/** Whether a URL's host is this machine, where nothing is sent over a network. */
export const isThisMachine = (hostname: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
