import { randomBytes } from "node:crypto";
import type { TransportEvent, TransportItem, TransportMessage, TransportState } from "@omemo/core";
import { xml as element } from "@omemo/core/wire";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canRun } from "./harness/labPrograms.js";
import { type LabServer, type ServerKind, startServer } from "./harness/startServer.js";
import { type Link, NOTIFIED_NODE, TransportPeer } from "./transport/transportPeer.js";

const payload = (text: string) => element("x", { xmlns: "lab:payload" }, text);
const open = { access: "open", maxItems: 1 } as const;
const many = { access: "open", maxItems: "max" } as const;

const isItem =
  (text: string) =>
  (event: TransportEvent): event is TransportItem =>
    event.kind === "item" && event.node === NOTIFIED_NODE && event.payload?.children[0] === text;
const isRetraction = (event: TransportEvent): event is TransportItem =>
  event.kind === "item" && event.node === NOTIFIED_NODE && event.payload === undefined;
const isMessage =
  (id: string) =>
  (event: TransportEvent): event is TransportMessage =>
    event.kind === "message" && event.stanza.attrs.id === id;
const isState =
  (kind: TransportState["kind"]) =>
  (event: TransportEvent): event is TransportState =>
    event.kind === kind;

function describeTransport(kind: ServerKind, link: Link): void {
  describe.skipIf(!canRun([kind]))(`transport over ${link} on ${kind}`, () => {
    let server: LabServer;
    let peers: TransportPeer[] = [];
    beforeAll(async () => {
      server = await startServer(kind);
    });
    afterEach(async () => {
      await Promise.all(peers.map((peer) => peer.stop()));
      expect(peers.flatMap(({ errors }) => errors)).toEqual([]);
      peers = [];
    });
    afterAll(() => server.stop());

    /** Devices of fresh accounts: as many of each account as its number says. */
    async function login(...counts: readonly number[]): Promise<readonly TransportPeer[]> {
      const names = counts.map(() => `t${randomBytes(5).toString("hex")}`);
      const accounts = await server.addAccounts(names);
      const wanted = accounts.flatMap((account, at) => Array(counts[at]).fill(account));
      peers = await Promise.all(
        wanted.map((account) => TransportPeer.start(server, account, link)),
      );
      return peers;
    }

    it("publishes what a stranger can read, and deletes it again [L-26, PEP-03, PEP-13]", async () => {
      const [alice, bob] = (await login(1, 1)) as [TransportPeer, TransportPeer];
      await alice.transport.publishItem("lab:one", "current", payload("first"), open);
      await alice.transport.publishItem("lab:one", "current", payload("second"), open);
      expect(await bob.transport.fetchItem(alice.jid, "lab:one")).toEqual(payload("second"));
      await alice.transport.retractItem("lab:one", "current");
      expect(await bob.transport.fetchItem(alice.jid, "lab:one")).toBeUndefined();
      await alice.transport.retractItem("lab:one", "current");
      await alice.transport.deleteNode("lab:one");
      await alice.transport.deleteNode("lab:one");
      expect(await alice.transport.fetchItem(alice.jid, "lab:one")).toBeUndefined();
      expect(await alice.transport.fetchItemIds(alice.jid, "lab:one")).toEqual([]);
    });

    it("keeps an item for each device in a node for many [O2-39, O2-39a]", async () => {
      const [alice, bob] = (await login(1, 1)) as [TransportPeer, TransportPeer];
      const ids = ["1", "2", "3", "4", "5"];
      for (const id of ids) {
        await alice.transport.publishItem("lab:many", id, payload(id), many);
      }
      expect([...(await alice.transport.fetchItemIds(alice.jid, "lab:many"))].sort()).toEqual(ids);
      expect([...(await bob.transport.fetchItemIds(alice.jid, "lab:many"))].sort()).toEqual(ids);
      expect(await bob.transport.fetchItem(alice.jid, "lab:many", "2")).toEqual(payload("2"));
      expect(await bob.transport.fetchItem(alice.jid, "lab:many", "6")).toBeUndefined();
      expect(await bob.transport.fetchItem(alice.jid, "lab:many")).toEqual(payload("5"));
    });

    it("reconfigures a node that was made closed and for one item [L-28, O2-39]", async () => {
      const [alice, bob] = (await login(1, 1)) as [TransportPeer, TransportPeer];
      const closed = { access: "private", maxItems: 1 } as const;
      await alice.transport.publishItem("lab:closed", "1", payload("1"), closed);
      await expect(bob.transport.fetchItem(alice.jid, "lab:closed")).rejects.toMatchObject({
        code: "transport-failure",
      });
      await alice.transport.publishItem("lab:closed", "2", payload("2"), many);
      expect(await bob.transport.fetchItem(alice.jid, "lab:closed", "1")).toEqual(payload("1"));
      expect(await bob.transport.fetchItem(alice.jid, "lab:closed", "2")).toEqual(payload("2"));
    });

    it("tells a missing node as the server tells it [PEP-07, PEP-08]", async () => {
      const [alice, bob] = (await login(1, 1)) as [TransportPeer, TransportPeer];
      expect(await alice.transport.fetchItem(alice.jid, "lab:none")).toBeUndefined();
      const answer = await bob.transport.fetchItem(alice.jid, "lab:none").catch((error) => error);
      if (kind === "ejabberd") expect(answer).toBeUndefined();
      else expect(answer).toMatchObject({ code: "transport-failure", condition: "forbidden" });
    });

    it("is told what a contact and another own device publish [PEP-01, PEP-02]", async () => {
      const [alice, other, bob] = (await login(2, 1)) as [
        TransportPeer,
        TransportPeer,
        TransportPeer,
      ];
      // ejabberd sends notifications through any session of their owner.
      const known = other.sees(bob);
      await alice.befriend(bob);
      await known;
      await alice.transport.publishItem(NOTIFIED_NODE, "current", payload("told"), open);
      const item = await bob.waitFor("the item", isItem("told"));
      expect(item).toMatchObject({ owner: alice.jid, itemId: "current" });
      expect(await other.waitFor("the item", isItem("told"))).toMatchObject({ owner: alice.jid });
      await alice.transport.retractItem(NOTIFIED_NODE, "current");
      // ejabberd keeps retractions from those who did not subscribe to the node itself.
      if (kind === "prosody") await bob.waitFor("the retraction", isRetraction);
    });

    it("is told what other own devices send and receive [CARB-01, CARB-03, CARB-08]", async () => {
      const [alice, other, bob] = (await login(2, 1)) as [
        TransportPeer,
        TransportPeer,
        TransportPeer,
      ];
      const message = (to: string, id: string) =>
        element("message", { to, type: "chat", id }, element("body", {}, "text"));
      await alice.transport.send(message(bob.jid, "there"));
      expect(await other.waitFor("a carbon", isMessage("there"))).toMatchObject({
        origin: "carbon-sent",
      });
      expect(await bob.waitFor("the message", isMessage("there"))).toMatchObject({
        origin: "live",
      });
      await bob.transport.send(message(`${alice.client.jid}`, "back"));
      expect(await other.waitFor("a carbon", isMessage("back"))).toMatchObject({
        origin: "carbon-received",
      });
    });

    it("reads the archive page by page [MAM-01, MAM-02]", async () => {
      const [alice, bob] = (await login(1, 1)) as [TransportPeer, TransportPeer];
      const ids = ["m1", "m2", "m3"];
      for (const id of ids) {
        const body = element("body", {}, id);
        await alice.transport.send(element("message", { to: bob.jid, type: "chat", id }, body));
      }
      await bob.waitFor("the last message", isMessage("m3"));
      const query = { with: alice.jid, pageSize: 2 };
      const first = await bob.transport.fetchArchive(query);
      expect(first.messages.map(({ stanza }) => stanza.attrs.id)).toEqual(["m1", "m2"]);
      expect(first.isComplete).toBe(false);
      const after = first.last as string;
      const second = await bob.transport.fetchArchive({ ...query, after });
      expect(second.messages.map(({ stanza }) => stanza.attrs.id)).toEqual(["m3"]);
      expect(second.isComplete).toBe(true);
      expect(second.messages[0]).toMatchObject({ origin: "archive", archiveId: second.last });
    });

    it("goes on after the socket broke, with nothing lost and nothing asked twice", async () => {
      const [alice, bob] = (await login(1, 1)) as [TransportPeer, TransportPeer];
      alice.line.cut();
      await alice.waitFor("the end of the socket", isState("offline"));
      await expect(alice.transport.fetchItem(alice.jid, "lab:none")).rejects.toMatchObject({
        code: "offline",
      });
      const body = element("body", {}, "meanwhile");
      await bob.transport.send(
        element("message", { to: `${alice.client.jid}`, type: "chat", id: "meanwhile" }, body),
      );
      await alice.waitFor("the resumption", isState("resumed"));
      await alice.waitFor("the message", isMessage("meanwhile"));
      expect(alice.events.filter(isState("online"))).toHaveLength(1);
      expect(alice.events.filter(isMessage("meanwhile"))).toHaveLength(1);
      expect(await alice.transport.fetchItem(alice.jid, "lab:none")).toBeUndefined();
      alice.errors.length = 0;
    });

    it("rejects what is asked after the end", async () => {
      const [alice] = (await login(1)) as [TransportPeer];
      await alice.stop();
      expect(alice.transport.isOnline).toBe(false);
      await expect(alice.transport.fetchItem(alice.jid, "lab:none")).rejects.toMatchObject({
        code: "offline",
      });
      peers = [];
    });
  });
}

for (const link of ["tcp", "websocket"] as const) {
  describeTransport("prosody", link);
  describeTransport("ejabberd", link);
}
