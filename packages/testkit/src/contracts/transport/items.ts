import type { XmlElement } from "@omemo/core";
import { assertEqual, assertRejects } from "../assertions.js";
import { assertCondition } from "./conditions.js";
import { entryOf, NODE, OTHER_NODE, payload, type TransportTest } from "./transportUnderTest.js";

const OPEN = { access: "open", maxItems: 1 } as const;
const MANY = { access: "open", maxItems: "max" } as const;

/** PEP: publishing, fetching, removing. */
export function itemTests(test: TransportTest): void {
  test("gives undefined for an item that is not there [PEP-07]", async ({ alice, bob, settle }) => {
    for (const owner of [alice.account, bob.account]) {
      assertEqual(await settle(alice.fetchItem(owner, NODE)), undefined, "newest item");
      assertEqual(await settle(alice.fetchItem(owner, NODE, "current")), undefined, "an item");
      assertEqual(await settle(alice.fetchItemIds(owner, NODE)), [], "ids");
    }
    await settle(bob.publishItem(NODE, "one", payload("1"), OPEN));
    assertEqual(await settle(alice.fetchItem(bob.account, NODE, "two")), undefined, "another item");
  });

  test("gives back what was published, whatever the characters", async ({ alice, bob, settle }) => {
    const odd = `<&>"' é 密 🔑 \u00a0`;
    await settle(alice.publishItem(NODE, "current", payload(odd), OPEN));
    for (const reader of [alice, bob]) {
      const item = await settle(reader.fetchItem(alice.account, NODE, "current"));
      assertEqual(entryOf(item), odd, "text");
      const entry = item?.children.find((child): child is XmlElement => typeof child !== "string");
      assertEqual([entry?.name, entry?.attrs.id], ["entry", odd], "element");
    }
  });

  test("keeps one item, or as many as the server can, as the options say", async ({
    alice,
    settle,
  }) => {
    for (const id of ["1", "2", "3"]) {
      await settle(alice.publishItem(NODE, id, payload(id), OPEN));
      await settle(alice.publishItem(OTHER_NODE, id, payload(id), MANY));
    }
    const one = await settle(alice.fetchItemIds(alice.account, NODE));
    const many = await settle(alice.fetchItemIds(alice.account, OTHER_NODE));
    assertEqual([one, [...many].sort()], [["3"], ["1", "2", "3"]], "ids");
    assertEqual(entryOf(await settle(alice.fetchItem(alice.account, NODE))), "3", "newest");
    const first = await settle(alice.fetchItem(alice.account, OTHER_NODE, "1"));
    assertEqual(entryOf(first), "1", "an older one");
  });

  test("replaces an item of the same id", async ({ alice, settle }) => {
    await settle(alice.publishItem(NODE, "current", payload("old"), OPEN));
    await settle(alice.publishItem(NODE, "current", payload("new"), OPEN));
    const item = await settle(alice.fetchItem(alice.account, NODE, "current"));
    assertEqual(entryOf(item), "new", "item");
  });

  test("configures a node that does not fit, and publishes [PEP-05, O2-39]", async ({
    alice,
    stranger,
    settle,
  }) => {
    const closed = { access: "private", maxItems: 1 } as const;
    await settle(alice.publishItem(NODE, "1", payload("1"), closed));
    await settle(alice.publishItem(NODE, "2", payload("2"), MANY));
    await settle(alice.publishItem(NODE, "3", payload("3"), MANY));
    const ids = await settle(stranger.fetchItemIds(alice.account, NODE));
    assertEqual([...ids].sort().slice(-2), ["2", "3"], "ids that a stranger sees");
  });

  test("lets strangers read open nodes, and refuses private ones with the condition [PEP-08]", async ({
    alice,
    stranger,
    settle,
  }) => {
    await settle(alice.publishItem(NODE, "current", payload("open"), OPEN));
    const closed = { access: "private", maxItems: 1 } as const;
    await settle(alice.publishItem(OTHER_NODE, "current", payload("secret"), closed));
    const seen = await settle(stranger.fetchItem(alice.account, NODE, "current"));
    assertEqual(entryOf(seen), "open", "open item");
    const own = await settle(alice.fetchItem(alice.account, OTHER_NODE, "current"));
    assertEqual(entryOf(own), "secret", "what the owner sees");
    await assertCondition(settle(stranger.fetchItem(alice.account, OTHER_NODE, "current")));
  });

  test("retracts and deletes, and takes it calmly when there was nothing", async ({
    alice,
    settle,
  }) => {
    await settle(alice.retractItem(NODE, "1"));
    await settle(alice.deleteNode(NODE));
    for (const id of ["1", "2"]) await settle(alice.publishItem(NODE, id, payload(id), MANY));
    await settle(alice.retractItem(NODE, "1"));
    await settle(alice.retractItem(NODE, "1"));
    assertEqual(await settle(alice.fetchItemIds(alice.account, NODE)), ["2"], "ids");
    await settle(alice.deleteNode(NODE));
    await settle(alice.deleteNode(NODE));
    assertEqual(await settle(alice.fetchItem(alice.account, NODE)), undefined, "after deletion");
  });

  test("takes no answer from anybody but the owner", async ({ alice, bob, settle, forgeReply }) => {
    await settle(bob.publishItem(NODE, "current", payload("honest"), OPEN));
    forgeReply(payload("forged"));
    const item = await settle(alice.fetchItem(bob.account, NODE, "current"));
    assertEqual(entryOf(item), "honest", "item");
  });

  test("fails with aborted when the signal says so", async ({ alice, bob, settle }) => {
    const early = alice.fetchItem(bob.account, NODE, "current", AbortSignal.abort());
    await assertRejects(settle(early), "aborted", "a signal that was aborted before");
    const controller = new AbortController();
    const late = alice.fetchItem(bob.account, NODE, "current", controller.signal);
    controller.abort();
    await assertRejects(settle(late), "aborted", "a signal that is aborted meanwhile");
  });
}
