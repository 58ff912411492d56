/** Whether a text is an origin as browsers send it: scheme, host and port, nothing else. */
export const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;
