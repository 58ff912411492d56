import type { Configuration } from "./config.js";
import { isLoopback } from "./loopback.js";
import type { Settings } from "./settings.js";

/** What forbids to do without `SMTP_URL`: nobody else may come near the development inbox, and production has none. */
export const mailFaults = ({
  settings,
  configuration,
}: {
  readonly settings: Settings;
  readonly configuration: Configuration;
}): readonly string[] => {
  if (settings.smtp !== undefined) return [];
  if (settings.isProduction) {
    const needing = configuration.mounts.find(needsMail);
    return needing === undefined
      ? []
      : [
          `SMTP_URL is not set, but the mount ${needing.name} sends codes by mail, and NODE_ENV is production. ${remedy}`,
        ];
  }
  const { host, publicUrl } = settings;
  return [
    ...(isLoopback(host)
      ? []
      : [`HOST is ${host}, where others reach this server, but SMTP_URL is not set. ${remedy}, or HOST=127.0.0.1`]),
    ...(isLoopback(new URL(publicUrl).hostname)
      ? []
      : [
          `PUBLIC_URL is for others than this machine, but SMTP_URL is not set. ${remedy}, or leave PUBLIC_URL out for development`,
        ]),
  ];
};

const remedy = "Example: SMTP_URL=smtps://user:password@mail.example.org MAIL_FROM='Example <no-reply@example.org>'";

const needsMail = ({ contract, policy }: Configuration["mounts"][number]): boolean =>
  contract !== "jwt" || policy.profile === "hardened";
