import { describeOnEveryStore } from "../../engines/engines.js";
import { guestRows } from "./guest-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("POST /guest/", (engine) => {
  testRows(useStage(engine), guestRows);
});
