import { createPasswordHasher } from "#adapters/passwords/password-hasher.js";
import { peppersWith } from "./hashers.js";

// Never closed: what is idle must not keep a command from ending.
await createPasswordHasher({ peppers: peppersWith("v1"), permits: 1 }).hash("Correct-Horse-9-battery");
