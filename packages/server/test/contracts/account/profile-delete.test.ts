import { describeOnEveryStore } from "../../engines/engines.js";
import { profileDeleteRows } from "./profile-delete-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("DELETE /profile/delete/", (engine) => {
  testRows(useStage(engine), profileDeleteRows);
});
