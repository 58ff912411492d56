import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeTemporaryFolder } from "./temporary-folder.js";

/** A certificate for this machine, and the file of the authority that vouches for it: itself. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly file: string;
  readonly keyFile: string;
}

/** `names` as certificates write them, such as `IP:127.0.0.1`. */
export function makeCertificate(names: readonly string[] = ["DNS:localhost"]): Certificate {
  const folder = makeTemporaryFolder("certificate");
  const [keyFile, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", keyFile];
  const subject = ["-subj", "/CN=localhost", "-addext", `subjectAltName=${names.join(",")}`];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...key, ...subject, "-out", file], { stdio: "pipe" });
  return { key: readFileSync(keyFile, "utf8"), cert: readFileSync(file, "utf8"), file, keyFile };
}
