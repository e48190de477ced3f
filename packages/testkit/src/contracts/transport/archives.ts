import { type BareJid, bareJid, type TransportMessage } from "@omemo/core";
import { assert, assertEqual } from "../assertions.js";
import { assertCondition } from "./conditions.js";
import {
  bodyOf,
  chatMessage,
  recordEvents,
  type TransportTest,
  type TransportUnderTest,
} from "./transportUnderTest.js";

const COUNT = 7;

/** Archives. */
export function archiveTests(test: TransportTest): void {
  test("pages through the archive, oldest first [MAM-01, MAM-05]", async (subject) => {
    const { alice, bob, settle } = subject;
    await fillArchive(subject);
    for (const reader of [bob, alice]) {
      const found: TransportMessage[] = [];
      let after: string | undefined;
      for (let pages = 1; ; pages += 1) {
        const query = { pageSize: 3, ...(after === undefined ? {} : { after }) };
        const page = await settle(reader.fetchArchive(query));
        found.push(...page.messages);
        after = page.last;
        assertEqual(page.last, page.messages.at(-1)?.archiveId, "last id of the page");
        if (page.isComplete) break;
        assert(pages <= COUNT, "the archive never ends");
      }
      assertEqual(
        found.map(({ stanza }) => bodyOf(stanza)),
        contents(),
        "messages",
      );
      assertEqual(new Set(found.map(({ archiveId }) => archiveId)).size, COUNT, "different ids");
      for (const { origin, sentAt } of found) {
        assertEqual([origin, typeof sentAt], ["archive", "number"], "origin and time");
      }
    }
  });

  test("pages backwards from the newest, each page oldest first [MAM-05]", async (subject) => {
    const { alice, settle } = subject;
    await fillArchive(subject);
    const found: TransportMessage[] = [];
    let before = "";
    for (let pages = 1; ; pages += 1) {
      const page = await settle(alice.fetchArchive({ pageSize: 3, before }));
      assertEqual(page.first, page.messages[0]?.archiveId, "first id of the page");
      found.unshift(...page.messages);
      before = page.first ?? "";
      if (page.isComplete) break;
      assert(pages <= COUNT, "the archive has no beginning");
    }
    assertEqual(
      found.map(({ stanza }) => bodyOf(stanza)),
      contents(),
      "messages",
    );
  });

  test("finds what was exchanged with one account, or since a time", async (subject) => {
    const { alice, bob, stranger, settle } = subject;
    await fillArchive(subject);
    await settle(alice.send(chatMessage(stranger.account, "to the stranger")));
    const count = async (part: { with?: BareJid; start?: number; end?: number }) => {
      const page = await settle(alice.fetchArchive({ pageSize: 50, ...part }));
      return page.messages.length;
    };
    assertEqual(await count({ with: bob.account }), COUNT, "with Bob");
    assertEqual(await count({ with: bareJid("nobody@example.org") }), 0, "with nobody");
    const all = await settle(alice.fetchArchive({ pageSize: 50 }));
    const start = (all.messages.at(-1)?.sentAt ?? 0) + 60_000;
    assertEqual(await count({ start }), 0, "since later");
    assertEqual(await count({ end: start }), all.messages.length, "until later");
    assertEqual(await count({ end: (all.messages[0]?.sentAt ?? 0) - 60_000 }), 0, "until before");
    const empty = await settle(alice.fetchArchive({ pageSize: 50, start }));
    assertEqual([empty.last, empty.isComplete], [undefined, true], "an empty page");
  });

  test("fails with the condition for an archive id that is gone [MAM-08]", async ({
    alice,
    settle,
  }) => {
    const attempt = alice.fetchArchive({ pageSize: 5, after: "no-such-id" });
    await assertCondition(settle(attempt), "item-not-found");
  });
}

function contents(): readonly string[] {
  return Array.from({ length: COUNT }, (_, index) => `archived ${index}`);
}

async function fillArchive({ alice, bob, settle, until }: TransportUnderTest): Promise<void> {
  const recording = recordEvents(bob, []);
  for (const content of contents()) await settle(alice.send(chatMessage(bob.account, content)));
  await until(() => recording.bodies().length >= COUNT);
  recording.stop();
}
