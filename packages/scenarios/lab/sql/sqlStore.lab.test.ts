import { randomBytes } from "node:crypto";
import { isOmemoError, type OmemoStore, type RecordKey } from "@omemo/core";
import { sqlStore } from "@omemo/store-sql";
import { storeContract } from "@omemo/testkit";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { LabProcess } from "../harness/labProcess.js";
import { type CommitCutter, commitCutter } from "./commitCutter.js";
import { compileContestant } from "./compileContestant.js";
import { count, readCounter } from "./counter.js";
import { databaseKinds } from "./databaseKinds.js";
import { type IsolationLevel, isInstalled, LabDatabase } from "./labDatabase.js";

const LEVELS: readonly IsolationLevel[] = ["read committed", "repeatable read", "serializable"];
const PROCESSES = 4;
const TIMES = Number(process.env.OMEMO_RACE_TIMES ?? 100);

const newAccount = () => `account-${randomBytes(8).toString("hex")}`;
const record = (key: RecordKey, ...numbers: number[]) => ({ key, value: Uint8Array.from(numbers) });

for (const kind of databaseKinds) {
  describe.skipIf(!isInstalled(kind))(`@omemo/store-sql on ${kind.name}`, () => {
    let database: LabDatabase;
    beforeAll(async () => {
      database = await LabDatabase.start(kind);
    });
    afterAll(() => database.stop());

    async function open(
      account: string,
      options: { level?: IsolationLevel; patience?: number; port?: number } = {},
    ): Promise<OmemoStore> {
      const { level, port, patience = 60_000 } = options;
      const dialect = kind.dialect(database.url(port), level);
      const store = await sqlStore(dialect, { account, patience });
      onTestFinished(() => store.close());
      return store;
    }

    describe("at once on an empty database", () => {
      it(`loses no update of ${PROCESSES} processes that race from the first table on`, async () => {
        const { path, remove } = await compileContestant();
        onTestFinished(remove);
        const account = newAccount();
        const args = [path, kind.name, database.url(), account, `${TIMES}`];
        const contestants = Array.from({ length: PROCESSES }, (_, index) => {
          const name = `contestant ${index}`;
          return new LabProcess({ name, program: process.execPath, args });
        });
        for (const { log } of contestants) {
          await log.waitFor("its start", (event) => event.line === "ready");
        }
        for (const contestant of contestants) contestant.writeLine("go");
        for (const { log } of contestants) {
          await log.waitFor("its end", (event) => `${event.line}`.endsWith("conflicts"));
        }
        expect(await readCounter(await open(account))).toBe(PROCESSES * TIMES);
      });
    });

    storeContract({ describe, it }, async () => {
      const account = newAccount();
      const again = () => sqlStore(kind.dialect(database.url()), { account });
      return { store: await again(), reopen: again, openSecond: again };
    });

    for (const level of LEVELS) {
      it(`loses no update of four connections whose transactions are ${level}`, async () => {
        const account = newAccount();
        const stores = await Promise.all([0, 1, 2, 3].map(() => open(account, { level })));
        await Promise.all(stores.map((store) => count(store, 25)));
        expect(await readCounter(stores[0] as OmemoStore)).toBe(100);
      });
    }

    it("never lets two commits wait for each other, in whatever order they name records", async () => {
      const account = newAccount();
      const stores = await Promise.all([0, 1, 2, 3].map(() => open(account, { patience: 0 })));
      const keys = Array.from(
        { length: 50 },
        (_, index): RecordKey => ["prekey", "v", `${index + 1}`],
      );
      const writers = stores.map(async (store, index) => {
        const order = index % 2 === 0 ? keys : [...keys].reverse();
        for (let round = 0; round < 20; round += 1) {
          const half = order.slice(0, 25).map((key) => record(key, round));
          await store.commit({ check: [], put: half, delete: order.slice(25) });
        }
      });
      await expect(Promise.all(writers)).resolves.toHaveLength(4);
    });

    describe("when the line breaks", () => {
      let cutter: CommitCutter;
      beforeAll(async () => {
        cutter = await commitCutter(database.port);
      });
      afterAll(() => cutter.close());

      for (const cut of ["before", "after"] as const) {
        it(`says that nobody knows whether a commit happened (${cut} the server heard)`, async () => {
          const account = newAccount();
          const store = await open(account, { port: cutter.port });
          await store.commit({ check: [], put: [record(["account"], 1)], delete: [] });
          cutter.cutNext(cut);
          const put = [record(["account"], 2)];
          await expect(store.commit({ check: [], put, delete: [] })).rejects.toMatchObject({
            code: "store-failure",
            message: expect.stringContaining("may or may not have happened"),
          });
          const [found] = await store.get([["account"]]);
          expect(found?.value[0]).toBe(cut === "before" ? 1 : 2);
          await store.commit({ check: [], put: [record(["account"], 3)], delete: [] });
        });
      }
    });

    it("keeps every commit that resolved when the server is killed, and goes on after it", async () => {
      const account = newAccount();
      const store = await open(account);
      const commit = (number: number) => {
        return store.commit({ check: [], put: [record(["inbox", `${number}`], 1)], delete: [] });
      };
      let resolved = 0;
      let kill: Promise<void> | undefined;
      let failure: unknown;
      while (failure === undefined) {
        try {
          await commit(resolved);
          resolved += 1;
        } catch (error) {
          failure = error;
        }
        if (resolved === 30) kill ??= database.kill();
      }
      expect(isOmemoError(failure) && failure.code).toBe("store-failure");
      await kill;
      await expect(store.get([["account"]])).rejects.toMatchObject({ code: "store-failure" });
      await database.restart();
      const numbers: number[] = [];
      for await (const { key } of store.list(["inbox"])) numbers.push(Number(key[1]));
      numbers.sort((a, b) => a - b);
      expect(numbers.slice(0, resolved)).toEqual(Array.from({ length: resolved }, (_, n) => n));
      expect(numbers.length).toBeLessThanOrEqual(resolved + 1);
      await commit(resolved + 1);
    });
  });
}
