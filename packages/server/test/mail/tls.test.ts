import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { operatorOf } from "../cli/operator.js";
import { type Certificate, makeCertificate } from "../engines/certificate.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { openNode } from "../server/open-node.js";
import { startServer } from "../server/start-server.js";
import { givenMessage } from "./given-message.js";
import { startSink, type SmtpSink } from "./smtp-sink.js";

describe("mail over TLS", () => {
  let certificate: Certificate;
  let dataDir: string;
  const sinks: SmtpSink[] = [];
  before(() => {
    dataDir = makeTemporaryFolder("data");
    certificate = makeCertificate(dataDir);
  });
  after(async () => {
    await Promise.all(sinks.map((sink) => sink.close()));
    removeTemporaryFolder(dataDir);
  });

  const openSink = async (isImplicit: boolean, host = "127.0.0.1"): Promise<SmtpSink> => {
    const [key, cert] = [readFileSync(certificate.keyFile), readFileSync(certificate.file)];
    const server = { key, cert, secure: isImplicit, disabledCommands: [], allowInsecureAuth: false };
    const sink = await startSink({ server, host });
    sinks.push(sink);
    return sink;
  };
  const settings = (url: string): Record<string, string> => ({
    SMTP_URL: url,
    MAIL_FROM: "no-reply@example.org",
    NODE_EXTRA_CA_CERTS: certificate.file,
  });

  const ways: readonly (readonly [way: string, isImplicit: boolean, url: (port: number) => string])[] = [
    ["from the first byte", true, (port) => `smtps://ada:right@localhost:${port}`],
    ["by STARTTLS where it is offered", false, (port) => `smtp://ada:right@localhost:${port}`],
    ["by STARTTLS where it is required", false, (port) => `smtp://ada:right@localhost:${port}?tls=required`],
  ];
  for (const [way, isImplicit, url] of ways) {
    it(`goes encrypted, and signed in, ${way}`, async () => {
      const sink = await openSink(isImplicit);
      const server = await startServer({ dataDir, env: settings(url(sink.port)) });
      const node = await openNode(`sqlite:${dataDir}/trilithon.db`);
      await node.stores.outbox.append(givenMessage());
      const [message] = await sink.waitFor(1);
      await node.close();
      await server.stop();
      assert.deepEqual([message?.isEncrypted, message?.user], [true, "ada"]);
    });
  }

  const refused: readonly (readonly [
    when: string,
    isImplicit: boolean,
    url: (port: number) => string,
    says: RegExp,
  ])[] = [
    ["for another name", true, (port) => `smtps://127.0.0.2:${port}`, /IP: 127\.0\.0\.2 is not in the cert's list/],
    ["for another name, by STARTTLS", false, (port) => `smtp://127.0.0.2:${port}`, /is not in the cert's list/],
  ];
  for (const [when, isImplicit, url, says] of refused) {
    it(`is not handed over under a certificate ${when}`, async () => {
      const sink = await openSink(isImplicit, "127.0.0.2");
      const ran = await operatorOf({ dataDir, url: "http://localhost:1" }, settings(url(sink.port))).run("doctor");
      assert.equal(ran.code, 1);
      assert.match(ran.stdout, says);
    });
  }

  it("is not handed over under a certificate that nobody vouches for, whatever Node.js was told", async () => {
    const sink = await openSink(true);
    const env = {
      ...settings(`smtps://localhost:${sink.port}`),
      NODE_EXTRA_CA_CERTS: "",
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
    };
    const ran = await operatorOf({ dataDir, url: "http://localhost:1" }, env).run("doctor");
    assert.equal(ran.code, 1);
    assert.match(ran.stdout, /self-signed certificate/);
  });
});
