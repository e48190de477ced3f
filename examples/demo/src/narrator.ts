import { styleText } from "node:util";

/** Tells the story to a person, and counts what was not as it should be. */
export interface Narrator {
  /** Begins a chapter. */
  chapter(title: string): void;
  tell(...lines: readonly string[]): void;
  /** Something that has to be true. */
  check(claim: string, isTrue: boolean): void;
  readonly checked: number;
  readonly failed: readonly string[];
}

/** `print` gets one line at a time. */
export function narrator(print: (line: string) => void, hasColours: boolean): Narrator {
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    hasColours ? styleText(style, text, { validateStream: false }) : text;
  const failed: string[] = [];
  let chapters = 0;
  let checked = 0;
  return {
    chapter: (title) => {
      chapters += 1;
      print("");
      print(paint("bold", `${chapters}. ${title}`));
    },
    tell: (...lines) => {
      for (const line of lines) print(`   ${withNames(line, paint)}`);
    },
    check: (claim, isTrue) => {
      checked += 1;
      if (!isTrue) failed.push(claim);
      print(`   ${isTrue ? paint("green", "✓") : paint(["red", "bold"], "✗ NOT TRUE:")} ${claim}`);
    },
    get checked() {
      return checked;
    },
    failed,
  };
}

const COLOURS = { Alice: "magenta", Bob: "cyan", Carol: "yellow" } as const;

function withNames(
  line: string,
  paint: (style: Parameters<typeof styleText>[0], text: string) => string,
): string {
  return line.replace(/\b(Alice|Bob|Carol)\b/g, (name) =>
    paint(COLOURS[name as keyof typeof COLOURS], name),
  );
}
