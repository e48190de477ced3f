import type { OmemoStore, RecordKey, RecordVersion } from "@omemo/core";
import { sqlStore } from "@omemo/store-sql";
import { type SeededRandom, seededRandom } from "@omemo/testkit";
import { Kysely } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { KnownRevisions } from "../src/knownRevisions.js";
import { betterSqlite } from "./databases/betterSqlite.js";
import { batch, bytes } from "./records.js";

const check = (name: string, version?: string) => ({
  name,
  version: version as RecordVersion | undefined,
});

it("vouches for what was read at the very revision that the account has", () => {
  const known = new KnownRevisions();
  expect(known.vouchFor(7, [])).toBe(false);
  known.heard(7, [
    ["a", 3],
    ["b", null],
  ]);
  expect(known.vouchFor(7, [check("a", "3"), check("b")])).toBe(true);
  expect(known.vouchFor(8, [check("a", "3")])).toBe(false);
  expect(known.vouchFor(7, [check("a", "2")])).toBe(false);
  expect(known.vouchFor(7, [check("a")])).toBe(false);
  expect(known.vouchFor(7, [check("never read")])).toBe(false);
});

it("goes on with its own commits, and forgets everything when somebody else's came between", () => {
  const known = new KnownRevisions();
  known.heard(7, [
    ["a", 3],
    ["b", 4],
    ["c", 5],
  ]);
  known.wrote(8, ["a"], ["b"]);
  expect(known.vouchFor(8, [check("a", "8"), check("b"), check("c", "5")])).toBe(true);
  known.wrote(10, ["d"], []);
  expect(known.vouchFor(10, [check("d", "10")])).toBe(true);
  expect(known.vouchFor(10, [check("c", "5")])).toBe(false);
  known.heard(12, [["e", 11]]);
  expect(known.vouchFor(12, [check("e", "11")])).toBe(true);
  expect(known.vouchFor(12, [check("d", "10")])).toBe(false);
});

it("takes nothing from a read or a commit that is older than what it knows", () => {
  const known = new KnownRevisions();
  known.heard(7, [["a", 7]]);
  known.heard(6, [["a", 3]]);
  known.wrote(5, ["a"], []);
  expect(known.vouchFor(7, [check("a", "7")])).toBe(true);
});

it("keeps ten thousand records, and forgets those that were met first", () => {
  const known = new KnownRevisions();
  const names = Array.from({ length: 10_001 }, (_, index) => `${index}`);
  known.heard(
    1,
    names.map((name) => [name, 1]),
  );
  expect(known.vouchFor(1, [check("0", "1")])).toBe(false);
  expect(known.vouchFor(1, [check("1", "1"), check("10000", "1")])).toBe(true);
});

it("asks the database about nothing that the store has read or written since others wrote", async () => {
  const statements: string[] = [];
  const { dialect, dispose } = await betterSqlite.make();
  const log = ({ query }: { readonly query: { readonly sql: string } }): void => {
    statements.push(query.sql.trim().split(" ")[0] ?? "");
  };
  const database = new Kysely<unknown>({ dialect: dialect(), log });
  const other = await sqlStore(dialect(), { account: "a" });
  onTestFinished(async () => {
    await other.close();
    await database.destroy();
    await dispose();
  });
  const store = await sqlStore(database, { account: "a" });
  const key = ["device", "a@b", "1"] as const;
  const write = async (version: RecordVersion | undefined) => {
    const put = [{ key, value: bytes(1) }];
    statements.length = 0;
    const [next] = await store.commit(batch({ check: [{ key, version }], put }));
    return { next, asked: statements.filter((word) => word === "select").length };
  };
  await store.get([key]);
  const first = await write(undefined);
  const second = await write(first.next);
  expect([first.asked, second.asked]).toEqual([0, 0]);
  await other.commit(batch({ put: [{ key: ["account"], value: bytes(2) }] }));
  expect((await write(second.next)).asked).toBe(1);
});

it("sees every conflict of two stores on one account, whoever reads and writes when", async () => {
  const { dialect, dispose } = await betterSqlite.make();
  const stores = [
    await sqlStore(dialect(), { account: "a" }),
    await sqlStore(dialect(), { account: "a" }),
  ] as const;
  onTestFinished(async () => {
    for (const store of stores) await store.close();
    await dispose();
  });
  const random = seededRandom("known revisions");
  const truth = new Map<string, RecordVersion | undefined>();
  for (let round = 0; round < 600; round += 1) {
    await anyStep(stores[random.below(2)] as OmemoStore, random, truth);
  }
});

const KEYS = ["1", "2", "3", "4"].map((id): RecordKey => ["device", "a@b", id]);

/** A read, or a commit whose checks hold by chance: `truth` says whether. */
async function anyStep(
  store: OmemoStore,
  random: SeededRandom,
  truth: Map<string, RecordVersion | undefined>,
): Promise<void> {
  const some = KEYS.filter(() => random.chance(0.5));
  if (random.chance(0.4)) {
    const found = await store.get(some);
    const expected = some.map((key) => truth.get(`${key}`));
    expect(found.map((record) => record?.version)).toEqual(expected);
    return;
  }
  const everSeen = [undefined, ...truth.values()];
  const checks = some.map((key) => {
    const guess = everSeen[random.below(everSeen.length)];
    return { key, version: random.chance(0.8) ? truth.get(`${key}`) : guess };
  });
  const [target = ["account"] as const] = some;
  const isDelete = random.chance(0.2);
  const action = isDelete ? { delete: [target] } : { put: [{ key: target, value: bytes(1) }] };
  const commit = store.commit(batch({ check: checks, ...action }));
  if (checks.some(({ key, version }) => truth.get(`${key}`) !== version)) {
    await expect(commit).rejects.toMatchObject({ code: "store-conflict" });
    return;
  }
  const [version] = await commit;
  truth.set(`${target}`, version);
}
