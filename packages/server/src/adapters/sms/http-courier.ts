import { connect as connectPlainly, type Socket } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { guardedRequest } from "#adapters/identity-providers/guarded-fetch.js";
import { faultReason } from "#adapters/identity-providers/provider-fault.js";
import { assertMayReach, checkedLookup, type Reach } from "#adapters/identity-providers/reach.js";
import type { Courier, Delivery } from "#core/outbox/courier.js";
import type { SmsWriter } from "#core/outbox/letter-writer.js";
import type { LeasedMessage } from "#core/outbox/outbox-store.js";
import type { SmsGateway } from "#core/outbox/sms-gateway.js";
import type { Clock } from "#core/ports.js";
import { fillTemplate } from "./fill-template.js";
import { type Judgement, judgeAnswer } from "./judge-answer.js";

export interface HttpCourierNeeds {
  readonly clock: Clock;
  readonly texts: SmsWriter;
  /** In the order in which they are asked; at least one. */
  readonly gateways: readonly SmsGateway[];
  /** Gateways without TLS are then asked on this machine alone. */
  readonly isProduction: boolean;
}

export interface HttpCourier extends Courier {
  /** Connects to each gateway and sends nothing: `ok`, or what is wrong. Never throws. */
  check(): Promise<readonly { readonly gateway: string; readonly answer: string }[]>;
  /** What is under way ends now, failed or unknown; nothing is sent any more. */
  close(): void;
}

const checkAnswersIn = 10_000;

/** Hands SMS to HTTP gateways: each attempt to one of them, the next one when it has certainly refused. */
export const createHttpCourier = ({ clock, texts, gateways, isProduction }: HttpCourierNeeds): HttpCourier => {
  const closing = new AbortController();
  const first = firstOf(gateways);
  return {
    channel: "sms",
    gateway: first.name,
    attemptIn: Math.max(...gateways.map(({ answersIn }) => answersIn)),
    async send(message) {
      if (!/^\+\d{5,15}$/.test(message.to)) return { kind: "refused", error: "the recipient is no number" };
      if (closing.signal.aborted) return { kind: "failed", error: "the server is stopping" };
      const at = gateways.findIndex(({ name }) => name === message.gateway);
      const gateway = gateways[at];
      if (gateway === undefined) return withoutGateway(message);
      return judge(message, { at, gateway, judgement: await ask(gateway, message) });
    },
    check: () =>
      Promise.all(
        gateways.map(async (gateway) => ({
          gateway: gateway.name,
          answer: await connectTo(reachOf(gateway), new URL(new URL(gateway.url).origin)),
        })),
      ),
    close: () => closing.abort(),
  };

  async function ask(gateway: SmsGateway, message: LeasedMessage): Promise<Judgement | Unreached> {
    let isConnected = false;
    const livesIn = Math.min(gateway.answersIn, message.expiresAt - clock.now());
    if (livesIn <= 0) return { kind: "unreached", words: "its time was over" };
    try {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(livesIn)]);
      const filled = fillTemplate(gateway, message, texts.write(message.letter, message.language));
      const onConnected = (): void => {
        isConnected = true;
      };
      return await judgeAnswer(
        await guardedRequest(reachOf(gateway), { ...filled, signal, onConnected }),
        gateway.template,
      );
    } catch (error) {
      const words = faultReason(error);
      return isConnected ? { kind: "unknown", words } : { kind: "unreached", words };
    }
  }

  function judge(
    { mayHaveArrived }: LeasedMessage,
    {
      at,
      gateway,
      judgement,
    }: { readonly at: number; readonly gateway: SmsGateway; readonly judgement: Judgement | Unreached },
  ): Delivery {
    const error = `${gateway.name}: ${judgement.words}`;
    const following = gateways[at + 1];
    const next = { gateway: (following ?? first).name, isAtOnce: following !== undefined };
    switch (judgement.kind) {
      case "accepted":
        return { kind: "sent" };
      case "unknown":
        return { kind: "unknown", error };
      case "unreached":
        return mayHaveArrived ? { kind: "failed", error } : { kind: "failed", error, next };
      case "hopeless":
      case "refused": {
        // It has had its one other attempt, and nobody else may be asked.
        if (mayHaveArrived) return { kind: "refused", error: `${error}, but it may have taken the message before` };
        const isLastHope = judgement.kind === "hopeless" && following === undefined;
        return isLastHope ? { kind: "refused", error } : { kind: "failed", error, next };
      }
    }
  }

  /** Its gateway is not configured any more. */
  function withoutGateway({ gateway, mayHaveArrived }: LeasedMessage): Delivery {
    const error = `the gateway ${gateway} is not configured any more`;
    if (mayHaveArrived) return { kind: "refused", error: `${error}, and may have taken the message` };
    return { kind: "failed", error, next: { gateway: first.name, isAtOnce: true } };
  }

  function reachOf({ url }: SmsGateway): Reach {
    return { issuer: new URL(url), mayBeLoopback: true, mayBePlain: !isProduction };
  }
};

const firstOf = ([first]: readonly SmsGateway[]): SmsGateway => {
  if (first === undefined) throw new Error("there is no gateway");
  return first;
};

/** Nothing of the message has left this machine. */
interface Unreached {
  readonly kind: "unreached";
  readonly words: string;
}

const connectTo = (reach: Reach, url: URL): Promise<string> =>
  new Promise((resolve) => {
    try {
      assertMayReach(reach, url);
    } catch (error) {
      resolve(faultReason(error));
      return;
    }
    const isSecure = url.protocol === "https:";
    const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
    const lookup = checkedLookup(reach, url);
    const port = Number(url.port || (isSecure ? 443 : 80));
    const socket: Socket = isSecure
      ? connectSecurely({ host, port, lookup, servername: host })
      : connectPlainly({ host, port, lookup });
    const end = (answer: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(checkAnswersIn, () => end("too-slow"));
    socket.once(isSecure ? "secureConnect" : "connect", () => end("ok"));
    socket.once("error", (error) => end(faultReason(error)));
  });
