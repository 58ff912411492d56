import { describeOnEveryStore } from "../../engines/engines.js";
import { testRows } from "./row.js";
import { signInRows } from "./sign-in-rows.js";
import { useStage } from "./stage.js";

describeOnEveryStore("signing in", (engine) => {
  const stage = useStage(engine);
  testRows(stage, signInRows);
});
