/** What `SMS_URL` says: one gateway that takes `{"to","text","id"}`. */
export interface SmsUrl {
  /** Without credentials. */
  readonly url: string;
  /** Both may be empty. */
  readonly user: string;
  readonly secret: string;
}

/** Reads `SMS_URL`; a text that says what is wrong with it otherwise, without repeating any of it. */
export const parseSmsUrl = (text: string): SmsUrl | string => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return "must begin with http:// or https://";
  if (url.hash !== "" || text.endsWith("#"))
    return "has a fragment; a password needs its @ / ? # : written as %40 %2F %3F %23 %3A";
  if (url.password === "" && url.username !== "") return "has a user name without a password";
  try {
    const [user, secret] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
    if (user.includes(":")) return "has a : in its user name";
    url.username = "";
    url.password = "";
    return { url: url.href, user, secret };
  } catch {
    return "has a % that begins no %XX; a % itself is written as %25";
  }
};
