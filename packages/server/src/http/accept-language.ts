const range = /^([a-z]{1,8}|\*)(?:-[a-z0-9]{1,8})*(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/** What an `Accept-Language` (RFC 9110 section 12.5.4) likes best of what is offered by primary tag, `*` being any; `undefined` when nothing fits. */
export const preferredOf = <T>(header: string, offered: Readonly<Record<string, T>>): T | undefined => {
  const ranges = header.split(",").map((text) => parseRange(text, offered));
  const best = Math.max(0, ...ranges.map(({ quality }) => quality));
  return best === 0 ? undefined : ranges.find(({ quality }) => quality === best)?.value;
};

const parseRange = <T>(text: string, offered: Readonly<Record<string, T>>) => {
  const [, tag = "", quality = "1"] = range.exec(text.trim()) ?? [];
  const value = Object.hasOwn(offered, tag.toLowerCase()) ? offered[tag.toLowerCase()] : undefined;
  return { value, quality: value === undefined ? 0 : Number(quality) };
};
