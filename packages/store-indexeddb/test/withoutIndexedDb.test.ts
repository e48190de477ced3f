import { indexedDbStore } from "@omemo/store-indexeddb";
import { expect, it } from "vitest";

it("says so where there is no IndexedDB, as in Node", async () => {
  const opening = indexedDbStore("omemo:juliet@example.org");
  await expect(opening).rejects.toMatchObject({ name: "OmemoError", code: "store-failure" });
});
