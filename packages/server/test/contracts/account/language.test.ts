import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseVoice } from "#contracts/account/language.js";
import { describeOnEveryStore } from "../../engines/engines.js";
import { inPersian, specTexts } from "../../specs/account-page.js";
import { objectIn } from "../stage.js";
import { useStage } from "./stage.js";

const negotiations: readonly (readonly [header: string | undefined, voice: string])[] = [
  [undefined, "en"],
  ["", "en"],
  ["fa", "fa"],
  ["FA", "fa"],
  ["fa-IR", "fa"],
  ["fa-ir, en;q=0.9", "fa"],
  ["en-US,en;q=0.9,fa;q=0.8", "en"],
  ["fa;q=0.8, en;q=0.9", "en"],
  ["fa;q=0.9, en;q=0.8", "fa"],
  ["en;q=0.5, fa;q=0.50", "en"],
  ["fa;q=0.5, en;q=0.5", "fa"],
  ["en;q=0.500,fa;q=0.501", "fa"],
  ["de, fa;q=0.1", "fa"],
  ["de, fr", "en"],
  ["fa;q=0", "en"],
  ["en;q=0, fa;q=0.001", "fa"],
  ["*", "en"],
  ["*;q=0.1, fa;q=0.2", "fa"],
  ["fa;q=1.5", "en"],
  ["fa;q=x", "en"],
  ["fa ; q=1", "fa"],
  ["farsi", "en"],
  ["fa_IR", "en"],
  ["__proto__", "en"],
  ["constructor, fa;q=0.5", "fa"],
  [`${"de,".repeat(5000)}fa`, "fa"],
  [`fa${"-x".repeat(20_000)}`, "fa"],
  [`fa${"-".repeat(50_000)}`, "en"],
];

for (const [header, voice] of negotiations) {
  test(`a mount that negotiates answers Accept-Language ${JSON.stringify(header)?.slice(0, 60)} in ${voice}`, () => {
    const startedAt = performance.now();
    assert.equal(chooseVoice({ language: "negotiate" }, header), voice);
    assert.ok(performance.now() - startedAt < 20);
    assert.equal(chooseVoice({ language: "contract" }, header), "contract");
  });
}

describeOnEveryStore("the language of answers", (engine) => {
  const stage = useStage(engine);
  const messageOf = async (prefix: string, path: string, language: string | undefined): Promise<unknown> => {
    const headers = language === undefined ? {} : { "accept-language": language };
    return objectIn(await stage.ask({ path, method: "POST", prefix, headers }))["message"];
  };
  const missing = "توکن ارسال نشده است";
  const english = specTexts.find(({ fa }) => fa === missing)?.en;

  test("a mount of the contract's language is English, and Persian at the exchange, whatever is asked for", async () => {
    for (const language of [undefined, "fa", "en"]) {
      assert.equal(await messageOf("/account", "/login/", language), "There were validation errors.");
      assert.equal(await messageOf("/account", "/exchange-token/", language), missing);
    }
  });

  test("a mount that negotiates is wholly English or wholly Persian", async () => {
    for (const language of [undefined, "de", "en, fa;q=0.5"]) {
      assert.equal(await messageOf("/fa/account", "/login/", language), "There were validation errors.");
      assert.equal(await messageOf("/fa/account", "/exchange-token/", language), english);
    }
    assert.equal(
      await messageOf("/fa/account", "/login/", "fa-IR,fa;q=0.9,en;q=0.5"),
      inPersian("There were validation errors."),
    );
    assert.equal(await messageOf("/fa/account", "/exchange-token/", "fa"), missing);
  });

  test("an answer is UTF-8, and says so", async () => {
    const answer = await stage.ask({ path: "/exchange-token/", method: "POST" });
    assert.equal(answer.headers["content-type"], "application/json; charset=utf-8");
    assert.equal(Number(answer.headers["content-length"]), Buffer.byteLength(answer.text));
  });
});
