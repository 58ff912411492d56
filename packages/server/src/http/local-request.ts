import type { IncomingMessage } from "node:http";
import { canonicalAddress } from "./client-address.js";
import { singleHeader } from "./single-header.js";

/**
 * Whether a program at this machine asks, by the machine's own name. A page of another origin carries `Origin`, a rebound DNS name
 * stands in `Host`, and whatever speaks for somebody elsewhere says so: any of them makes it a stranger's.
 */
export const isLocalRequest = ({ socket, rawHeaders }: Pick<IncomingMessage, "socket" | "rawHeaders">): boolean =>
  loopback.test(canonicalAddress(socket.remoteAddress ?? "")) &&
  loopbackHost.test(singleHeader(rawHeaders, "host") ?? "") &&
  !rawHeaders.some((name, at) => at % 2 === 0 && strange.test(name));

const loopback = /^(?:127(?:\.\d{1,3}){3}|::1)$/;
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
const strange = /^(?:origin|forwarded|via|x[-_]forwarded.*|x[-_]real[-_]ip|.*client[-_]ip|.*connecting[-_]ip)$/i;
