// contestant.js KIND URL ACCOUNT TIMES: says "ready", and after a line on its input counts so often.
import { once } from "node:events";
import { sqlStore } from "@omemo/store-sql";
import { count } from "./counter.js";
import { databaseKindNamed } from "./databaseKinds.js";

const [, , kind, url = "", account = "", times = "0"] = process.argv;
process.stdout.write("ready\n");
await once(process.stdin, "data");
const dialect = databaseKindNamed(kind).dialect(url);
const store = await sqlStore(dialect, { account, patience: 60_000 });
const conflicts = await count(store, Number(times));
await store.close();
process.stdout.write(`${conflicts} conflicts\n`);
process.stdin.destroy();
