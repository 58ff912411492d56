import type { Engine, EngineName } from "./engine.js";
import { mariadb } from "./mariadb.js";
import { postgres } from "./postgres.js";
import { sqlite } from "./sqlite.js";

export const engines: Readonly<Record<EngineName, Engine>> = { sqlite, postgres, mariadb };
