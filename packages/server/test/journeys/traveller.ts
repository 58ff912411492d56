import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { SessionState } from "#core/sign-in/session-state.js";
import type { Stage } from "../contracts/platform/stage.js";
import { bearing, type ClientKey, successIn } from "../contracts/platform/stage.js";
import { addProviders, hostileAt } from "../contracts/platform/oauth-visits.js";
import { makePerson } from "../contracts/platform/people.js";
import { givenUser } from "../contracts/platform/signed.js";
import {
  type HostileProvider,
  newKeys,
  type SigningKeys,
  sign,
  startHostileProvider,
} from "../identity-providers/hostile-provider.js";
import type { Response } from "../server/request.js";
import type { Post } from "./post.js";
import type { Place, Way } from "./ways.js";

/** Where travellers are: the server's company that asks for nothing, the one that requires a disclaimer, and what they read. */
export interface World {
  readonly stage: Stage;
  readonly legal: Stage;
  readonly post: Post;
  readonly provider: HostileProvider;
  /** What its ID tokens are signed with. */
  readonly keys: SigningKeys;
}

/** A provider that says what it is told to. */
export async function startProvider(): Promise<Pick<World, "provider" | "keys">> {
  const provider = await startHostileProvider();
  const keys = await newKeys("own");
  const body = JSON.stringify({ keys: [keys.publicJwk] });
  const answers = {
    keys: (response: ServerResponse) => response.writeHead(200, { "content-type": "application/json" }).end(body),
  };
  provider.behave("example", { answers });
  return { provider, keys };
}

/** The companies that travellers come to, and the provider of both. */
export async function openWorld(
  stage: Stage,
  { post, provider, keys }: Omit<World, "stage" | "legal">,
): Promise<World> {
  await stage.realm("legal");
  const terms = ["legal", "terms", "1", "--title", "en=Terms", "--url", "https://example.org/terms"];
  await stage.cli("disclaimer", "add", ...terms, "--from", "2020-01-01T00:00:00Z");
  for (const company of ["default", "legal"]) await addProviders(stage, company, [hostileAt(provider, "example")]);
  return { stage, legal: stage.at({ company: "legal" }), post, provider, keys };
}

/** A call that a traveller may make, but not the answer. */
export type Call = SessionState | "resendotp" | "logout";

/** Somebody on his way, with one client application. */
export interface Traveller {
  readonly way: Way;
  readonly stage: Stage;
  readonly key: ClientKey;
  /** `undefined` before there is an account. */
  readonly id: string | undefined;
  readonly email: string;
  readonly phone: string;
  /** Whom the identity provider calls him. */
  readonly subject: string;
  password: string;
  place: Place | "nowhere";
  token: string;
  /** Tokens that he had before. */
  readonly spent: string[];
  /** Codes that had come to his phone before the newest was asked for. */
  codes: number;
  positions: readonly number[];
  /** Wrong answers in this session, and in a row. */
  wrong: number;
}

const words = ["marigold", "sapphire"] as const;
const question = { question: "What did you ride?", answer: "Blue bicycle" } as const;
export const paths: Readonly<Record<Call, string>> = {
  checkpassword: "/auth/checkpassword",
  checkotp: "/auth/checkotp",
  checkmemorable: "/auth/checkmemorable",
  acceptdisclaimers: "/auth/acceptdisclaimers",
  "signup-checkotp": "/auth/signup/checkotp",
  "signup-setpassword": "/auth/signup/setpassword",
  "recovery-checkotp": "/auth/recovery/checkotp",
  "recovery-checkquestion": "/auth/recovery/checkquestion",
  "recovery-setpassword": "/auth/recovery/setpassword",
  resendotp: "/auth/resendotp",
  logout: "/auth/logout",
};

/** What a key asks for on this way. */
const policyOf = ({ asks }: Way) => ({
  factors: { memorable: asks === "letters", controlQuestion: true },
  signUp: { password: asks === "new password" },
  recovery: { methods: ["PHONE", "MAIL", "QUESTION"], defaultMethod: "MAIL" },
});

/** Makes somebody with everything that the way says he has. */
export async function makeTraveller(world: World, way: Way): Promise<Traveller> {
  const home = way.isLegal === true ? world.legal : world.stage;
  const stage = way.isHardened === true ? home.at({ mount: "hardened" }) : home;
  const key = await home.keyWith(policyOf(way));
  made += 1;
  const traveller = { way, stage, key, subject: `subject-${made}`, ...onHisWay() };
  if (way.begins === "signup") {
    const { phones } = givenUser() as { readonly phones: readonly string[] };
    return { ...traveller, id: undefined, email: "", phone: phones[0] ?? "", password: `Sign-Up-pass-${made}` };
  }
  const { id, email, phone, password } = await makePerson(home, { password: way.has.password === true });
  const person: Traveller = { ...traveller, id, email, phone, password };
  await setUp(world, person, home);
  return person;
}
let made = 0;

const onHisWay = () => ({
  place: "nowhere" as const,
  token: "",
  spent: [],
  codes: 0,
  positions: [],
  wrong: 0,
});

/** As he would himself, when nothing is asked of him but what he is known by at first. */
async function setUp(world: World, person: Traveller, home: Stage): Promise<void> {
  const { has } = person.way;
  if (!(has.secondFactor || has.memorable || has.question || has.identity)) return;
  const key = await home.keyWith({ factors: { controlQuestion: true } });
  const signedIn: Traveller = {
    ...person,
    ...onHisWay(),
    stage: home,
    key,
    way: { begins: "login", through: [has.password ? "checkpassword" : "checkotp", "authorized"], has },
  };
  await begin(world, signedIn);
  while (signedIn.place !== "authorized") await answerRight(world, signedIn);
  const put = async (path: string, json: object) =>
    successIn(await home.ask({ method: "PUT", path, json, key: key.key, headers: bearing(signedIn.token) }));
  if (has.identity) await link(world, signedIn, key);
  if (has.question) await put("/user/controlquestion", question);
  if (has.memorable) await put("/user/memorable", { words });
  if (has.secondFactor) await put("/user/secondfactor", { otp: true });
  // As if what he accepted on the way here had not been required yet.
  await home.sql(`delete from disclaimer_acceptance where account_id = '${person.id}'`);
}

const link = async (world: World, signedIn: Traveller, key: ClientKey): Promise<void> => {
  const json = { client: "club", type: "oauth", ...(await vouchedFor(world, signedIn)) };
  const { stage } = signedIn;
  successIn(await stage.ask({ path: "/user/entries", json, key: key.key, headers: bearing(signedIn.token) }), 201);
};

/** What an app brings from the provider. */
async function vouchedFor({ provider, keys }: World, { stage, key, subject }: Traveller) {
  const path = `/auth/oauth/example/url?${new URLSearchParams({ redirect_uri: "com.example.client:/back" })}`;
  const { state, nonce } = successIn(await stage.ask({ path, key: key.key }));
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: provider.issuer("example"),
    aud: provider.clientId,
    sub: subject,
    iat: now,
    exp: now + 300,
    nonce,
  };
  return { provider: "example", id_token: await sign({ claims, keys }), state, nonce };
}

/** Nobody is kept from a code by those that he had. */
const restSending = ({ stage }: World): Promise<unknown> => stage.sql("delete from sending_budget");

/** Begins the session. */
export async function begin(world: World, traveller: Traveller): Promise<Response> {
  await restSending(world);
  const { way, stage, key, email, phone } = traveller;
  traveller.codes = world.post.codesTo(phone);
  const ask = (path: string, json: object) => stage.ask({ path, json, key: key.key });
  const askFirst = async (): Promise<Response> => {
    switch (way.begins) {
      case "login":
        return ask("/auth/login", { login_id: phone });
      case "signup":
        return ask("/auth/signup", { login_id: phone });
      case "oauth":
        return ask("/auth/oauth", await vouchedFor(world, traveller));
      case "recover":
        return ask("/auth/recovery/recover", { login_id: phone, method: way.method });
      case "checklink": {
        const known = world.post.linksTo(email);
        successIn(await ask("/auth/recovery/recover", { login_id: phone }));
        const url = await world.post.newLink(email, known);
        return ask("/auth/recovery/checklink", { token: url.searchParams.get("token") });
      }
    }
  };
  const answer = await askFirst();
  moveTo(traveller, answer);
  return answer;
}

/** Takes the place that a success names. */
function moveTo(traveller: Traveller, answer: Response): void {
  const { session_state: place, session_token, auth_token, memorable_positions } = successIn(answer);
  if (traveller.token !== "") traveller.spent.push(traveller.token);
  // What `ways` and the diagram are compared with next.
  traveller.place = place as Place;
  traveller.token = (session_token ?? auth_token ?? "") as string;
  if (memorable_positions !== undefined) traveller.positions = memorable_positions as readonly number[];
}

/** The right answer at a place, whether or not he is there. */
export async function rightAnswer({ post }: World, traveller: Traveller, call: Call): Promise<object> {
  switch (call) {
    case "checkpassword":
      return {
        password: traveller.password,
        ...(traveller.way.acceptsLater === true ? {} : { accept_disclaimers: ["terms"] }),
      };
    case "checkotp":
    case "signup-checkotp":
    case "recovery-checkotp":
      return { otp: await codeFor(post, traveller, call), accept_disclaimers: ["terms"] };
    case "checkmemorable":
      return { memorable_letters: lettersAt(traveller.positions) };
    case "acceptdisclaimers":
      return { accept_disclaimers: [{ code: "terms", version: "1" }] };
    case "signup-setpassword":
    case "recovery-setpassword":
      return { password: newPassword() };
    case "recovery-checkquestion":
      return { control_answer: question.answer };
    case "resendotp":
    case "logout":
      return {};
  }
}

/** Elsewhere than where one is asked for, the last that came will do. */
const codeFor = (post: Post, { place, phone, codes }: Traveller, call: Call): Promise<string> | string =>
  place === call || post.codesTo(phone) > codes ? post.newCode(phone, codes) : "123456";

const newPassword = (): string => {
  passwords += 1;
  return `Traveller-new-password-${passwords}`;
};
let passwords = 0;

export const lettersAt = (positions: readonly number[]): Readonly<Record<string, string>> =>
  Object.fromEntries(positions.map((position) => [String(position), words.join("")[position - 1] ?? ""]));

/** Sends a call with a token, his own unless it is another. */
export const send = (
  { stage, key, token }: Traveller,
  call: Call,
  json: object,
  over: { readonly token?: string; readonly key?: string } = {},
): Promise<Response> =>
  stage.ask({ path: paths[call], json, key: over.key ?? key.key, headers: bearing(over.token ?? token) });

/** Takes the next step of the diagram. */
export async function answerRight(world: World, traveller: Traveller): Promise<Response> {
  const { place } = traveller;
  assert.ok(place !== "authorized" && place !== "login" && place !== "nowhere", place);
  const json = await rightAnswer(world, traveller, place);
  await restSending(world);
  traveller.codes =
    place.endsWith("setpassword") || place === "checkpassword" ? world.post.codesTo(traveller.phone) : traveller.codes;
  const answer = await send(traveller, place, json);
  if (answer.status === 200) {
    if ("password" in json) traveller.password = String(json.password);
    moveTo(traveller, answer);
  }
  return answer;
}
