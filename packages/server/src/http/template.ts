import { Eta } from "eta";

const eta = new Eta({ autoEscape: true });

/** A page's template: what stands between `<%= %>` is escaped for HTML. */
export const template = (source: string): ((values: object) => string) => {
  const compiled = eta.compile(source);
  return (values) => eta.render(compiled, values);
};
