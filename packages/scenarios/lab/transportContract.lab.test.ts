import { randomBytes } from "node:crypto";
import { type BareJid, bareJid, type XmlElement } from "@omemo/core";
import { xml as element } from "@omemo/core/wire";
import { type TransportUnderTest, transportContract } from "@omemo/testkit";
import { fromXmlElement, toXmlElement, type XmppElement } from "@omemo/xmpp-client";
import { xml } from "@xmpp/client";
import { afterAll, beforeAll, describe, it } from "vitest";
import { canRun } from "./harness/labPrograms.js";
import { type LabServer, startServer } from "./harness/startServer.js";
import { until } from "./harness/until.js";
import { type Link, TransportPeer } from "./transport/transportPeer.js";

const MUC = "http://jabber.org/protocol/muc";

/** Four clients on the server, as the contract wants them. */
async function open(server: LabServer, link: Link): Promise<TransportUnderTest> {
  const names = ["a", "b", "s"].map((name) => `${name}${randomBytes(5).toString("hex")}`);
  const [a, b, s] = await server.addAccounts(names);
  if (a === undefined || b === undefined || s === undefined) throw new Error("no accounts");
  const peers = await Promise.all(
    [a, a, b, s].map((account) => TransportPeer.start(server, account, link)),
  );
  const [alice, aliceElsewhere, bob, stranger] = peers as [
    TransportPeer,
    TransportPeer,
    TransportPeer,
    TransportPeer,
  ];
  await alice.befriend(bob);
  const room = await openRoom(alice, bob.jid, `room${randomBytes(4).toString("hex")}`);
  return {
    alice: alice.transport,
    aliceElsewhere: aliceElsewhere.transport,
    bob: bob.transport,
    stranger: stranger.transport,
    room,
    settle: (promise) => promise,
    until: (holds) => holding("what the contract expects", peers, holds),
    disconnect: async () => {
      alice.client.reconnect.stop();
      alice.line.cut();
      await holding("the end of the stream", peers, () => !alice.transport.isOnline);
      // The server has seen it too when it answers what came later. Otherwise the new stream may take
      // the resource of one that lives, and goes with it when that one ends at last.
      await bob.transport.fetchItem(bob.jid, "lab:none");
      await bob.transport.fetchItem(bob.jid, "lab:none");
    },
    reconnect: async (state) => {
      // The server knows no such stream, so a new one begins.
      if (state === "online") alice.client.streamManagement.id = "forgotten";
      await alice.client.reconnect.reconnect();
      await holding("a stream", peers, () => alice.transport.isOnline);
      if (state === "online") await alice.client.send(xml("presence"));
    },
    forgeReply: (payload) => forgeNextReply(alice, stranger, payload),
    dispose: async () => {
      await Promise.all(peers.map((peer) => peer.stop()));
    },
  };
}

async function holding(
  what: string,
  peers: readonly TransportPeer[],
  holds: () => boolean,
): Promise<void> {
  const lookouts = peers.map(({ lookout }) => lookout);
  const names = peers.map(({ jid }) => jid).join(", ");
  await until(
    lookouts,
    () => (holds() ? true : undefined),
    () => `${names} wait for ${what}`,
  );
}

/** Made, configured and left again: the lists stay. */
async function openRoom(owner: TransportPeer, member: BareJid, name: string): Promise<BareJid> {
  const room = bareJid(`${name}@conference.${owner.jid.slice(owner.jid.indexOf("@") + 1)}`);
  const entered = owner.sees({ jid: room });
  await owner.client.send(xml("presence", { to: `${room}/owner` }, xml("x", { xmlns: MUC })));
  await entered;
  const { iqCaller } = owner.client;
  const field = (name: string, value: string) =>
    xml("field", { var: name }, xml("value", {}, value));
  const form = xml(
    "x",
    { xmlns: "jabber:x:data", type: "submit" },
    field("FORM_TYPE", `${MUC}#roomconfig`),
    field("muc#roomconfig_membersonly", "1"),
    field("muc#roomconfig_whois", "anyone"),
    field("muc#roomconfig_persistentroom", "1"),
  );
  await iqCaller.set(xml("query", { xmlns: `${MUC}#owner` }, form), room);
  const item = xml("item", { affiliation: "member", jid: member });
  await iqCaller.set(xml("query", { xmlns: `${MUC}#admin` }, item), room);
  return room;
}

/** As a stranger's answer would come in, had he guessed the id and were he faster than the owner. */
function forgeNextReply(victim: TransportPeer, forger: TransportPeer, payload: XmlElement): void {
  let isDone = false;
  victim.client.on("send", (sent: XmppElement) => {
    const request = toXmlElement(sent);
    const items = JSON.stringify(request).match(/"node":"([^"]+)"/);
    if (isDone || request.name !== "iq" || items === null) return;
    isDone = true;
    const { id = "" } = request.attrs;
    const item = element("item", { id: "current" }, payload);
    const pubsub = element(
      "pubsub",
      { xmlns: "http://jabber.org/protocol/pubsub" },
      element("items", { node: items[1] }, item),
    );
    const forged = element("iq", { type: "result", id, from: `${forger.client.jid}` }, pubsub);
    victim.client.emit("stanza", fromXmlElement(forged) as never);
  });
}

for (const link of ["tcp", "websocket"] as const) {
  describe.skipIf(!canRun(["prosody"]))(`@omemo/xmpp-client over ${link} on prosody`, () => {
    let server: LabServer;
    beforeAll(async () => {
      server = await startServer("prosody");
    });
    afterAll(() => server.stop());
    transportContract({ describe, it }, () => open(server, link));
  });
}
