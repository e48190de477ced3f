import { afterEach, describe, expect, it, vi } from "vitest";
import { replaySeed } from "../../src/network/runConversations.js";
import { simulate } from "../../src/simulate/simulate.js";

/** What was printed, line by line. */
function listen(): { readonly told: string[]; readonly complained: string[] } {
  const heard = { told: [] as string[], complained: [] as string[] };
  vi.spyOn(console, "log").mockImplementation((line: string) => void heard.told.push(line));
  vi.spyOn(console, "error").mockImplementation((line: string) => void heard.complained.push(line));
  return heard;
}

afterEach(() => vi.restoreAllMocks());

describe("pnpm simulate", () => {
  it("runs again what the command of a failing seed names", async () => {
    const { told } = listen();
    const command = replaySeed("conversation", "counting", 3);
    expect(command).toBe("pnpm simulate --seeds 1 --from 3 --backend counting");
    const [, , ...args] = command.split(" ");
    expect(await simulate(args)).toBe(0);
    expect(told).toHaveLength(2);
    expect(told[0]).toMatch(/^seed 3 holds \(1 of 1\): \d+ sent/);
    expect(told[1]).toMatch(/^all 1 hold: \d+ sent/);
  });

  it("tells of a failing seed at once, how to run it again, and fails", async () => {
    const { complained } = listen();
    const exitCode = await simulate(["--seeds", "2", "--from", "7"], async ({ onFailure }) => {
      onFailure?.(8, new Error("a key was used twice"), "pnpm simulate --seeds 1 --from 8");
      throw new Error("one failed");
    });
    expect(exitCode).toBe(1);
    expect(complained[0]).toBe(
      "seed 8 FAILED: Error: a key was used twice\n  run it again: pnpm simulate --seeds 1 --from 8",
    );
  });

  it("names rooms and backends in the command of a failing seed", () => {
    expect(replaySeed("room", "noble", 7)).toBe(
      "pnpm simulate --seeds 1 --from 7 --backend noble --room",
    );
  });

  it.each([
    ["--seeds", "none"],
    ["--seeds", "0"],
    ["--from", "1.5"],
    ["--backend", "other"],
  ])("says what it takes instead of %s %s", async (...args) => {
    const { complained } = listen();
    expect(await simulate(args)).toBe(2);
    expect(complained[0]).toContain("--backend counting|native|noble");
  });
});
