/** Schemes that run or show what the address holds, in the page's own browser or from its disk. */
export const refusedSchemes = [
  "about",
  "blob",
  "data",
  "file",
  "filesystem",
  "javascript",
  "vbscript",
  "view-source",
] as const;

/**
 * Whether an identity provider may be asked to send a browser there. Which addresses a client has is known to the provider alone, where
 * each is registered; what no client can have is refused here.
 */
export const mayReceiveCode = (address: string): boolean => {
  if (!/^[!-~]{1,2000}$/.test(address) || /[\\#]/.test(address) || !URL.canParse(address)) return false;
  // Readers differ in what `https:example.org` is.
  if (/^https?:(?!\/\/)/i.test(address)) return false;
  const { protocol, username, password, hostname } = new URL(address);
  if (refusedSchemes.some((scheme) => protocol === `${scheme}:`) || username !== "" || password !== "") return false;
  return protocol !== "http:" || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
};
