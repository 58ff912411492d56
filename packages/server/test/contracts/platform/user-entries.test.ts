import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { describeOnEveryStore } from "../../engines/engines.js";
import { type HostileProvider, sign, startHostileProvider } from "../../identity-providers/hostile-provider.js";
import { lettersTo } from "../../server/inbox.js";
import type { Response } from "../../server/request.js";
import { expectRefused } from "./row.js";
import {
  addEntry,
  addProviders,
  comeBack,
  hostileAt,
  linkedUser,
  signInBy,
  type SignedInUser,
  signUp,
} from "./oauth-visits.js";
import { bearing, successIn, useStage } from "./stage.js";

type Entry = Readonly<Record<string, unknown>>;
const gone = { code: "object.id.notfound" };
const used = { code: "oauth.identifier.used" };

describeOnEveryStore("entries", (engine) => {
  const stage = useStage(engine);
  let hostile: HostileProvider;
  before(async () => {
    hostile = await startHostileProvider();
    await addProviders(
      stage,
      "default",
      ["one", "two", "three"].map((name) => hostileAt(hostile, name)),
    );
  });
  after(() => hostile.stop());

  const speakOf = (sub: string, provider = "one"): void => hostile.behave(provider, { claims: { sub } });
  const link = async (user: SignedInUser, client: string, provider = "one"): Promise<Response> =>
    addEntry(stage, user, { client, type: "oauth", ...(await comeBack(stage, provider)) });
  const entryIn = (answer: Response, status: 200 | 201 = 200): Entry => Object(successIn(answer, status)["entry"]);
  const get = ({ token }: SignedInUser, path: string, method = "GET") =>
    stage.ask({ path: `/user/entries${path}`, method, headers: bearing(token) });

  it("are made, listed newest first by pages, shown and dropped", async () => {
    const user = await signUp(stage);
    assert.deepEqual(successIn(await get(user, "")), { items: [], next_cursor: null });
    const made: Entry[] = [];
    for (const number of [1, 2, 3]) {
      speakOf(`person ${number} of many`);
      made.unshift(entryIn(await link(user, `club ${number}`), 201));
    }
    assert.deepEqual(successIn(await get(user, "")), { items: made, next_cursor: null });
    const first = successIn(await get(user, "?limit=2"));
    assert.deepEqual(first["items"], made.slice(0, 2));
    const second = successIn(await get(user, `?limit=2&cursor=${String(first["next_cursor"])}`));
    assert.deepEqual(second, { items: made.slice(2), next_cursor: null });
    const [newest] = made;
    assert.deepEqual(entryIn(await get(user, `/${String(newest?.["id"])}`)), newest);
    assert.deepEqual(successIn(await get(user, `/${String(newest?.["id"])}`, "DELETE")), {});
    expectRefused(await get(user, `/${String(newest?.["id"])}`), gone);
    expectRefused(await get(user, `/${String(newest?.["id"])}`, "DELETE"), gone);
    assert.deepEqual(successIn(await get(user, "")), { items: made.slice(1), next_cursor: null });
  });

  it("are the identity that signs in, until they are dropped", async () => {
    speakOf("in and out");
    const { entryId, ...user } = await linkedUser(stage, "one");
    assert.equal((await signInBy(stage, await comeBack(stage, "one"))).status, 200);
    assert.equal((await get(user, `/${entryId}`, "DELETE")).status, 200);
    expectRefused(await signInBy(stage, await comeBack(stage, "one")), { code: "auth.oauth.notfound" });
    // Somebody else may have it now.
    const other = await signUp(stage);
    entryIn(await link(other, "club"), 201);
    const { user: told } = successIn(await signInBy(stage, await comeBack(stage, "one")));
    assert.equal(Object(told).id, other.id);
  });

  it("are one for each programme, and sign in as long as one is left", async () => {
    speakOf("of two clubs");
    const user = await signUp(stage);
    const one = entryIn(await link(user, "club"), 201);
    expectRefused(await link(user, "club"), used);
    const two = entryIn(await link(user, "another club"), 201);
    await get(user, `/${String(one["id"])}`, "DELETE");
    assert.equal((await signInBy(stage, await comeBack(stage, "one"))).status, 200);
    await get(user, `/${String(two["id"])}`, "DELETE");
    expectRefused(await signInBy(stage, await comeBack(stage, "one")), { code: "auth.oauth.notfound" });
  });

  it("are refused when somebody else has the identity, whatever the programme", async () => {
    speakOf("held");
    const { id } = await linkedUser(stage, "one");
    const other = await signUp(stage);
    expectRefused(await link(other, "club"), used);
    expectRefused(await link(other, "another club"), used);
    assert.deepEqual(successIn(await get(other, "")), { items: [], next_cursor: null });
    const { user } = successIn(await signInBy(stage, await comeBack(stage, "one")));
    assert.equal(Object(user).id, id);
  });

  it("go to one of 32 users who link the same identity at once", async () => {
    speakOf("wanted", "two");
    const users = await Promise.all(Array.from({ length: 8 }, () => signUp(stage)));
    const proofs = await Promise.all(Array.from({ length: 32 }, () => comeBack(stage, "two")));
    const answers = await Promise.all(
      proofs.map((proof, at) => {
        const user = users[at % users.length];
        assert.ok(user);
        return addEntry(stage, user, { client: `club ${Math.floor(at / users.length)}`, type: "oauth", ...proof });
      }),
    );
    // Eight users, each for four programmes: one user has it, for any of his programmes.
    const winners = answers.flatMap(({ status }, at) => (status === 201 ? [at % users.length] : []));
    assert.equal(new Set(winners).size, 1);
    for (const answer of answers) if (answer.status !== 201) expectRefused(answer, used);
    const held = await stage.sql(
      "select * from identifier where kind = 'external' and normalized_value = 'two wanted'",
    );
    assert.equal(held.length, 1);
  });

  it("are one of 32 that a user makes of the same identity and programme at once", async () => {
    speakOf("eager", "three");
    const user = await signUp(stage);
    const proofs = await Promise.all(Array.from({ length: 32 }, () => comeBack(stage, "three")));
    const answers = await Promise.all(
      proofs.map((proof) => addEntry(stage, user, { client: "club", type: "oauth", ...proof })),
    );
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    for (const answer of answers) if (answer.status !== 201) expectRefused(answer, used);
  });

  it("are not made by a session that has ended while the provider was asked", async () => {
    const user = await signUp(stage);
    const proof = await comeBack(stage, "one");
    hostile.behave("one", {
      idToken: async ({ claims, keys }) => {
        const ended = await stage.ask({ method: "POST", path: "/auth/logout", headers: bearing(user.token) });
        assert.equal(ended.status, 200, ended.text);
        return sign({ claims: { ...claims, sub: "too late" }, keys });
      },
    });
    expectRefused(await addEntry(stage, user, { client: "club", type: "oauth", ...proof }), {
      code: "auth.token.invalid",
    });
    speakOf("too late");
    expectRefused(await signInBy(stage, await comeBack(stage, "one")), { code: "auth.oauth.notfound" });
  });

  it("tell the owner by a letter, without the identity", async () => {
    speakOf("told to the owner");
    const user = await linkedUser(stage, "one");
    const [letter] = (await lettersTo(stage.server, user.email)).filter(({ kind }) => kind === "identity-linked");
    assert.match(letter?.text ?? "", /Example one/);
    assert.doesNotMatch(letter?.text ?? "", /told to the owner/);
  });

  it("are nobody's else: foreign and missing ones are alike", async () => {
    speakOf("private");
    const { entryId } = await linkedUser(stage, "one");
    const other = await signUp(stage);
    for (const id of [entryId, `ent_${"A".repeat(22)}`, "x", "ent_", "a".repeat(500)]) {
      expectRefused(await get(other, `/${id}`), gone);
      expectRefused(await get(other, `/${id}`, "DELETE"), gone);
    }
    for (const id of ["%00", "'%20or%201=1", "..%2fentries", "%65nt_"])
      expectRefused(await get(other, `/${id}`), { code: "route.notfound" });
    expectRefused(await get(other, `?cursor=${entryId}`), gone);
  });

  describe("are refused", () => {
    const fails = (fields: Readonly<Record<string, readonly string[]>>) => ({
      code: "request.validation.failed",
      fields,
    });
    const choice = ["This is not one of the possible values."];
    for (const [query, fields] of Object.entries({
      "limit=0": { limit: choice },
      "limit=101": { limit: choice },
      "limit=-1": { limit: choice },
      "limit=1e1": { limit: choice },
      "limit=1&limit=2": { limit: ["This must be a text."] },
      "cursor=%00": { cursor: choice },
      "cursor=' or 1=1": { cursor: choice },
    }))
      it(`with the query ${query}`, async () => {
        expectRefused(await get(await signUp(stage), `?${query.replaceAll(" ", "%20")}`), fails(fields));
      });

    it("without a client, and of a type that is not there", async () => {
      const user = await signUp(stage);
      const proof = await comeBack(stage, "one");
      const required = ["This field is required."];
      expectRefused(await addEntry(stage, user, { type: "oauth", ...proof }), fails({ client: required }));
      expectRefused(await addEntry(stage, user, { client: "club", ...proof }), fails({ type: required }));
      expectRefused(await addEntry(stage, user, { client: "club", type: "member", ...proof }), fails({ type: choice }));
      const forged = { client: "a\u202eb", type: "oauth", ...proof };
      expectRefused(
        await addEntry(stage, user, forged),
        fails({ client: ["This holds characters that are not allowed."] }),
      );
    });

    it("without a proof, and by another's state", async () => {
      const user = await signUp(stage);
      const failed = { code: "auth.oauth.failed" };
      expectRefused(await addEntry(stage, user, { client: "club", type: "oauth", provider: "one" }), failed);
      const direct = { client: "club", type: "oauth", provider: "one", subject: "held", code: "c" };
      expectRefused(await addEntry(stage, user, direct), failed);
    });

    it("of whoever is not signed in, and of a sign-in that is too old", async () => {
      const user = await signUp(stage);
      const proof = { client: "club", type: "oauth", ...(await comeBack(stage, "one")) };
      expectRefused(await stage.ask({ path: "/user/entries", json: proof }), { code: "auth.header.missing" });
      const { key } = await stage.makeKey();
      expectRefused(await addEntry(stage, user, proof, key), { code: "auth.token.invalid" });
      await stage.sql(`update session set created_at = created_at - 301000 where account_id = '${user.id}'`);
      expectRefused(await addEntry(stage, user, proof), { code: "auth.restricted" });
      expectRefused(await get(user, `/ent_${"A".repeat(22)}`, "DELETE"), { code: "auth.restricted" });
      assert.equal((await get(user, "")).status, 200);
    });
  });
});
