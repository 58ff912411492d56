import { describeOnEveryStore } from "../../engines/engines.js";
import { keyRows } from "./key-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("keys", (engine) => {
  testRows(useStage(engine), keyRows);
});
