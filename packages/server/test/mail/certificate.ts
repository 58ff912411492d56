import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeTemporaryFolder } from "../engines/temporary-folder.js";

/** A certificate for `localhost`, and the file of the authority that vouches for it: itself. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly file: string;
}

export function makeCertificate(): Certificate {
  const folder = makeTemporaryFolder("certificate");
  const [key, file] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"],
      ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", file],
    ],
    { stdio: "pipe" },
  );
  return { key: readFileSync(key, "utf8"), cert: readFileSync(file, "utf8"), file };
}
