import type { Check, ConfigurationLine, ServerReport } from "./report.js";

const SERVERS = { prosody: "Prosody", ejabberd: "ejabberd" } as const;
type Server = keyof typeof SERVERS;

/** The report for people: what is wrong comes first, with what to change where. */
export function writeReport(report: ServerReport): string {
  const { domain, software = "an unknown server", softwareVersion = "", checks } = report;
  const how = report.isProbed ? "asked and tried out" : "asked, and nothing tried out";
  const servers = serversFor(software);
  const order: readonly Check["state"][] = ["missing", "poor", "unknown", "fine"];
  const sorted = order.flatMap((state) => checks.filter((check) => check.state === state));
  const title = `${domain} runs ${`${software} ${softwareVersion}`.trim()} (${how})`;
  return [title, "", ...sorted.flatMap((check) => linesFor(check, servers)), ""].join("\n");
}

/** Of a server that nobody recognises both ways are shown. */
function serversFor(software: string): readonly Server[] {
  const all: readonly Server[] = ["prosody", "ejabberd"];
  const known = all.filter((each) => software.toLowerCase().includes(each));
  return known.length > 0 ? known : all;
}

function linesFor(
  { code, state, seen, consequence, remedy }: Check,
  servers: readonly Server[],
): readonly string[] {
  const indent = " ".repeat(9);
  const remedies = servers.flatMap((server) =>
    remedy === undefined ? [] : [`${indent}${SERVERS[server]}, ${instruction(remedy[server])}`],
  );
  return [
    `${state.padEnd(indent.length)}${code}: ${seen}`,
    ...(consequence === undefined ? [] : [`${indent}so ${consequence}`]),
    ...remedies,
  ];
}

function instruction({ where, line }: ConfigurationLine): string {
  return `${where}: ${line}`;
}
