import type { SessionState } from "#core/sign-in/session-state.js";
import {
  type Client,
  codeTo,
  linkTo,
  linkToken,
  makePerson,
  newAddresses,
  type Person,
  type Progress,
  setUp,
  signIn,
  step,
} from "./people.js";
import type { Stage } from "./stage.js";

/** Everything that a sign-in can be asked for, each of whoever has it set up. */
export const fullPolicy = {
  factors: { memorable: true, controlQuestion: true },
  signUp: { password: true },
  recovery: { methods: ["PHONE", "MAIL", "QUESTION"], defaultMethod: "PHONE" },
} as const;

export const words = ["marigold", "سپیده‌دمان"] as const;
export const controlAnswer = "Blue  Bicycle";

/** A session in a state, and whose it is. */
export interface InState {
  readonly progress: Progress;
  /** `undefined` before there is an account. */
  readonly person: Person | undefined;
  /** Where its code went. */
  readonly to: string;
}

export const fullClient = async (stage: Stage): Promise<Client> => ({ stage, key: await stage.keyWith(fullPolicy) });

/** A company of its own that requires a disclaimer; everybody who was there before has not accepted it. */
export async function legalClient(stage: Stage): Promise<Client> {
  const legal = stage.at({ company: "legal" });
  await stage.shared("the company legal", async () => {
    await stage.realm("legal");
    await stage.cli(
      "disclaimer",
      "add",
      "legal",
      "terms",
      "2",
      "--title",
      "en=Terms",
      "--title",
      "fa=شرایط",
      "--url",
      "https://example.org/terms",
      "--from",
      "2020-01-01T00:00:00Z",
    );
  });
  return fullClient(legal);
}

type Making = (stage: Stage) => Promise<InState>;

/** How a client gets there: each with somebody whom no other test knows. */
const makers: Readonly<Record<SessionState | "authorized", Making>> = {
  checkpassword: async (stage) => {
    const person = await makePerson(stage);
    return inState(person, await step(await fullClient(stage), "/auth/login", { login_id: person.email }));
  },
  checkotp: async (stage) => {
    const person = await makePerson(stage, { password: false });
    return inState(person, await step(await fullClient(stage), "/auth/login", { login_id: person.phone }));
  },
  checkmemorable: async (stage) => {
    const client = await fullClient(stage);
    const person = await makePerson(stage);
    await setUp(client, await signIn(client, person), "/user/memorable", { words });
    return inState(person, await signIn(client, person));
  },
  acceptdisclaimers: async (stage) => {
    const client = await legalClient(stage);
    const person = await makePerson(client.stage);
    const proven = await openLink(client, person);
    const progress = await step(client, "/auth/recovery/setpassword", { password: person.password }, proven);
    return inState(person, progress);
  },
  "signup-checkotp": async (stage) => {
    const { phone } = newAddresses();
    const progress = await step(await fullClient(stage), "/auth/signup", { login_id: phone });
    return { progress, person: undefined, to: phone };
  },
  "signup-setpassword": async (stage) => {
    const begun = await makers["signup-checkotp"](stage);
    const otp = await codeTo(stage, begun.to);
    const progress = await step(await fullClient(stage), "/auth/signup/checkotp", { otp }, begun.progress);
    return { ...begun, progress };
  },
  "recovery-checkotp": async (stage) => {
    const person = await makePerson(stage);
    const json = { login_id: person.email, method: "PHONE" };
    return inState(person, await step(await fullClient(stage), "/auth/recovery/recover", json));
  },
  "recovery-checkquestion": async (stage) => {
    const client = await fullClient(stage);
    const person = await makePerson(stage);
    const question = { question: "What did you ride?", answer: controlAnswer };
    await setUp(client, await signIn(client, person), "/user/controlquestion", question);
    const json = { login_id: person.email, method: "QUESTION" };
    return inState(person, await step(client, "/auth/recovery/recover", json));
  },
  "recovery-setpassword": async (stage) => {
    const begun = await makers["recovery-checkotp"](stage);
    const otp = await codeTo(stage, begun.to);
    const progress = await step(await fullClient(stage), "/auth/recovery/checkotp", { otp }, begun.progress);
    return { ...begun, progress };
  },
  authorized: async (stage) => {
    const person = await makePerson(stage);
    return inState(person, await signIn(await fullClient(stage), person));
  },
};

const inState = (person: Person, progress: Progress): InState => ({ person, progress, to: person.phone });

/** Makes a session in the state. */
export const sessionIn = (stage: Stage, state: SessionState | "authorized"): Promise<InState> => makers[state](stage);

/** The client that made it, and with which alone it goes on. */
export const clientOf = (stage: Stage, state: SessionState | "authorized"): Promise<Client> =>
  state === "acceptdisclaimers" ? legalClient(stage) : fullClient(stage);

/** Has a link mailed and opens it. */
export async function openLink(client: Client, person: Person): Promise<Progress> {
  await step(client, "/auth/recovery/recover", { login_id: person.email, method: "MAIL" });
  const token = linkToken(await linkTo(client.stage, person.email));
  return step(client, "/auth/recovery/checklink", { token });
}
