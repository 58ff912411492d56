import { describeOnEveryStore } from "../../engines/engines.js";
import { testRows } from "./row.js";
import { signUpRows } from "./sign-up-rows.js";
import { useStage } from "./stage.js";

describeOnEveryStore("signing up", (engine) => {
  const stage = useStage(engine);
  testRows(stage, signUpRows);
});
