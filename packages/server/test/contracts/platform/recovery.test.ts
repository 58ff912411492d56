import { describeOnEveryStore } from "../../engines/engines.js";
import { recoveryRows } from "./recovery-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("recovering access", (engine) => {
  const stage = useStage(engine);
  testRows(stage, recoveryRows);
});
