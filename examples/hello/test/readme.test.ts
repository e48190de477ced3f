import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

/** What the program takes from its environment, as the README writes it. */
const SETTINGS = [
  [/^const \{.*\} = process\.env;\n/gm, ""],
  [
    "{ service, username, password }",
    '{ service: "xmpps://example.org", username: "juliet", password: "…" }',
  ],
  [`\`./\${username}.omemo\``, '"./juliet.omemo"'],
  [/\(peer\b/g, '("romeo@example.net"'],
] as const;

it("is the program in the README, but for its settings", () => {
  const [, block = ""] = /^```ts\n(.*?)^```$/ms.exec(read("../../../README.md")) ?? [];
  const program = SETTINGS.reduce<string>(
    (text, [setting, value]) => text.replace(setting, value),
    read("../src/hello.ts"),
  );
  expect(linesOf(program)).toEqual(linesOf(block));
});

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}
