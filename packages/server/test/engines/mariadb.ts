import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import { findFreePort } from "./free-port.js";
import { giveTo, isProgram, ownerNamed, type PrivateEngine, runTool, startPrivateEngine } from "./private-engine.js";
import { makeTemporaryFolder, removeTemporaryFolder } from "./temporary-folder.js";

/** MariaDB's server and the tool that makes its data folder. */
export function findMariadb(): { readonly server: string; readonly installer: string } | undefined {
  const server = ["/usr/sbin/mariadbd", "/usr/local/bin/mariadbd"].find(isProgram);
  const installer = ["/usr/bin/mariadb-install-db", "/usr/local/bin/mariadb-install-db"].find(isProgram);
  return server === undefined || installer === undefined ? undefined : { server, installer };
}

/**
 * A MariaDB of our own: over TCP on 127.0.0.1, with a password, its durable defaults in force. It reads no configuration, so that
 * its default character set is the harshest there is: latin1.
 */
export async function startMariadb(): Promise<PrivateEngine> {
  const programs = findMariadb();
  if (programs === undefined) {
    throw new Error("MariaDB is not installed");
  }
  const owner = ownerNamed("mysql");
  const folder = makeTemporaryFolder("mariadb");
  try {
    giveTo(owner, folder);
    const password = randomBytes(24).toString("base64url");
    const data = join(folder, "data");
    const layout = [`--datadir=${data}`, `--tmpdir=${folder}`];
    runTool(
      programs.installer,
      ["--no-defaults", ...layout, "--auth-root-authentication-method=normal", "--skip-test-db"],
      folder,
      owner,
    );
    // Run at each start: a first start killed half-way leaves no account without a password.
    const setup = join(folder, "setup.sql");
    writeFileSync(
      setup,
      [
        "delete from mysql.global_priv where User in ('', 'root');",
        "flush privileges;",
        `create or replace user 'admin'@'127.0.0.1' identified by '${password}';`,
        "grant all privileges on *.* to 'admin'@'127.0.0.1' with grant option;",
        "",
      ].join("\n"),
      { mode: 0o600 },
    );
    giveTo(owner, setup);
    const port = await findFreePort();
    const url = `mysql://admin:${password}@127.0.0.1:${port}/`;
    const network = [`--port=${port}`, "--bind-address=127.0.0.1", "--skip-name-resolve", "--max-connections=300"];
    const files = [`--socket=${join(folder, "socket")}`, `--pid-file=${join(folder, "pid")}`, `--init-file=${setup}`];
    const program = {
      command: programs.server,
      args: ["--no-defaults", ...layout, ...network, ...files],
      folder,
      owner,
      stopSignal: "SIGTERM",
    } as const;
    return await startPrivateEngine(program, url, () => askMariadb(url, []));
  } catch (error) {
    removeTemporaryFolder(folder);
    throw error;
  }
}

/** Makes an empty database and a user who may do everything there and nothing elsewhere; the URL is that user's. */
export async function makeMariadbDatabase(adminUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `t${randomBytes(8).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  const user = `'${name}'@'127.0.0.1'`;
  await askMariadb(adminUrl, [
    `create database ${name}`,
    `create user ${user} identified by '${password}'`,
    `grant all privileges on ${name}.* to ${user}`,
  ]);
  const url = new URL(adminUrl);
  url.username = name;
  url.password = password;
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      askMariadb(adminUrl, [`drop user if exists ${user}`, `kill user ${user}`, `drop database if exists ${name}`]),
  };
}

async function askMariadb(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: 10_000 });
  try {
    await connection.query("select 1");
    for (const statement of statements) {
      await connection.query(statement);
    }
    await connection.end();
  } finally {
    connection.destroy();
  }
}
