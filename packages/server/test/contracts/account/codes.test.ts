import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { lettersTo } from "../../server/inbox.js";
import { restAddress } from "./aging.js";
import { codeRows } from "./code-rows.js";
import { codeSent, entered, expectSuccess, expectUser } from "./expect-success.js";
import { encodings } from "./forms.js";
import { testRows } from "./row.js";
import { carrying, otherThan, useStage } from "./stage.js";

describeOnEveryStore("codes of registrations", (engine) => {
  const stage = useStage(engine);

  for (const [how, encode] of Object.entries(encodings)) {
    test(`POST /verify/ takes a code ${how}, and makes the account`, async () => {
      const { email, fullname } = await stage.register();
      const code = await stage.codeFor(email);
      assert.match(code, /^[0-9]{6}$/);
      const answer = await stage.ask({ path: "/verify/", method: "POST", ...encode({ email, code }) });
      const { key, user } = entered(answer);
      expectSuccess(answer, { status: 201, message: "Your email has been verified.", data: { token: key, user } });
      expectUser(user, { email, fullname });
      const profile = await stage.ask({ path: "/profile/update/", headers: carrying(key) });
      expectSuccess(profile, { message: "Profile.", data: { user } });
    });
  }

  test("POST /verify/ takes the address in any spelling, and blanks around the code", async () => {
    const { email } = await stage.register();
    const answer = await stage.verify(` ${email.toUpperCase()}\t`, ` ${await stage.codeFor(email)}\n`);
    assert.equal(answer.status, 201, answer.text);
  });

  test("POST /verify/ takes the right code after four wrong ones", async () => {
    const { email } = await stage.register();
    const code = await stage.codeFor(email);
    for (let tries = 0; tries < 4; tries += 1) assert.equal((await stage.verify(email, otherThan(code))).status, 400);
    assert.equal((await stage.verify(email, code)).status, 201);
  });

  test("POST /verify/ names both fields", async () => {
    const answer = await stage.ask({ path: "/verify/", json: { email: null, code: "x" } });
    assert.deepEqual((answer.json as { errors: unknown }).errors, [
      { field: "email", message: "This field may not be null." },
      { field: "code", message: "enter code numeric" },
    ]);
  });

  for (const path of ["/resend/", "/resend"]) {
    test(`POST ${path} mails another code, which alone is good`, async () => {
      const { email } = await stage.register();
      const first = await stage.codeFor(email);
      await restAddress(stage, email);
      expectSuccess(await stage.ask({ path, json: { email: ` ${email.toUpperCase()} ` } }), codeSent(email));
      assert.equal((await lettersTo(stage.server, email)).length, 2);
      const second = await stage.codeFor(email);
      if (first !== second) assert.equal((await stage.verify(email, first)).status, 400);
      assert.equal((await stage.verify(email, second)).status, 201);
    });
  }

  test("POST /resend/ gives a code that five wrong guesses killed a successor with five tries", async () => {
    const { email } = await stage.register();
    const code = await stage.codeFor(email);
    for (let tries = 0; tries < 5; tries += 1) await stage.verify(email, otherThan(code));
    await restAddress(stage, email);
    await stage.ask({ path: "/resend/", json: { email } });
    const next = await stage.codeFor(email);
    for (let tries = 0; tries < 4; tries += 1) await stage.verify(email, otherThan(next));
    assert.equal((await stage.verify(email, next)).status, 201);
  });

  test("POST /resend/ of a hardened mount answers for a taken address, and mails nobody", async () => {
    const hardened = stage.at({ mount: "hardened" });
    const { person } = await hardened.enter();
    await restAddress(hardened, person.email);
    await hardened.register({ email: person.email });
    await restAddress(hardened, person.email);
    const before = (await lettersTo(stage.server, person.email)).length;
    expectSuccess(await hardened.ask({ path: "/resend/", json: { email: person.email } }), codeSent(person.email));
    assert.equal((await lettersTo(stage.server, person.email)).length, before);
  });

  testRows(stage, codeRows);
});
