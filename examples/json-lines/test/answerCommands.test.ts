import { Readable } from "node:stream";
import { bareJid, deviceId, LEGACY, OmemoError, type OmemoFingerprint } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { answerCommands } from "../src/answerCommands.js";
import type { Command } from "../src/command.js";
import type { JsonEvent } from "../src/jsonEvent.js";

async function answer(
  lines: readonly string[],
  execute: (command: Command) => Promise<unknown>,
  noMoreInput: () => void = () => undefined,
): Promise<{ readonly events: readonly JsonEvent[]; readonly quit: Command | undefined }> {
  const events: JsonEvent[] = [];
  const emit = async (event: JsonEvent) => void events.push(event);
  const told = { execute, isUrgent: ({ cmd }: Command) => cmd === "now", noMoreInput };
  const quit = await answerCommands(Readable.from([lines.join("\n")]), emit, told);
  return { events, quit };
}

/** A promise, and what resolves it. */
function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let open: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { promise, resolve: open };
}

describe("the answers to commands", () => {
  it("carry the id and the result", async () => {
    const { events } = await answer(
      ['{"cmd":"chain","id":7}', "", '{"cmd":"leave"}'],
      async () => 3,
    );
    expect(events).toEqual([
      { ev: "done", id: 7, cmd: "chain", result: 3 },
      { ev: "done", id: null, cmd: "leave", result: 3 },
    ]);
  });

  it("come in the order of the commands, each before the next begins", async () => {
    const begun: unknown[] = [];
    const { events } = await answer(
      ['{"cmd":"a","id":1}', '{"cmd":"b","id":2}'],
      async ({ id }) => {
        begun.push(id);
        await new Promise((resolve) => setImmediate(resolve));
        begun.push(id);
      },
    );
    expect(begun).toEqual([1, 1, 2, 2]);
    expect(events.map(({ id }) => id)).toEqual([1, 2]);
  });

  it("are given at once where an earlier command may wait for them", async () => {
    const { promise, resolve } = gate();
    const { events } = await answer(
      ['{"cmd":"a","id":1}', '{"cmd":"b","id":2}', '{"cmd":"now","id":3}'],
      async ({ cmd }) => (cmd === "now" ? resolve() : promise),
    );
    expect(events.map(({ id }) => id)).toEqual([3, 1, 2]);
  });

  it.each([[[]], [['{"cmd":"quit"}']]])("do not wait for more after the end, %j", async (end) => {
    const { promise, resolve } = gate();
    const { events } = await answer(['{"cmd":"a","id":1}', ...end], () => promise, resolve);
    expect(events).toMatchObject([{ ev: "done", id: 1 }]);
  });

  it("say why a line is no command", async () => {
    const { events } = await answer(["{", "[]", '{"cmd":1}'], async () => null);
    expect(events.map(({ ev }) => ev)).toEqual(["failed", "failed", "failed"]);
    expect(events[2]?.error).toContain('"cmd"');
  });

  it("name code, keys and what did not leave when a send fails", async () => {
    const key = "0".repeat(64) as OmemoFingerprint;
    const identity = { jid: bareJid("b@c"), deviceId: deviceId(5), fingerprint: key };
    const unsent = [{ name: "message", attrs: { to: "b@c" }, children: [] }];
    const { events } = await answer(['{"cmd":"send","id":1}'], async () => {
      throw new OmemoError("offline", "no stream", { identities: [identity], unsent });
    });
    expect(events).toEqual([
      {
        ev: "failed",
        id: 1,
        cmd: "send",
        error: "offline: no stream",
        identities: [{ jid: "b@c", device: 5, key }],
        unsent: ["<message to='b@c'/>"],
      },
    ]);
  });

  it("end with quit, which is answered by whoever closes everything", async () => {
    const { events, quit } = await answer(
      ['{"cmd":"quit","id":9}', '{"cmd":"x"}'],
      async () => null,
    );
    expect(events).toEqual([]);
    expect(quit).toEqual({ cmd: "quit", id: 9 });
    expect((await answer(['{"cmd":"x"}'], async () => LEGACY)).quit).toBeUndefined();
  });
});
