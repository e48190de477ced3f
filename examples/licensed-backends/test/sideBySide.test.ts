import { readFileSync } from "node:fs";
import { libsignalBackend } from "@omemo/backend-libsignal";
import { nobleBackend } from "@omemo/backend-noble";
import type { OmemoBackend } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { greet } from "../src/greet.ts";

const linesOf = (name: string): readonly string[] =>
  readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => !line.startsWith("//"));

describe("both backends side by side", () => {
  it("differ in one import and one line", () => {
    const [noble, libsignal] = [linesOf("withNoble"), linesOf("withLibsignal")];
    const differing = noble.flatMap((line, index) => (line === libsignal[index] ? [] : [line]));
    expect(libsignal).toHaveLength(noble.length);
    expect(differing).toEqual([
      'import { nobleBackend } from "@omemo/backend-noble";',
      "const backend = nobleBackend();",
    ]);
  });

  it.each<[string, OmemoBackend, string]>([
    ["noble", nobleBackend(), "urn:xmpp:omemo:2"],
    ["libsignal", libsignalBackend({ license: "AGPL-3.0-only" }), "eu.siacs.conversations.axolotl"],
  ])("greet on %s", async (name, backend, version) => {
    expect(await greet(backend)).toMatch(
      new RegExp(`^${name} speaks .*; "Wherefore\\?" went in ${version}$`),
    );
  });

  it("give json-lines what it asks for", async () => {
    const { href } = new URL("../src/jsonLinesBackend.mjs", import.meta.url);
    const module = (await import(href)) as { readonly default: () => OmemoBackend };
    expect(module.default().id).toBe("libsignal");
  });
});
