import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** PEM files of a certificate that signs itself, for this machine. */
export interface Certificate {
  readonly file: string;
  readonly keyFile: string;
}

export function makeCertificate(folder: string): Certificate {
  const [file, keyFile] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  execFileSync("openssl", ["req", "-x509", ...key, "-out", file, "-days", "2", ...subject], { stdio: "pipe" });
  return { file, keyFile };
}
