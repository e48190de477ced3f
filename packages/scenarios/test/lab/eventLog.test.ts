import { describe, expect, it } from "vitest";
import { EventLog } from "../../lab/harness/eventLog.js";

const isMessage = ({ ev }: { readonly ev: string }) => ev === "message";

describe("the event log of a lab program", () => {
  it("finds an event that happened before anybody waited for it", async () => {
    const log = new EventLog("romeo");
    log.append({ ev: "online" });
    log.append({ ev: "message", body: "first" });
    log.append({ ev: "message", body: "second" });
    await expect(log.waitFor("a message", isMessage)).resolves.toMatchObject({ body: "first" });
  });

  it("wakes whoever waits for an event when it happens, and leaves the others waiting", async () => {
    const log = new EventLog("romeo");
    let isOnline = false;
    const online = log
      .waitFor("online", ({ ev }) => ev === "online")
      .then(() => {
        isOnline = true;
      });
    const message = log.waitFor("a message", isMessage);
    log.append({ ev: "message", body: "hello" });
    await expect(message).resolves.toMatchObject({ body: "hello" });
    expect(isOnline).toBe(false);
    log.append({ ev: "online" });
    await online;
  });

  it("hands all events to a search, however many it needs", async () => {
    const log = new EventLog("romeo");
    const two = log.waitUntil("two messages", (events) => {
      const messages = events.filter(isMessage);
      return messages.length < 2 ? undefined : messages.length;
    });
    log.append({ ev: "message" });
    log.append({ ev: "other" });
    log.append({ ev: "message" });
    await expect(two).resolves.toBe(2);
  });

  it("tells whoever waits, then or later, why nothing more will come", async () => {
    const log = new EventLog("romeo");
    log.append({ ev: "online" });
    const early = log.waitFor("a message", isMessage);
    log.end("ended with SIGKILL");
    await expect(early).rejects.toThrow(/romeo: ended with SIGKILL while waiting for a message/);
    await expect(log.waitFor("a message", isMessage)).rejects.toThrow(/"ev":"online"/);
    await expect(log.waitFor("online", ({ ev }) => ev === "online")).resolves.toBeDefined();
  });

  it("gives up after the time that it was given", async () => {
    const log = new EventLog("romeo");
    await expect(log.waitFor("a message", isMessage, 1)).rejects.toThrow(/nothing in 1 ms/);
  });
});
