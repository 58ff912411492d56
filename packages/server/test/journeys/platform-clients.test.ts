import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bearing, stageMounts, successIn, useStage } from "../contracts/platform/stage.js";
import { describeOnEveryPair } from "../engines/engines.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "../engines/temporary-folder.js";
import { poll } from "../server/poll.js";
import { request } from "../server/request.js";
import { type Post, startPost } from "./post.js";
import {
  answerRight,
  begin,
  makeTraveller,
  openWorld,
  startProvider,
  type Traveller,
  type World,
} from "./traveller.js";
import { edge, edges, type Way, ways } from "./ways.js";

const provider = await startProvider();
after(() => provider.provider.stop());

const called = ({ begins, through, isLegal, isHardened }: Way): string =>
  [
    [begins, ...through].join(" > "),
    ...(isLegal === true ? ["where a disclaimer is required"] : []),
    ...(isHardened === true ? ["on a hardened mount"] : []),
  ].join(", ");

const post = await startPost();
after(() => post.close());

describeOnEveryPair("clients of the platform contract", (engine) => {
  const stage = useStage(engine, { config: { mounts: stageMounts() }, env: post.env });
  const taken = new Set<string>();
  let world: World;
  before(async () => {
    world = await openWorld(stage, { post, ...provider });
  });

  for (const way of ways)
    it(`${called(way)}`, async () => {
      const traveller = await makeTraveller(world, way);
      await begin(world, traveller);
      for (const edgeTaken of await walkOn(world, traveller)) taken.add(edgeTaken);
      if (traveller.place === "authorized") await livesAsUser(traveller);
    });

  it("have taken every edge of the diagram", () => {
    assert.deepEqual(
      edges.filter((name) => !taken.has(name)),
      [],
    );
  });
});

/** Takes every step of the way, by edges of the diagram, which it names. */
async function walkOn(world: World, traveller: Traveller): Promise<readonly string[]> {
  const { begins, through } = traveller.way;
  const walked: string[] = [];
  let from: string = begins;
  for (const [at, place] of through.entries()) {
    if (at > 0) successIn(await answerRight(world, traveller));
    assert.equal(traveller.place, place);
    walked.push(edge(from, place));
    from = place;
  }
  return walked;
}

/** Is who he said, and leaves. */
async function livesAsUser({ stage, key, id, token }: Traveller): Promise<void> {
  const ask = (method: string, path: string) => stage.ask({ method, path, key: key.key, headers: bearing(token) });
  const { user } = successIn(await ask("GET", "/user"));
  if (id !== undefined) assert.equal(Object(user).id, id);
  successIn(await ask("POST", "/auth/logout"));
  assert.equal((await ask("GET", "/user")).status, 401);
}

const faketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

describe("a recovery by control question", { skip: existsSync(faketime) ? false : "faketime is not installed" }, () => {
  const folder = makeTemporaryFolder("clock");
  after(() => removeTemporaryFolder(folder));
  const clock = join(folder, "offset");
  writeFileSync(clock, "+0");
  const url = `sqlite:${join(folder, "trilithon.db")}`;
  // Its own folder ends with it.
  const onFile = { name: "sqlite", freshDatabase: async () => ({ url, drop: async () => {} }) } as const;
  const stage = useStage(onFile, {
    config: { mounts: stageMounts() },
    env: {
      ...post.env,
      LD_PRELOAD: faketime,
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
    },
  });
  let world: World;
  before(async () => {
    world = await openWorld(stage, { post, ...provider });
  });
  /** The server's clock, so much ahead. */
  const goAhead = async (offset: string): Promise<void> => writeFileSync(clock, offset);

  const way: Way = {
    begins: "recover",
    through: ["recovery-checkquestion", "recovery-setpassword", "authorized"],
    has: { password: true, question: true },
    method: "QUESTION",
  };
  const answered = async (): Promise<Traveller> => {
    await goAhead("+0");
    const traveller = await makeTraveller(world, way);
    await begin(world, traveller);
    successIn(await answerRight(world, traveller));
    assert.equal(traveller.place, "recovery-setpassword");
    return traveller;
  };
  const refusedAs = async (traveller: Traveller): Promise<unknown> =>
    Object((await answerRight(world, traveller)).json).error_code;

  it("sets a password a day later, and not before", async () => {
    const traveller = await answered();
    assert.equal(await refusedAs(traveller), "auth.session.invalid");
    await goAhead("+86370");
    assert.equal(await refusedAs(traveller), "auth.session.invalid");
    await goAhead("+86430");
    successIn(await answerRight(world, traveller));
    assert.equal(traveller.place, "authorized");
  });

  it("is over a quarter of an hour after that", async () => {
    const traveller = await answered();
    await goAhead("+87330");
    assert.equal(await refusedAs(traveller), "auth.token.expired");
  });

  it("is stopped by its owner, by the link in his mail and not by whoever looks at it", async () => {
    const known = new Map<string, number>();
    const traveller = await answered();
    const link = await linkTo(post, traveller, known);
    for (const method of ["GET", "HEAD"]) assert.equal((await request(link, { method })).status, 200);
    await goAhead("+3600");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const token = link.searchParams.get("token") ?? "";
    const body = new URLSearchParams({ token }).toString();
    const page = new URL(link);
    page.search = "";
    assert.equal((await request(page, { method: "POST", headers: form, body })).status, 200);
    await goAhead("+86430");
    assert.notEqual((await answerRight(world, traveller)).status, 200);
  });
});

/** The link in the newest letter to him, on the server under test: letters name its public address. */
async function linkTo(from: Post, { email, stage }: Traveller, known: Map<string, number>): Promise<URL> {
  const count = known.get(email) ?? 0;
  const link = await poll(`a link to ${email}`, 30_000, async () =>
    from.linksTo(email) > count ? from.newLink(email, count) : undefined,
  );
  known.set(email, from.linksTo(email));
  return new URL(`${stage.server.url}${link.pathname}${link.search}`);
}
