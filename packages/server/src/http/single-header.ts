/** The value of a header that was sent exactly once; `undefined` when it is absent or there are several to choose from. */
export const singleHeader = (rawHeaders: readonly string[], name: string): string | undefined => {
  let found: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== name) continue;
    if (found !== undefined) return undefined;
    found = rawHeaders[index + 1];
  }
  return found;
};

/** Every value of a header, in the order in which they were sent. */
export const headerValues = (rawHeaders: readonly string[], name: string): readonly string[] =>
  rawHeaders.filter((_value, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name);
