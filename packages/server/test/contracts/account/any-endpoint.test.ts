import { describeOnEveryStore } from "../../engines/engines.js";
import { anyEndpointRows } from "./any-endpoint-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("any endpoint", (engine) => {
  testRows(useStage(engine), anyEndpointRows);
});
