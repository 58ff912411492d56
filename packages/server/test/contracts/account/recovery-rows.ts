import { givenPassword, givenPerson } from "../../given.js";
import type { Sent } from "../stage.js";
import { ageKey, endCode, endRecoveryKeys, restAddress } from "./aging.js";
import { notDigits } from "./code-rows.js";
import { weakPasswords } from "./register-rows.js";
import { fieldRows, type Row, rowsFor } from "./row.js";
import { carrying, otherThan, type Stage } from "./stage.js";

const verifying = (email: string, code: string): Sent => ({ path: "/forgot/verify/", json: { email, code } });

/** Somebody who has asked for a recovery code, and the code. */
const recovering = async (stage: Stage): Promise<{ readonly email: string; readonly code: string }> => {
  const { person } = await stage.enter();
  await restAddress(stage, person.email);
  await stage.ask({ path: "/forgot/", json: { email: person.email } });
  return { email: person.email, code: await stage.codeFor(person.email) };
};

const unknown: Readonly<Record<string, Row["send"] | Sent>> = {
  "nobody has the e-mail": verifying("nobody@example.org", "123456"),
  "the e-mail cannot be one": verifying("nobody", "123456"),
  "the e-mail has a NUL": verifying("ada\u0000@example.org", "123456"),
  "nobody has the e-mail, and a code was asked for": async (stage) => {
    const { email } = givenPerson();
    await stage.ask({ path: "/forgot/", json: { email } });
    return verifying(email, "123456");
  },
  "no code was asked for": async (stage) => verifying((await stage.enter()).person.email, "123456"),
  "the code is wrong": async (stage) => {
    const { email, code } = await recovering(stage);
    return verifying(email, otherThan(code));
  },
  "the code has five digits": async (stage) => verifying((await recovering(stage)).email, "12345"),
  "the code has 10,000 digits": async (stage) => verifying((await recovering(stage)).email, "1".repeat(10_000)),
  "the code's time is over": async (stage) => {
    const { email, code } = await recovering(stage);
    await endCode(stage, "recovery", email);
    return verifying(email, code);
  },
  "the code was used": async (stage) => {
    const { email, code } = await recovering(stage);
    await stage.ask(verifying(email, code));
    return verifying(email, code);
  },
  "five codes were wrong, and this one is right": async (stage) => {
    const { email, code } = await recovering(stage);
    for (let tries = 0; tries < 5; tries += 1) await stage.ask(verifying(email, otherThan(code)));
    return verifying(email, code);
  },
  "it is the code before another": async (stage) => {
    const { email, code } = await recovering(stage);
    await restAddress(stage, email);
    await stage.ask({ path: "/forgot/", json: { email } });
    const newer = await stage.codeFor(email);
    return verifying(email, code === newer ? otherThan(code) : code);
  },
  "it is the code of a registration": async (stage) => {
    const { email } = await stage.register();
    return verifying(email, await stage.codeFor(email));
  },
  "it is another mount's": async (stage) => {
    const { email, code } = await recovering(stage.at({ mount: "hardened" }));
    return verifying(email, code);
  },
  "the account has been restricted meanwhile": async (stage) => {
    const { email, code } = await recovering(stage);
    await stage.cli("user", "restrict", email);
    return verifying(email, code);
  },
};

type Fields = Readonly<Record<string, unknown>>;

const setting = (key: string, fields: Fields): Sent => ({
  path: "/reset/",
  headers: carrying(key),
  json: { password: `${givenPassword}-anew`, ...fields },
});

/** Somebody who signed in more than five minutes ago. */
const settled = (stage: Stage): Promise<string> =>
  stage.shared("settled", async () => {
    const { key } = await stage.enter();
    await ageKey(stage, key, 301_000);
    return key;
  });

/** Somebody whose address and name passwords are like, by a fresh sign-in. */
const margarethe = (stage: Stage): Promise<string> =>
  stage.shared("margarethe", async () => {
    const fullname = "Hildegard von Bingen";
    const { key } = await stage.enter({ email: `margarethe.brandt@${stage.mountName}.example.org`, fullname });
    return key;
  });

const oldPasswords: Readonly<Record<string, Fields>> = {
  "the old password is absent": {},
  "the old password is null": { old_password: null },
  "the old password is empty": { old_password: "" },
  "the old password is of blanks": { old_password: "  " },
  "the old password is true": { old_password: true },
  "the old password is a list of it": { old_password: [givenPassword] },
  "the old password is wrong": { old_password: `${givenPassword}x` },
  "the old password has a blank behind it": { old_password: `${givenPassword} ` },
  "the old password has 1,001 characters": { old_password: "x".repeat(1001) },
};

export const recoveryRows: readonly Row[] = [
  ...fieldRows(
    "forgot-verify",
    "code",
    "enter code numeric",
  )(Object.fromEntries(Object.entries(notDigits).map(([when, code]) => [when, verifying("nobody@example.org", code)]))),
  ...fieldRows("forgot-verify", "code", "Verification data not found or expired.")(unknown),
  ...rowsFor(
    "forgot",
    429,
    undefined,
    "Request was throttled. Expected available in N seconds.",
  )({
    "a code was mailed within a minute": async (stage) => {
      const { email } = await recovering(stage);
      return { path: "/forgot/", json: { email } };
    },
    "a code was asked for within a minute, and nobody has the e-mail": async (stage) => {
      const { email } = givenPerson();
      await stage.ask({ path: "/forgot/", json: { email } });
      return { path: "/forgot/", json: { email } };
    },
    "a registration's code was mailed within a minute": async (stage) => {
      const { email } = await stage.register();
      return { path: "/forgot/", json: { email } };
    },
  }),
  ...Object.entries(weakPasswords).flatMap(([message, cases]) =>
    fieldRows(
      "reset",
      "password",
      message,
    )(
      Object.fromEntries(
        Object.entries(cases).map(([when, password]): [string, Row["send"]] => [
          when,
          async (stage) => {
            const key = await margarethe(stage);
            const own = password.replace("@example.org", `@${stage.mountName}.example.org`);
            return setting(key, { password: own });
          },
        ]),
      ),
    ),
  ),
  ...fieldRows(
    "reset",
    "old_password",
    "The old password is incorrect.",
  )({
    ...Object.fromEntries(
      Object.entries(oldPasswords).map(([when, fields]): [string, Row["send"]] => [
        when,
        async (stage) => setting(await settled(stage), fields),
      ]),
    ),
    "the sign-in is fresh, and the old password wrong": async (stage) => {
      const { key } = await stage.shared("fresh", () => stage.enter());
      return setting(key, { old_password: "wrong" });
    },
    "ten were wrong, and this one is right": async (stage) => {
      const { key } = await stage.enter();
      await ageKey(stage, key, 301_000);
      for (let tries = 0; tries < 10; tries += 1) await stage.ask(setting(key, { old_password: "wrong" }));
      return setting(key, { old_password: givenPassword });
    },
  }),
  ...rowsFor(
    "reset",
    401,
    undefined,
    "Invalid token.",
  )({
    "the recovery is ten minutes old": async (stage) => {
      const { person, user } = await stage.enter();
      const key = await stage.recover(person.email);
      await endRecoveryKeys(stage, String(user["id"]));
      return setting(key, {});
    },
    "the recovery key was used": async (stage) => {
      const key = await stage.recover((await stage.enter()).person.email);
      await stage.ask(setting(key, {}));
      return setting(key, { password: `${givenPassword}-again` });
    },
    "it is the recovery key before another": async (stage) => {
      const { person } = await stage.enter();
      const key = await stage.recover(person.email);
      await stage.recover(person.email);
      return setting(key, {});
    },
    "the password was changed by another key": async (stage) => {
      const { person, key } = await stage.enter();
      const other = await stage.signIn(person);
      await stage.ask(setting(other, {}));
      return setting(key, {});
    },
    "the recovery key is another mount's": async (stage) => {
      const other = stage.at({ mount: "hardened" });
      return setting(await other.recover((await other.enter()).person.email), {});
    },
  }),
];
