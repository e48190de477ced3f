import type { Archive, ArchiveEntry, ArchiveQuery } from "@omemo/archive";
import type { OmemoManager, OmemoOptions, OmemoPorts } from "@omemo/core";
import { countingBackend } from "@omemo/testkit";
import { blindTrust } from "@omemo/trust";
import { expect, it, onTestFinished, vi } from "vitest";
import { importBlock } from "../../src/howTo/importBlock.js";
import { archivists, entriesOf } from "../../src/network/archivist.js";
import { party } from "../../src/network/party.js";
import { ALICE, BOB } from "../../src/network/roomScene.js";

interface Opened {
  readonly lines: readonly string[];
  readonly more?: () => Promise<Opened>;
}

it("archive keeps, shows, corrects, retracts and cleans up what was said", async () => {
  const { withArchive } = await importBlock<{
    withArchive(
      ports: OmemoPorts,
      options: OmemoOptions,
    ): { readonly manager: OmemoManager; readonly archive: Archive };
  }>("archive.md", "withArchive");
  const { open } = await importBlock<{
    open(archive: Archive, query: ArchiveQuery): Promise<Opened>;
  }>("archive.md", "open");
  const { namedBy, onRetraction } = await importBlock<{
    namedBy(archive: Archive, later: ArchiveEntry, id: string): Promise<ArchiveEntry | undefined>;
    onRetraction(archive: Archive, by: ArchiveEntry, id: string): Promise<readonly string[]>;
  }>("archive.md", "namedBy");
  const { cleanUp } = await importBlock<{ cleanUp(archive: Archive): Promise<number> }>(
    "archive.md",
    "cleanUp",
  );
  const at = party();
  const options = archivists();
  const bob = at.guest(BOB, "phone", options);
  const kept: Archive[] = [];
  const device = at.world.device(ALICE, "phone");
  device.start(async ({ store, transport, clock, crypto, randomBytes }) => {
    const backend = options.backend?.(randomBytes) ?? countingBackend({ randomBytes });
    await clock.sleep(1000); // until it is online
    const ports = { backend, store, transport, trust: blindTrust(store) };
    const { manager, archive } = withArchive(ports, { clock, crypto });
    await manager.initialize();
    kept.push(archive);
  });
  await at.settle();
  for (const text of ["one", "two", "three"]) await at.say(bob, ALICE, text);
  const [archive] = kept;
  if (archive === undefined) throw new Error("Alice did not start");
  const first = await at.world.complete(open(archive, { conversation: BOB, limit: 2 }));
  expect(first.lines).toEqual([`${BOB}: three`, `${BOB}: two`]);
  if (first.more === undefined) throw new Error("there is no second page");
  const second = await at.world.complete(first.more());
  expect([second.lines, second.more]).toEqual([[`${BOB}: one`], undefined]);
  const [one, two, three] = await at.world.complete(entriesOf(archive));
  if (one === undefined || two?.originId === undefined || three === undefined) {
    throw new Error("something is missing");
  }
  const { originId } = two;
  expect(await at.world.complete(namedBy(archive, three, originId))).toEqual(two);
  expect(await at.world.complete(onRetraction(archive, three, originId))).toEqual([two.id]);
  onTestFinished(() => void vi.useRealTimers());
  for (const [year, old] of [
    ["2026-12-31", 0],
    ["2027-12-31", 2],
  ] as const) {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse(year) });
    expect(await at.world.complete(cleanUp(archive))).toBe(old);
  }
});
