import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type LabProgram =
  | "prosody"
  | "ejabberd"
  | "profanity"
  | "twomemo"
  | "json-lines"
  | "json-lines on libsignal";

const repository = new URL("../../../../", import.meta.url);

/** Absolute path of a file of the folder `lab/`. */
export function labFile(name: string): string {
  return fileURLToPath(new URL(`lab/${name}`, repository));
}

/** The built entry of our own example client. */
export const jsonLinesEntry: string = fileURLToPath(
  new URL("examples/json-lines/dist/main.js", repository),
);

/** What our client is told to import as its backend; nothing of it is imported here. */
export const libsignalModule: string = fileURLToPath(
  new URL("examples/licensed-backends/src/jsonLinesBackend.mjs", repository),
);

/** The one that sees Debian's Python packages. */
export const debianPython: string = "/usr/bin/python3";

function succeeds(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: "ignore" }).status === 0;
}

const libsignalBuild: string = fileURLToPath(
  new URL("packages/backend-libsignal/dist/index.js", repository),
);

const isPresent: Readonly<Record<LabProgram, () => boolean>> = {
  prosody: () => succeeds("sh", "-c", "PATH=$PATH:/usr/sbin command -v prosody"),
  ejabberd: () => succeeds("sh", "-c", "command -v erl && ls -d /usr/lib/*/ejabberd-*/ebin"),
  profanity: () => succeeds("sh", "-c", "command -v profanity && command -v tmux"),
  twomemo: () => succeeds(debianPython, "-c", "import slixmpp, omemo, twomemo, oldmemo, xmlschema"),
  "json-lines": () => existsSync(jsonLinesEntry),
  "json-lines on libsignal": () => existsSync(jsonLinesEntry) && existsSync(libsignalBuild),
};

/**
 * True when all of them can be run. Otherwise says loudly what is missing, and lets the caller skip
 * its tests; where `CI` is set, a lab that is not there is a failure.
 */
export function canRun(programs: readonly LabProgram[]): boolean {
  const missing = [...new Set(programs)].filter((program) => !isPresent[program]());
  if (missing.length === 0) return true;
  const reason =
    `lab tests are NOT run, because this is missing: ${missing.join(", ")}. ` +
    "Install the packages in lab/packages.txt; json-lines comes with `pnpm build`.";
  if (process.env.CI !== undefined) throw new Error(reason);
  console.error(`\n!!! ${reason}\n`);
  return false;
}
