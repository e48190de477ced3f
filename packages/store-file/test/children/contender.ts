// contender.js PATH: prints whether it got the store, and keeps it until its input ends.
import { isOmemoError } from "@omemo/core";
import { fileStore } from "@omemo/store-file";

const [, , path = ""] = process.argv;
try {
  await fileStore(path);
  process.stdout.write("owner\n");
} catch (error) {
  process.stdout.write(isOmemoError(error) ? `${error.code}\n` : `${String(error)}\n`);
}
process.stdin.resume();
