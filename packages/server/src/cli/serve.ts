import closeWithGrace from "close-with-grace";
import { smsWarnings } from "#settings/sms-faults.js";
import { literalBehaviours, weakerThanDefault } from "#settings/weaker-settings.js";
import { type LoadedSettings, loadSettings } from "#settings/load-settings.js";
import { type Administration, compose, type RunningServer, startServer } from "#src/compose.js";
import type { Command } from "./command.js";
import { type Log, openServerLog } from "./log.js";
import { nodeWarning } from "./node-version.js";
import { tryFirst } from "./try-first.js";

/** Milliseconds in which requests in flight are finished after a signal. */
const stopsIn = 10_000;

/** Serves until a signal; the outcome is that it listens. */
export const serve: Command = {
  name: "serve",
  summary: "Serve the contracts until SIGTERM or SIGINT",
  takes: [],
  options: [],
  run: async ({ environment, terminal, isForProgram }) => {
    const loaded = await loadSettings(environment);
    const log = openServerLog(loaded.settings.logLevel, isForProgram);
    const administration = await compose(loaded, log);
    tellWarnings(log, loaded, administration);
    const running = stopOnSignal(log, administration);
    const { url } = await running.start();
    log.info("listening", { url });
    return { lines: terminal.isWatched ? tryFirst(url, loaded) : [], json: undefined };
  },
};

const tellWarnings = (
  log: Log,
  { settings, configuration }: LoadedSettings,
  { clock, warnings }: Administration,
): void => {
  const node = nodeWarning(process.versions.node, clock.now());
  if (node !== undefined) log.warn(node);
  for (const warning of warnings) log.warn(warning);
  for (const warning of smsWarnings({ settings, configuration })) log.warn(warning);
  for (const reason of literalBehaviours(configuration)) log.info("literal contract behaviour in force", { reason });
  if (!settings.isProduction) return;
  for (const reason of weakerThanDefault(configuration)) log.warn("weaker than its default", { reason });
};

/** Ends the process on a signal or an uncaught error (not on a rejection that nobody handled), also while the server is only starting. */
const stopOnSignal = (log: Log, administration: Administration) => {
  let running: RunningServer | undefined;
  process.on("unhandledRejection", (error) => log.error("unhandled rejection", { error }));
  const grace = closeWithGrace(
    {
      delay: stopsIn,
      logger: false,
      // One request's forgotten promise must not end everybody else's.
      skip: ["unhandledRejection"],
      onTimeout: () => log.error("stopped with requests in flight", { ms: stopsIn }),
      onSecondSignal: (signal) => log.warn("stopped at once", { reason: signal }),
      onSecondError: (error) => log.error("uncaught error while stopping", { error }),
    },
    async ({ signal, err }) => {
      if (err !== undefined) log.error("uncaught error", { error: err });
      if (signal !== undefined) log.info("stopping", { reason: signal });
      await (running === undefined ? administration.close() : running.stop());
      log.info("stopped");
    },
  );
  return {
    start: async (): Promise<RunningServer> => {
      try {
        running = await startServer(administration, log);
        return running;
      } catch (error) {
        grace.uninstall();
        await administration.close();
        throw error;
      }
    },
  };
};
