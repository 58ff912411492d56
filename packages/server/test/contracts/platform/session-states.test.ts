import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { routes } from "#contracts/platform/routes.js";
import { type SessionState, sessionStates } from "#core/sign-in/session-state.js";
import { describeOnEveryEngine } from "../../engines/engines.js";
import { tokenOf } from "./people.js";
import { expectRefused } from "./row.js";
import { clientOf, sessionIn } from "./session-in.js";
import { bearing, useStage } from "./stage.js";

// Written by this module's own author, from these keys.
const states = [...(Object.keys(sessionStates) as SessionState[]), "authorized"] as const;

/** Every endpoint that a token is shown to; an auth token's own are those of users. */
const withToken = routes.filter(({ access }) => access === "session" || access === "user");

describeOnEveryEngine("every state at every endpoint", (engine) => {
  const stage = useStage(engine);

  describe("the diagram is all there is", { concurrency: 4 }, () => {
    for (const state of states) {
      test(`a session in ${state} is refused wherever its state does not lead, and goes on afterwards`, async () => {
        const { key, stage: own } = await clientOf(stage, state);
        const { progress } = await sessionIn(stage, state);
        const headers = bearing(tokenOf(progress));
        for (const route of withToken) {
          const isTaken =
            state === "authorized"
              ? route.access === "user"
              : route.access === "session" && sessionStates[state].takes.includes(route.takes);
          if (isTaken) continue;
          const path = route.path.replace(/:\w+/g, "nothing");
          const answer = await own.ask({ method: route.method, path, key: key.key, headers });
          expectRefused(answer, { code: "auth.session.invalid" });
        }
        const left = await own.ask({ method: "POST", path: "/auth/logout", key: key.key, headers });
        assert.deepEqual([left.status, left.json], [200, { status: "success" }]);
      });
    }
  });
});
