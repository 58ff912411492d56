import { describeOnEveryStore } from "../../engines/engines.js";
import { loginRows } from "./login-rows.js";
import { testRows } from "./row.js";
import { useStage } from "./stage.js";

describeOnEveryStore("POST /login/", (engine) => {
  testRows(useStage(engine), loginRows);
});
