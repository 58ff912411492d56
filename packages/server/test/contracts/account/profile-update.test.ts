import { describeOnEveryStore } from "../../engines/engines.js";
import { profileUpdateRows } from "./profile-update-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("/profile/update/", (engine) => {
  testRows(useStage(engine), profileUpdateRows);
});
