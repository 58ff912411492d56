import { type Row, rowsFor } from "./row.js";
import { carrying, type Member, type Stage } from "./stage.js";

/** Somebody whose account the operator protects: its address is in the configuration of the stage. */
export const protectedMember = (stage: Stage): Promise<Member> =>
  stage.shared("protected", () => stage.enter({ email: `admin@${stage.mountName}.example.org` }));

const deleting = async (
  stage: Stage,
): Promise<{ path: string; method: string; headers: { authorization: string } }> => ({
  path: "/profile/delete/",
  method: "DELETE",
  headers: carrying((await protectedMember(stage)).key),
});

export const profileDeleteRows: readonly Row[] = [
  ...rowsFor(
    "profile-delete",
    204,
    undefined,
    "Unable to log in with provided credentials.",
  )({ "the account is protected": deleting }),
  ...rowsFor(
    "profile-delete",
    403,
    undefined,
    "You do not have permission to perform this action.",
  )({ "the account is protected, hardened": deleting }, { mount: "hardened" }),
];

/** Sent several times at once: one of them deletes, the others come too late. */
export const goneRows: readonly Row[] = rowsFor(
  "profile-delete",
  404,
  undefined,
  "User does not exist.",
)({
  "another request deletes the account at the same time": async (stage) => ({
    path: "/profile/delete/",
    method: "DELETE",
    headers: carrying((await stage.enter()).key),
  }),
});
