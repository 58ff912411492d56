/** Turns the log's JSON lines into short ones for a person at a terminal: time, level, event, then the fields. */
export const terminalLines = (out: { write(line: string): unknown }): { write(line: string): void } => ({
  write: (line) => {
    out.write(format(JSON.parse(line)));
  },
});

const colours: Readonly<Record<string, string>> = {
  trace: "\u001b[90m",
  debug: "\u001b[90m",
  info: "\u001b[32m",
  warn: "\u001b[33m",
  error: "\u001b[31m",
  fatal: "\u001b[31m",
};
const grey = "\u001b[90m";
const plain = "\u001b[0m";

const format = (record: Readonly<Record<string, unknown>>): string => {
  const { level, time, msg, error, ...fields } = record;
  const clock = String(time).slice(11, 19);
  const told = Object.entries(fields).map(([name, value]) => ` ${grey}${name}=${plain}${String(value)}`);
  const head = `${grey}${clock}${plain} ${colours[String(level)] ?? ""}${String(level).padEnd(5)}${plain} ${String(msg)}${told.join("")}\n`;
  return head + causes(error);
};

/** Indented, so that no line of a message can pass for one of the log's own. */
const causes = (error: unknown): string => {
  if (typeof error !== "object" || error === null) return "";
  const told: Readonly<Record<string, unknown>> = { ...error };
  const head = `      ${String(told["class"])}: ${String(told["message"])}${typeof told["errno"] === "string" ? ` (${told["errno"]})` : ""}\n`;
  const stack = typeof told["stack"] === "string" ? `${told["stack"].replace(/^\s*/gm, "        ")}\n` : "";
  return `${head}${grey}${stack}${plain}${causes(told["cause"])}`;
};
