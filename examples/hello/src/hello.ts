import { nobleBackend } from "@omemo/backend-noble";
import { formatFingerprint } from "@omemo/core";
import { fileStore } from "@omemo/store-file";
import { manualTrust } from "@omemo/trust";
import omemo from "@omemo/xmpp-client";
import { client, xml } from "@xmpp/client";

const { SERVICE, USERNAME, PASSWORD = "", PEER = "romeo@example.net" } = process.env;
const [service, username] = [SERVICE ?? "xmpps://example.org", USERNAME ?? "juliet"];

const xmpp = client({ service, username, password: PASSWORD });
const store = await fileStore(`./${username}.omemo`);
const manager = omemo(xmpp, { backend: nobleBackend(), store, trust: manualTrust(store) });

xmpp.on("error", console.error); // xmpp.js asks for one
xmpp.on("online", () => xmpp.send(xml("presence")).catch(console.error)); // ours tells what to push
manager.on("message", ({ from, body, trust }) => console.log(from, body, trust));
manager.on("failure", ({ from, reason }) => console.warn(from, reason));

await xmpp.start(); // `omemo()` already listens, so nothing that arrives early is lost
await manager.initialize(); // publishes bundle, then device list

for (const account of [manager.getOwnDevice().jid, PEER]) {
  for (const identity of await manager.getActiveFingerprints(account)) {
    console.log(account, formatFingerprint(identity.fingerprint));
    await manager.trustOmemoIdentity(identity); // after comparing it on another way
  }
}
const sent = await manager.sendMessage(PEER, "Wherefore?");
for (const { device, reason } of sent.skippedDevices) console.warn(device.deviceId, reason);
