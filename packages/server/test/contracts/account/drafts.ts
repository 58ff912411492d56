import { givenPerson } from "../../given.js";
import { specEndpoint } from "../../specs/account-page.js";
import type { Sent } from "../stage.js";
import { carrying, givenDevice, type Member, type Stage } from "./stage.js";

/** Somebody who only looks on: his key is never used up. */
export const bystander = (stage: Stage): Promise<Member> => stage.shared("bystander", () => stage.enter());

/** Fields that pass each endpoint's checks of form. */
const fieldsOf: Readonly<Record<string, () => Readonly<Record<string, unknown>>>> = {
  register: () => {
    const { email, fullname } = givenPerson();
    return { email, fullname };
  },
  "web-register": () => ({ ...givenPerson() }),
  verify: () => ({ email: givenPerson().email, code: "123456" }),
  resend: () => ({ email: givenPerson().email }),
  login: () => {
    const { email, password } = givenPerson();
    return { email, password };
  },
  guest: () => ({ device_id: givenDevice() }),
  "exchange-token": () => ({ temp_token: "x" }),
  "profile-update": () => ({ fullname: "Ada Lovelace" }),
  forgot: () => ({ email: givenPerson().email }),
  "forgot-verify": () => ({ email: givenPerson().email, code: "123456" }),
  reset: () => ({ password: givenPerson().password }),
};

/** Fields that pass the endpoint's checks of form; a field that is `undefined` in `over` is left out. */
export const fieldsFor = (name: string, over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  ...fieldsOf[name]?.(),
  ...over,
});

/** A request that would reach the endpoint, with the bystander's key where one is needed. */
export const draftFor = async (stage: Stage, name: string): Promise<Omit<Sent, "path"> & { readonly path: string }> => {
  const { path, methods, needsKey } = specEndpoint(name);
  return {
    path,
    method: methods.at(-1) ?? "POST",
    headers: needsKey ? carrying((await bystander(stage)).key) : {},
  };
};

/** The same with fields as JSON. */
export const jsonFor = async (
  stage: Stage,
  name: string,
  over: Readonly<Record<string, unknown>> = {},
): Promise<Sent> => ({ ...(await draftFor(stage, name)), json: fieldsFor(name, over) });
