// Runs on any Node >= 18 with npm: takes Node and pnpm from the npm registry into npm's own cache
// (nothing is installed globally), installs the locked dependencies and runs one script.
import { execFileSync, spawnSync } from "node:child_process";
import { nodePackage } from "./nodePackage.mjs";

const NODE = "24.21.0";
const PNPM = "12.21.0";

const [major, minor] = process.versions.node.split(".").map(Number);
const isModern = major === 22 ? minor >= 19 : major === 24 ? minor >= 11 : major >= 26;
const shell = process.platform === "win32"; // there `npm`, `npx` and `pnpm` are .cmd files
const npmVersion = execFileSync("npm", ["--version"], { encoding: "utf8", shell });

const npx = ["-y"];
if (Number.parseInt(npmVersion, 10) >= 12) npx.push("--allow-scripts=pnpm"); // npm 12 blocks scripts
const node = nodePackage(NODE);
if (!isModern && node) npx.push("-p", node);
npx.push("-p", `pnpm@${PNPM}`, "-c", "node -p process.env.PATH");

const env = { ...process.env };
env.PATH = execFileSync("npx", shell ? npx.map((argument) => `"${argument}"`) : npx, {
  encoding: "utf8",
  shell,
  stdio: ["ignore", "pipe", "inherit"],
}).trim();

const steps = [
  ["install", "--frozen-lockfile", "--trust-lockfile"],
  ["run", ...process.argv.slice(2)],
];
for (const step of steps) {
  const { status, error } = spawnSync("pnpm", step, { env, shell, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
