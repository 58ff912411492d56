import { describeOnEveryStore } from "../../engines/engines.js";
import { registerRows } from "./register-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("registration", (engine) => {
  testRows(useStage(engine), registerRows);
});
