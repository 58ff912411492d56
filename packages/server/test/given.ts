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

/** A name that no other test of this process has. */
function givenName(): string {
  given += 1;
  return `ada${given}`;
}
let given = 0;
