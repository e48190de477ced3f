import { assert, assertEqual, assertRejects } from "../assertions.js";
import {
  chatMessage,
  NODE,
  OTHER_NODE,
  payload,
  type Recording,
  recordEvents,
  type TransportTest,
} from "./transportUnderTest.js";

const OPEN = { access: "open", maxItems: 1 } as const;

/** What listeners hear. */
export function eventTests(test: TransportTest): void {
  test("tells contacts and own resources of items in the nodes that they want [PEP-01, O2-26]", async (subject) => {
    const { alice, aliceElsewhere, bob, settle, until } = subject;
    const listeners = [bob, aliceElsewhere].map((each) => recordEvents(each, [NODE]));
    await settle(bob.fetchItemIds(bob.account, NODE));
    await settle(aliceElsewhere.fetchItemIds(bob.account, NODE));
    await settle(alice.publishItem(OTHER_NODE, "current", payload("unwanted"), OPEN));
    await settle(alice.publishItem(NODE, "current", payload("1"), OPEN));
    await settle(alice.publishItem(NODE, "current", payload("2"), OPEN));
    await settle(alice.retractItem(NODE, "current"));
    for (const recording of listeners) {
      await until(() => recording.items(NODE).includes(undefined));
      assertEqual(recording.items(NODE), ["1", "2", undefined], "items");
      assertEqual(recording.items(OTHER_NODE), [], "items of another node");
      const item = recording.events.find(({ kind }) => kind === "item");
      const told = item?.kind === "item" && [item.owner, item.node, item.itemId];
      assertEqual(told, [alice.account, NODE, "current"], "owner, node and id");
    }
  });

  test("keeps the order of messages, and tells who sent them", async (subject) => {
    const { alice, bob, settle, until } = subject;
    const recording = recordEvents(bob, []);
    const contents = Array.from({ length: 30 }, (_, index) => `message ${index}`);
    for (const content of contents) await settle(alice.send(chatMessage(bob.account, content)));
    await until(() => recording.bodies().length >= contents.length);
    assertEqual(
      recording.bodies(),
      contents.map((content) => `live ${content}`),
      "messages",
    );
    const [first] = recording.events;
    const from = first?.kind === "message" ? first.stanza.attrs.from : undefined;
    assert(from?.startsWith(`${alice.account}/`) === true, `from is ${from}`);
  });

  test("unwraps carbons, and tells their direction [CARB-03, CARB-04]", async (subject) => {
    const { alice, aliceElsewhere, bob, settle, until } = subject;
    const recording = recordEvents(aliceElsewhere, []);
    await settle(alice.send(chatMessage(bob.account, "sent")));
    await until(() => recording.bodies().length > 0);
    assertEqual(recording.bodies(), ["carbon-sent sent"], "at the other resource");
    const [carbon] = recording.events;
    const to = carbon?.kind === "message" ? carbon.stanza.attrs.to : undefined;
    assertEqual(to, bob.account, "partner");
  });

  test("tells several listeners of what one of them sends, as a sent carbon [CARB-03]", async (subject) => {
    const { alice, aliceElsewhere, bob, settle, until } = subject;
    const devices = [recordEvents(alice, []), recordEvents(alice, [])];
    const elsewhere = recordEvents(aliceElsewhere, []);
    await settle(alice.send(chatMessage(bob.account, "sent")));
    await until(() => elsewhere.bodies().length > 0);
    for (const device of devices) {
      assertEqual(device.bodies(), ["carbon-sent sent"], "at a device on the same connection");
      const [copy] = device.events;
      const from = copy?.kind === "message" ? copy.stanza.attrs.from : undefined;
      assert(from?.split("/")[0] === alice.account, `from is ${from}`);
    }
  });

  test("tells every listener, and stops telling who stopped listening", async (subject) => {
    const { alice, bob, settle, until } = subject;
    const [leaving, staying] = [recordEvents(bob, [NODE]), recordEvents(bob, [NODE])];
    await settle(alice.send(chatMessage(bob.account, "both")));
    await until(() => leaving.bodies().length > 0 && staying.bodies().length > 0);
    leaving.stop();
    leaving.stop();
    await settle(alice.send(chatMessage(bob.account, "one")));
    await settle(alice.publishItem(NODE, "current", payload("item"), OPEN));
    await until(() => staying.items(NODE).length > 0);
    assertEqual(staying.bodies(), ["live both", "live one"], "who stays");
    assertEqual([leaving.bodies(), leaving.items(NODE)], [["live both"], []], "who left");
  });
}

/** Connections that break and come back. */
export function connectionTests(test: TransportTest): void {
  test("says that it is offline, and fails with offline", async ({ alice, bob, ...subject }) => {
    const { disconnect, reconnect, settle } = subject;
    assertEqual(alice.isOnline, true, "isOnline before");
    await disconnect();
    assertEqual(alice.isOnline, false, "isOnline");
    const attempts: (() => Promise<unknown>)[] = [
      () => alice.fetchItem(bob.account, NODE),
      () => alice.publishItem(NODE, "current", payload("1"), OPEN),
      () => alice.send(chatMessage(bob.account, "lost")),
    ];
    for (const attempt of attempts) {
      await assertRejects(settle(attempt()), "offline", "a call without connection");
    }
    await reconnect("online");
    assertEqual(alice.isOnline, true, "isOnline after");
  });

  for (const state of ["resumed", "online"] as const) {
    test(`neither loses nor doubles subscriptions when the stream is ${state} again`, async (subject) => {
      const { alice, bob, disconnect, reconnect, settle, until } = subject;
      const recording = recordEvents(alice, [NODE]);
      await settle(alice.fetchItemIds(bob.account, NODE));
      for (const round of ["1", "2"]) {
        await disconnect();
        await reconnect(state);
        await settle(alice.fetchItemIds(bob.account, NODE));
        await settle(bob.publishItem(NODE, "current", payload(round), OPEN));
        await settle(bob.send(chatMessage(alice.account, round)));
        await until(() => isComplete(recording, round));
      }
      assertEqual(recording.bodies(), ["live 1", "live 2"], "messages");
      // A new stream may begin with the newest item once more.
      const items = recording.items(NODE).filter((item, index, all) => item !== all[index - 1]);
      assertEqual(items, ["1", "2"], "items");
      assertEqual(recording.states(), ["offline", state, "offline", state], "states");
    });
  }
}

function isComplete(recording: Recording, round: string): boolean {
  return recording.items(NODE).includes(round) && recording.bodies().includes(`live ${round}`);
}
