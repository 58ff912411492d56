import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, it } from "node:test";
import { describeOnEveryEngine } from "../engines/engines.js";
import { readRows } from "../engines/read-rows.js";
import { formIn, openBrowser } from "../identity-providers/browser.js";
import { appUri, cancelOn, enterCode, givenToApp, signInOn, tempTokenIn } from "../identity-providers/handoff-page.js";
import { dataIn, useHandoffStage } from "../identity-providers/handoff-stage.js";
import { type HostileProvider, startHostileProvider } from "../identity-providers/hostile-provider.js";

const tables = [
  "handoff",
  "session",
  "audit_event",
  "failure_record",
  "one_time_code",
  "message",
  "account_link",
] as const;

describeOnEveryEngine("secrets of a hand-off", (engine) => {
  let provider: HostileProvider;
  const clientSecret = "a-client-secret-of-the-test-0123456789";
  const stage = useHandoffStage(engine, {
    env: { LOG_LEVEL: "trace" },
    config: async () => {
      provider = await startHostileProvider();
      return {
        mounts: [{ contract: "account", handoff: { redirectUris: [appUri] } }],
        providers: [
          {
            name: "one",
            issuer: provider.issuer("one"),
            clientId: provider.clientId,
            clientSecret,
            trustsEmailsOf: ["*"],
          },
        ],
      };
    },
  });

  after(() => provider.stop());

  it("stand in no log line, row or file, whatever becomes of it", async () => {
    const secrets = new Map<string, string>([["the client's secret", clientSecret]]);
    const note = (what: string, secret: string): string => {
      assert.ok(secret.length >= 6, what);
      secrets.set(what, secret);
      return secret;
    };
    const member = await stage.member();

    // By password: refused, let in, exchanged, exchanged again.
    const state = note("the app's state", "a-state-that-the-app-keeps-to-itself");
    const page = await stage.start({ query: { state: "x" } });
    note("the browser's secret", page.browser.cookies.get(stage.server.url)?.get("handoff") ?? "");
    await signInOn(page, { ...member, password: note("a wrong password", "Wrong-Horse-9-battery-of-the-test") });
    const bound = await signInOn(page, { ...member, password: note("the password", member.password) });
    const exchanged = await stage.exchange(note("a bound token", tempTokenIn(bound)));
    note("a key", String(dataIn(exchanged)["token"]));
    assert.equal((await stage.exchange(tempTokenIn(bound))).status, 404);

    // With a challenge: a wrong verifier, then cancelled.
    const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const challenged = await stage.start({ query: { code_challenge: challenge } });
    const token = note("a token with a challenge", tempTokenIn(await signInOn(challenged, member)));
    const verifier = note("a verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert.equal((await stage.exchange(token, { code_verifier: `${verifier}x` })).status, 404);
    const cancelled = note("a cancelled token", tempTokenIn(await cancelOn(await stage.start())));
    assert.equal((await stage.exchange(cancelled)).status, 400);
    assert.equal((await stage.exchange(note("an unknown token", `unknown${"A1b2".repeat(9)}`))).status, 404);

    // At the provider: state, nonce, PKCE, code, tokens; refused, then a link by a code.
    for (const misconduct of [
      { claims: { nonce: "x" } },
      { claims: { sub: "planted", email: member.email, email_verified: true } },
    ]) {
      provider.behave("one", {
        ...misconduct,
        tokens: { access_token: note("an access token", "an-access-token-0123456789") },
      });
      const browser = openBrowser();
      const begun = await browser.step(
        `${stage.base}/mobile/login/?${new URLSearchParams({ redirect_uri: appUri, provider: "one", state })}`,
      );
      const asked = new URL(String(begun.headers.location));
      for (const name of ["state", "nonce", "code_challenge"])
        note(`the visit's ${name} at ${JSON.stringify(misconduct.claims)}`, asked.searchParams.get(name) ?? "");
      const there = await browser.step(asked.href);
      const back = new URL(String(there.headers.location));
      const visit = await browser.get(back.href);
      if (!("sub" in misconduct.claims)) continue;
      const code = note("a code in the mail", await stage.codeFor(member.email));
      const wrong = code === "111111" ? "222222" : "111111";
      await enterCode({ ...visit, browser }, wrong);
      const { fields } = formIn(visit, /code/);
      assert.ok(fields["handoff"]);
      const linked = givenToApp(await enterCode({ ...visit, browser }, code));
      assert.equal(linked["state"], state);
      note("a token by a link", linked["temp_token"] ?? "");
    }
    // Forged answers.
    for (const query of ["state=forged-state-0123456789&code=forged-code-0123456789", "error=access_denied&state=x"])
      await openBrowser().get(`${stage.base}/mobile/callback/one/?${query}`);
    secrets.set("a forged state", "forged-state-0123456789").set("a forged code", "forged-code-0123456789");

    assert.equal(await stage.server.stop(), 0);
    const output = stage.server.output();
    assert.ok(stage.server.log.length > 20);
    assertNone(secrets, output, "the log");
    assert.ok(!output.includes(member.email), "an address stands in the log");
    for (const table of tables) {
      const rows = JSON.stringify(await readRows(stage.databaseUrl, `select * from ${table}`));
      // The search finds what is there.
      assert.equal(rows.includes(state), table === "handoff");
      // The state is the app's; it is kept as it is until the hand-off is over.
      const kept = table === "handoff" ? new Map([...secrets].filter(([what]) => what !== "the app's state")) : secrets;
      // Six digits may stand in a time.
      assertNone(new Map([...kept].filter(([, secret]) => secret.length > 6)), rows, `the table ${table}`);
    }
    if (engine.name !== "sqlite") return;
    const folder = join(stage.databaseUrl.slice("sqlite:".length), "..");
    const hidden = [...secrets].filter(([what, secret]) => secret.length > 6 && what !== "the app's state");
    for (const name of readdirSync(folder))
      assertNone(new Map(hidden), readFileSync(join(folder, name), "latin1"), name);
  });
});

function assertNone(secrets: ReadonlyMap<string, string>, text: string, where: string): void {
  assert.deepEqual(
    [...secrets].filter(([, secret]) => text.includes(secret)).map(([what]) => what),
    [],
    `stand in ${where}`,
  );
}
