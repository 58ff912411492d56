import assert from "node:assert/strict";
import { after, it } from "node:test";
import { describeOnEveryEngine } from "../engines/engines.js";
import { appUri, givenToApp, tempTokenIn } from "./handoff-page.js";
import { dataIn, useHandoffStage } from "./handoff-stage.js";
import { type OpenidProvider, refuseThere, signInThere, startOpenidProvider } from "./openid-provider.js";

describeOnEveryEngine("sign-in at a real OpenID provider", (engine) => {
  let provider: OpenidProvider;
  const stage = useHandoffStage(engine, {
    config: async (publicUrl) => {
      provider = await startOpenidProvider({
        redirectUris: [`${publicUrl}/account/mobile/callback/real/`],
      });
      return {
        mounts: [{ contract: "account", handoff: { redirectUris: [appUri] } }],
        providers: [
          {
            name: "real",
            title: "Real & Co",
            issuer: provider.issuer,
            clientId: provider.clientId,
            clientSecret: provider.clientSecret,
            trustsEmailsOf: ["example.org"],
          },
        ],
      };
    },
  });
  after(() => provider.stop());

  it("makes an account of its own, which the next sign-in finds again", async () => {
    provider.claims.set("newcomer", { email: "newcomer@example.org", email_verified: true, name: "Nova Kom" });
    const users = [];
    for (const state of ["first & last", undefined]) {
      const begun = await stage.start({ query: { provider: "real", ...(state === undefined ? {} : { state }) } });
      const visit = await signInThere(begun.browser, begun, "newcomer");
      assert.equal(givenToApp(visit)["state"], state);
      const answer = await stage.exchange(tempTokenIn(visit));
      assert.equal(answer.status, 200, answer.text);
      const { token, user } = dataIn(answer);
      users.push(user);
      const profile = await stage.withKey(String(token), "/profile/update/");
      assert.deepEqual(dataIn(profile)["user"], user);
    }
    const [first, second] = users as Record<string, unknown>[];
    assert.equal(first?.["id"], second?.["id"]);
    assert.deepEqual(
      [first?.["email"], first?.["fullname"], first?.["is_verified"], first?.["is_guest"]],
      ["newcomer@example.org", "Nova Kom", true, false],
    );
  });

  it("tells the app when the person says no there", async () => {
    const begun = await stage.start({ query: { provider: "real", state: "s" } });
    const { temp_token: token = "", ...others } = givenToApp(await refuseThere(begun.browser, begun));
    assert.deepEqual(others, { error: "access_denied", state: "s" });
    assert.equal((await stage.exchange(token)).status, 400);
  });
});
