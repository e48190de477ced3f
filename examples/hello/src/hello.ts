import { nobleBackend } from "@omemo/backend-noble";
import { fileStore } from "@omemo/store-file";
import { blindTrust } from "@omemo/trust";
import omemo from "@omemo/xmpp-client";
import { client, xml } from "@xmpp/client";

const { SERVICE: service = "xmpps://example.org", USERNAME: username = "juliet" } = process.env;
const { PASSWORD: password = "…", PEER: peer = "romeo@example.net" } = process.env;

const xmpp = client({ service, username, password });
const store = await fileStore(`./${username}.omemo`);
const manager = omemo(xmpp, { backend: nobleBackend(), store, trust: blindTrust(store) });

xmpp.on("error", console.error); // xmpp.js asks for one
xmpp.on("online", () => xmpp.send(xml("presence")).catch(console.error)); // on each connection
manager.on("message", ({ from, body, trust }) => console.log(from, body, trust));
manager.on("failure", ({ from, reason }) => console.warn(from, reason));

await xmpp.start(); // `omemo()` already listens, so nothing that arrives early is lost
await manager.initialize(); // publishes bundle, then device list

for (const identity of await manager.getActiveFingerprints(peer)) {
  await manager.trustOmemoIdentity(identity); // after comparing its fingerprint out of band
}
const sent = await manager.sendMessage(peer, "Wherefore?");
for (const { device, reason } of sent.skippedDevices) console.warn(device.deviceId, reason);
