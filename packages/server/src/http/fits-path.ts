/** Whether an endpoint's path stands for this one: a part such as `:id` takes whatever is there. */
export const fitsPath = (endpointPath: string, path: string): boolean => {
  if (!endpointPath.includes(":")) return endpointPath === path;
  const parts = path.split("/");
  const wanted = endpointPath.split("/");
  return wanted.length === parts.length && wanted.every((part, at) => part === parts[at] || isFilled(part, parts[at]));
};

const isFilled = (part: string, sent: string | undefined): boolean => part.startsWith(":") && sent !== "";
