import { serialize } from "@omemo/core/wire";
import { type Command, textField } from "../command.js";
import type { Peer } from "../peer.js";
import { parseElement } from "./parseElement.js";

/** Asks one client in an encrypted request, and tells what it answered and with which key. */
export async function ask({ manager }: Peer, command: Command): Promise<unknown> {
  const { type = "get" } = command;
  if (type !== "get" && type !== "set") throw new Error('"type" is get or set');
  const content = [parseElement(textField(command, "content"))];
  const answer = await manager.sendIq(textField(command, "to"), type, content);
  const { device, fingerprint } = answer;
  return { content: answer.content.map(serialize), device: device.deviceId, key: fingerprint };
}

/** Answers encrypted requests of others with one element, and tells of each. */
export async function serve({ manager, emit }: Peer, command: Command): Promise<null> {
  const answer = [parseElement(textField(command, "content"))];
  manager.onIq(async ({ from, type, content, device, fingerprint }) => {
    const asked = { from, type, content: content.map(serialize) };
    await emit({ ev: "iq", ...asked, device: device.deviceId, key: fingerprint });
    return answer;
  });
  return null;
}
