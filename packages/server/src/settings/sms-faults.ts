import type { Configuration } from "./config.js";
import { isLoopback } from "./loopback.js";
import type { Settings } from "./settings.js";
import { gatewaysInForce } from "./sms.js";

interface Loaded {
  readonly settings: Settings;
  readonly configuration: Configuration;
}

/** What forbids to send SMS as they are configured. */
export const smsFaults = ({ settings, configuration }: Loaded): readonly string[] => {
  const { sms, file } = configuration;
  if (settings.smsUrl !== undefined && sms.gateways.length > 0)
    return [`SMS_URL is set, but ${file ?? "the configuration"} has sms.gateways: the short form of one, or the list`];
  if (!settings.isProduction) return [];
  return gatewaysInForce(settings.smsUrl, sms)
    .filter(({ url }) => isPlainElsewhere(new URL(url)))
    .map(({ name }) =>
      settings.smsUrl === undefined
        ? `${file ?? "the configuration"}: the url of the gateway ${name} is not https although NODE_ENV is production`
        : "SMS_URL is not https although NODE_ENV is production. Example: SMS_URL=https://user:password@sms.example.org/send",
    );
};

const knowTelephones: readonly string[] = ["platform"];

/** What an operator should know of SMS that are not sent: codes cannot go to telephones then, and the mounts say so. */
export const smsWarnings = ({ settings, configuration }: Loaded): readonly string[] => {
  if (!settings.isProduction || gatewaysInForce(settings.smsUrl, configuration.sms).length > 0) return [];
  return configuration.mounts
    .filter(({ contract }) => knowTelephones.includes(contract))
    .map(
      ({ name }) =>
        `the mount ${name} knows telephones, but no SMS are sent: every number is refused. Example: SMS_URL=https://user:password@sms.example.org/send`,
    );
};

const isPlainElsewhere = ({ protocol, hostname }: URL): boolean => protocol === "http:" && !isLoopback(hostname);
