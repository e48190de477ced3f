import { sqlStore } from "@omemo/store-sql";
import { Kysely, sql } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import { ALL_TABLES } from "../../src/records/tables.js";
import type { DatabaseKind } from "../databases/testDatabase.js";
import { FINGERPRINT, JID, KINDS, MISFITS, VERSION } from "../keys.js";
import { batch, bytes, readable } from "../records.js";

export function schemaTests({ make }: DatabaseKind): void {
  async function open() {
    const { dialect, dispose } = await make();
    const database = new Kysely<unknown>({ dialect: dialect() });
    onTestFinished(async () => {
      await database.destroy();
      await dispose();
    });
    return { database, store: await sqlStore(database, { account: "juliet@example.org" }) };
  }

  it("has columns that a person can read, and blobs for key material alone", async () => {
    const { database, store } = await open();
    const put = KINDS.map(([, key]) => ({ key, value: readable({ kind: key[0] }) }));
    await store.commit(batch({ put }));
    const sessions = await sql`
      select version, jid, device_id, fingerprint from omemo_session where jid = ${JID}
    `.execute(database);
    expect(sessions.rows).toEqual([
      { version: VERSION, jid: JID, device_id: 31, fingerprint: FINGERPRINT },
    ]);
    for (const table of ["device_list", "device", "inbox", "exchange", "archive", "key_ids"]) {
      const { rows } = await sql<{ format: number; content: string; value: null }>`
        select format, content, value from ${sql.table(`omemo_${table}`)}
      `.execute(database);
      expect(rows).toEqual([
        { format: 1, content: expect.stringContaining('{"kind":"'), value: null },
      ]);
    }
    const generic = await sql`select * from omemo_record`.execute(database);
    expect(generic.rows).toEqual([]);
  });

  it("gives every record back, lists it once, and deletes it, in whichever table it is", async () => {
    const { store } = await open();
    const keys = [...KINDS.map(([, key]) => key), ...MISFITS];
    const put = keys.map((key, index) => ({ key, value: bytes(index, 0xff, 0) }));
    await store.commit(batch({ put }));
    const found = await store.get(keys);
    expect(found.map((record) => record?.value)).toEqual(put.map(({ value }) => value));
    for (const collection of new Set(keys.map(([first]) => first))) {
      const listed: string[] = [];
      for await (const { key } of store.list([collection])) listed.push(JSON.stringify(key));
      const expected = keys.filter(([first]) => first === collection);
      expect(listed.sort()).toEqual(expected.map((key) => JSON.stringify(key)).sort());
    }
    await store.commit(batch({ delete: keys }));
    expect(await store.get(keys)).toEqual(keys.map(() => undefined));
  });

  it("keeps every value of a readable collection, be it text or not", async () => {
    const { store } = await open();
    const values = [
      bytes(),
      bytes(1),
      bytes(0),
      bytes(1, 0),
      bytes(1, 0xc3, 0x28),
      bytes(255, 0xef, 0xbb, 0xbf, 0x61),
      readable("🔑\u2028'\"\\%_"),
    ];
    const put = values.map((value, index) => ({ key: ["inbox", `${index}`] as const, value }));
    await store.commit(batch({ put }));
    const found = await store.get(put.map(({ key }) => key));
    expect(found.map((record) => record?.value)).toEqual(values);
    // Text over bytes, and bytes over text.
    const swapped = put.map(({ key }, index) => ({
      key,
      value: values.at(-1 - index) ?? bytes(),
    }));
    await store.commit(batch({ put: swapped }));
    const again = await store.get(put.map(({ key }) => key));
    expect(again.map((record) => record?.value)).toEqual(swapped.map(({ value }) => value));
  });

  it("has the tables and columns that the code writes", async () => {
    const { database } = await open();
    const tables = await database.introspection.getTables();
    for (const { name, columns } of ALL_TABLES) {
      const table = tables.find((candidate) => candidate.name === name);
      const there = table?.columns.map((column) => column.name) ?? [];
      expect(there).toEqual(expect.arrayContaining(columns.map((column) => column.name)));
    }
  });
}
