import { describe, expect, it } from "vitest";
import { narrator } from "../src/narrator.js";

function told(hasColours: boolean) {
  const lines: string[] = [];
  return { lines, story: narrator((line) => lines.push(line), hasColours) };
}

describe("the narrator", () => {
  it("counts claims, and keeps those that are not true", () => {
    const { lines, story } = told(false);
    story.chapter("First");
    story.check("water is wet", true);
    story.check("the moon is cheese", false);
    expect(story.checked).toBe(2);
    expect(story.failed).toEqual(["the moon is cheese"]);
    expect(lines.filter((line) => line.includes("NOT TRUE"))).toHaveLength(1);
  });

  it("uses colours on a terminal only", () => {
    const plain = told(false);
    plain.story.tell("Alice writes");
    expect(plain.lines).toEqual(["   Alice writes"]);
    const coloured = told(true);
    coloured.story.tell("Alice writes");
    expect(coloured.lines[0]).toContain("\u001b[");
    expect(coloured.lines[0]).toContain("Alice");
  });
});
