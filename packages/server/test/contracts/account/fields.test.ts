import { describeOnEveryStore } from "../../engines/engines.js";
import { fieldsRows } from "./fields-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("every field", (engine) => {
  testRows(useStage(engine), fieldsRows);
});
