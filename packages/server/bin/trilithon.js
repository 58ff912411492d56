#!/usr/bin/env node
// CommonJS, by the package.json beside it: on Node 20 the loader of ES modules starts the thread pool, whose size is then fixed,
// before the first line of an ES module runs. Password hashing may take every processor; four threads stay for files and DNS.
process.env.UV_THREADPOOL_SIZE ||= String(require("node:os").availableParallelism() + 4);
void import("../dist/src/cli/main.js");
