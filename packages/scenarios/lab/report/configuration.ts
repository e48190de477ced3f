import type { ConfigurationLine } from "@omemo/xmpp-client/report";
import type { ServerKind } from "../harness/startServer.js";

/**
 * Puts a line where a report says it belongs, as an administrator would: commands of sed over the
 * configurations of the lab.
 */
export function editFor(kind: ServerKind, { where, line }: ConfigurationLine): readonly string[] {
  return kind === "prosody" ? inProsody(where, line) : inEjabberd(where, line);
}

/** What an option was before does not stay beside it. */
function inProsody(where: string, line: string): readonly string[] {
  const [option = ""] = line.split(" =");
  switch (where) {
    case "modules_enabled":
      return [`/^modules_enabled = \\{/a ${line}`];
    case "global section":
      return [`/^${option} = /d`, `/^VirtualHost /i ${line}`];
    case "end of the file":
      return [`$a ${line}`];
    default: // a component
      return [`/^${option} = /d`, `/^${where.replace(/[./]/g, "\\$&")}/a ${line}`];
  }
}

function inEjabberd(where: string, line: string): readonly string[] {
  const [option = ""] = line.split(":");
  if (where === "modules") return [`/^modules:/a \\  ${line}`];
  return [`/^    ${option}:/d`, `/^  ${where}:/a \\    ${line}`];
}
