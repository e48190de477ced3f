import { describe, expect, it } from "vitest";
import { bareJid, type Transport } from "../../src/index.js";
import { createConnection } from "../../src/manager/connection/connection.js";
import { failFast } from "../../src/manager/connection/failFast.js";
import { createLifetime } from "../../src/manager/scheduling/lifetime.js";
import { systemClock } from "../../src/manager/scheduling/systemClock.js";
import { xml } from "../../src/wire/xml/element.js";

const JID = bareJid("juliet@example.org");
const ITEM = xml("item");
const OPTIONS = { access: "open", maxItems: 1 } as const;

/** An adapter that keeps what it was asked until somebody answers, over every loss of the line. */
function patientTransport() {
  const asked: { readonly name: string; readonly answer: (value: unknown) => void }[] = [];
  const surroundings = { account: JID, isOnline: true };
  const transport = new Proxy(surroundings, {
    get: (target, name) => {
      if (name in target) return Reflect.get(target, name);
      return () => new Promise((answer) => asked.push({ name: String(name), answer }));
    },
  }) as unknown as Transport & typeof surroundings;
  const connection = createConnection(systemClock(), true, createLifetime());
  return { asked, surroundings, connection, fast: failFast(transport, connection.onLoss) };
}

/** Whatever asks a server. */
const QUESTIONS: Readonly<Record<string, (transport: Transport) => Promise<unknown>>> = {
  fetchItem: (transport) => transport.fetchItem(JID, "node"),
  fetchItemIds: (transport) => transport.fetchItemIds(JID, "node"),
  publishItem: (transport) => transport.publishItem("node", "current", ITEM, OPTIONS),
  retractItem: (transport) => transport.retractItem("node", "current"),
  deleteNode: (transport) => transport.deleteNode("node"),
  fetchMembers: (transport) => transport.fetchMembers(JID),
  fetchFeatures: (transport) => transport.fetchFeatures(JID),
  fetchArchive: (transport) => transport.fetchArchive({ pageSize: 1 }),
  request: (transport) => transport.request({ to: `${JID}/a`, type: "get", payload: ITEM }),
};

describe.each(Object.entries(QUESTIONS))("%s of a manager's transport", (name, ask) => {
  it("fails with offline when the line goes, although the adapter would wait for it", async () => {
    const { asked, connection, fast } = patientTransport();
    const failing = expect(ask(fast)).rejects.toMatchObject({ code: "offline" });
    connection.offline();
    await failing;
    expect(asked.map((each) => each.name)).toEqual([name]);
    asked[0]?.answer("late");
  });

  it("asks nothing without a line, and answers as the adapter does with one", async () => {
    const { asked, surroundings, connection, fast } = patientTransport();
    surroundings.isOnline = false;
    await expect(ask(fast)).rejects.toMatchObject({ code: "offline" });
    expect(asked).toEqual([]);
    surroundings.isOnline = true;
    const answered = ask(fast);
    asked[0]?.answer("answer");
    expect(await answered).toBe("answer");
    connection.offline(); // long after
    expect(await answered).toBe("answer");
  });
});
