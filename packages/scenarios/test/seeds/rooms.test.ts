import { runSeeds } from "@omemo/testkit";
import { expect, it } from "vitest";
import { converseInRoom, type RoomConversationCounts } from "../../src/network/roomConversation.js";
import { firstSeed } from "../../src/network/runConversations.js";

/** `OMEMO_ROOM_SEEDS`: each is a room of 30 accounts with two devices. */
const count = Number(process.env.OMEMO_ROOM_SEEDS ?? "1");

const replay = (seed: number): string =>
  `OMEMO_FIRST_SEED=${seed} OMEMO_ROOM_SEEDS=1 pnpm test:scenarios seeds/rooms`;

it(`the invariants hold in rooms of 30 accounts: ${count} seeds`, {
  timeout: 3_600_000,
}, async () => {
  const all: RoomConversationCounts[] = [];
  await runSeeds({ first: firstSeed(), count, replay }, async (seed) => {
    all.push(await converseInRoom({ seed, accounts: 30, messages: 30, replay }));
  });
  console.log("rooms:", all);
  for (const { sent, delivered } of all) {
    expect(sent).toBeGreaterThan(5);
    expect(delivered).toBeGreaterThan(10 * sent);
  }
});
