/** What a person registers with. */
export interface GivenRegistration {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  readonly language_code?: string;
}

/** A password that every policy takes, and that no list holds. */
export const givenPassword = "Correct-Horse-9-battery";

/** A registration that is taken: a name and an address of its own each time. A row names only what matters to it. */
export function givenRegistration<Over extends object = object>(over?: Over): GivenRegistration & Over {
  const name = givenName();
  // The intersection is what the spread makes of both.
  return { username: name, email: `${name}@example.org`, password: givenPassword, ...over } as GivenRegistration & Over;
}

/** What a person registers with at the account contract. */
export interface GivenPerson {
  readonly email: string;
  readonly fullname: string;
  readonly password: string;
  readonly language?: string;
}

/** Somebody whom nobody else of this process is. */
export function givenPerson<Over extends object = object>(over?: Over): GivenPerson & Over {
  // The intersection is what the spread makes of both.
  return {
    email: `${givenName()}@example.org`,
    fullname: "Ada Lovelace",
    password: givenPassword,
    ...over,
  } as GivenPerson & Over;
}

/** A name that no other test of this process has. */
function givenName(): string {
  given += 1;
  return `ada${given}`;
}
let given = 0;
