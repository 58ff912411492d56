import { describeOnEveryStore } from "../../engines/engines.js";
import { codeRows } from "./code-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("codes of registrations", (engine) => {
  testRows(useStage(engine), codeRows);
});
