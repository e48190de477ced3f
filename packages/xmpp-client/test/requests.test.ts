import { bareJid } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { connect, create } from "./connect.js";
import { settle, stanza } from "./fakeClient.js";

const alice = bareJid("alice@example.org");
const items = (text: string) =>
  `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='n'><item id='1'><x xmlns='y'>${text}</x></item></items></pubsub>`;
const payload = (text: string) => stanza(`<x xmlns='y'>${text}</x>`);

describe("requests", () => {
  it("have ids that nobody can guess", async () => {
    const { client, transport } = await connect();
    for (let count = 0; count < 50; count += 1) {
      void transport.fetchItem(alice, "n", "1").catch(() => undefined);
    }
    await settle();
    const ids = client.requests().map(({ attrs }) => attrs.id);
    expect(new Set(ids).size).toBe(50);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });

  it("ignore the right id from the wrong address, and take the real answer [D6]", async () => {
    const { client, transport } = await connect();
    const fetched = transport.fetchItem(alice, "n", "1");
    await settle();
    for (const from of ["mallory@evil.example", "alice@example.org/phone", "example.org"]) {
      client.answer(items("forged"), { from });
    }
    client.answer(items("forged"), { id: "guessed" });
    client.answer(items("real"));
    expect(await fetched).toEqual(payload("real"));
  });

  it("ignore refusals from the wrong address too, and answers without address", async () => {
    const { client, transport } = await connect();
    const fetched = transport.fetchItem(alice, "n", "1");
    await settle();
    const id = client.requests()[0]?.attrs.id ?? "";
    client.receive(
      `<iq type='error' id='${id}' from='mallory@evil.example'><error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    client.receive(`<iq type='result' id='${id}'>${items("forged")}</iq>`);
    client.answer(items("real"));
    expect(await fetched).toEqual(payload("real"));
  });

  it("ignore what comes after the answer", async () => {
    const { client, transport } = await connect();
    const fetched = transport.fetchItem(alice, "n", "1");
    await settle();
    client.answer(items("first"));
    client.answer(items("second"));
    expect(await fetched).toEqual(payload("first"));
    expect(client.errors).toEqual([]);
  });

  it("give up after their time, and leave nothing behind", async () => {
    const { client, clock, transport } = await connect({ timeout: 500 });
    client.requests();
    const late = expect(transport.fetchItem(alice, "n", "1")).rejects.toMatchObject({
      code: "transport-failure",
      message: expect.stringContaining("alice@example.org did not answer"),
    });
    await settle();
    await clock.pass(499);
    await clock.pass(500);
    await late;
    client.answer(items("late"));
    expect(clock.sleepers).toBe(0);
  });

  it("end when the signal says so, before and while they run", async () => {
    const { client, clock, transport } = await connect();
    const over = transport.fetchItem(alice, "n", "1", AbortSignal.abort());
    await expect(over).rejects.toMatchObject({ code: "aborted" });
    expect(client.requests()).toEqual([]);
    const controller = new AbortController();
    const running = transport.fetchItem(alice, "n", "1", controller.signal);
    const asleep = clock.sleepers;
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: "aborted" });
    expect(clock.sleepers).toBe(asleep - 1);
  });

  it("fail with offline when there is no stream, and write nothing", async () => {
    const { client, transport } = create();
    await expect(transport.fetchItem(alice, "n")).rejects.toMatchObject({ code: "offline" });
    await expect(transport.send(stanza("<message/>"))).rejects.toMatchObject({ code: "offline" });
    await expect(
      transport.publishItem("n", "1", payload("x"), { access: "open", maxItems: 1 }),
    ).rejects.toMatchObject({ code: "offline" });
    await expect(transport.fetchArchive({ pageSize: 1 })).rejects.toMatchObject({
      code: "offline",
    });
    expect(client.written).toEqual([]);
  });

  it("fail with offline when the stream ends for good", async () => {
    for (const end of ["disconnect", "stop"] as const) {
      const { client, transport } = await connect();
      const fetched = transport.fetchItem(alice, "n", "1");
      client[end]();
      await expect(fetched).rejects.toMatchObject({ code: "offline" });
    }
  });

  it("survive a stream that is resumed", async () => {
    const { client, transport } = await connect();
    const fetched = transport.fetchItem(alice, "n", "1");
    await settle();
    client.disconnect("resumable");
    client.resume();
    client.answer(items("real"));
    expect(await fetched).toEqual(payload("real"));
  });

  it("fail with offline when a new stream takes the place of the resumable one", async () => {
    const { client, transport } = await connect();
    const fetched = transport.fetchItem(alice, "n", "1");
    client.disconnect("resumable");
    client.goOnline();
    await expect(fetched).rejects.toMatchObject({ code: "offline" });
  });

  it("fail when the client cannot write", async () => {
    const { client, transport } = await connect();
    client.fails = new Error("EPIPE");
    await expect(transport.fetchItem(alice, "n")).rejects.toMatchObject({
      code: "transport-failure",
      cause: client.fails,
    });
    const sent = transport.send(stanza("<message to='alice@example.org'/>"));
    client.disconnect();
    await expect(sent).rejects.toMatchObject({ code: "offline" });
  });

  it("refuse characters that would end the stream, and write nothing", async () => {
    const { client, transport } = await connect();
    const before = client.written.length;
    const bad = { name: "message", attrs: { to: "a@b" }, children: ["\u0000"] };
    await expect(transport.send(bad)).rejects.toMatchObject({ code: "invalid-input" });
    expect(client.written).toHaveLength(before);
  });
});

describe("archive pages", () => {
  const result = (queryId: string, id: string, rest = "") => `
    <message ${rest}><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='${id}'>
      <forwarded xmlns='urn:xmpp:forward:0'>
        <message xmlns='jabber:client' from='alice@example.org/a' to='bob@example.org' id='m-${id}'/>
      </forwarded>
    </result></message>`;
  const fin = "<fin xmlns='urn:xmpp:mam:2' complete='true'/>";

  it("hold the results of their query, in order, and nobody else's [MAM-01, MAM-05]", async () => {
    const { client, events, transport } = await connect();
    const read = transport.fetchArchive({ pageSize: 10 });
    await settle();
    const query = client.requests()[0]?.children[0];
    const queryId = typeof query === "object" ? (query.attrs.queryid ?? "") : "";
    expect(queryId).toMatch(/^[0-9a-f]{32}$/);
    client.receive(result(queryId, "1"));
    client.receive(result(queryId, "x", "from='mallory@evil.example'"));
    client.receive(result("guessed", "y"));
    client.receive(result(queryId, "2", "from='bob@example.org'"));
    client.answer(fin);
    const page = await read;
    expect(page.messages.map(({ archiveId }) => archiveId)).toEqual(["1", "2"]);
    expect(page).toMatchObject({ last: "2", isComplete: true });
    client.receive(result(queryId, "3"));
    expect(page.messages).toHaveLength(2);
    expect(events.filter(({ kind }) => kind === "message")).toEqual([]);
  });

  it("are refused when the archive sends more than was asked for", async () => {
    const { client, transport } = await connect();
    const read = transport.fetchArchive({ pageSize: 2 });
    await settle();
    const query = client.requests()[0]?.children[0];
    const queryId = typeof query === "object" ? (query.attrs.queryid ?? "") : "";
    for (let count = 0; count < 100; count += 1) client.receive(result(queryId, `${count}`));
    client.answer(fin);
    await expect(read).rejects.toMatchObject({ code: "transport-failure" });
  });
});

describe("room members", () => {
  it("are asked for with the signal, list by list [MUC-02]", async () => {
    const { client, transport } = await connect();
    client.serve = (request) => {
      const [query] = request.children;
      const affiliation = JSON.stringify(query).match(/affiliation":"(\w+)"/)?.[1];
      if (affiliation === undefined) return;
      client.receive(
        `<iq type='result' id='${request.attrs.id}' from='${request.attrs.to}'><query xmlns='http://jabber.org/protocol/muc#admin'><item jid='${affiliation}@example.org'/></query></iq>`,
      );
    };
    const room = bareJid("room@rooms.example.org");
    expect(await transport.fetchMembers(room)).toEqual([
      "owner@example.org",
      "admin@example.org",
      "member@example.org",
    ]);
    const aborted = transport.fetchMembers(room, AbortSignal.abort());
    await expect(aborted).rejects.toMatchObject({ code: "aborted" });
  });
});

describe("requests of others", () => {
  const name = { name: "q", namespace: "urn:x" };
  const question = stanza("<iq type='set' id='1' from='a@b/c'><q xmlns='urn:x'/></iq>");

  it("are answered by the first handler that knows an answer, and else left to the application [SCE-12]", async () => {
    const { client, transport } = await connect();
    const asked: string[] = [];
    const stops = [undefined, payload("first"), payload("second")].map((answer, index) =>
      transport.serve(name, async ({ attrs }) => {
        asked.push(`${index} ${attrs.from}`);
        return answer;
      }),
    );
    const ask = () =>
      client.requestHandlers.get("set urn:x q")?.({ stanza: question }, async () => "next");
    expect(await ask()).toMatchObject(payload("first"));
    expect(asked).toEqual(["0 a@b/c", "1 a@b/c"]);
    for (const stop of stops) stop();
    expect(await ask()).toBe("next");
    expect(asked).toHaveLength(2);
  });

  it("have one route each, however often they are served", async () => {
    const { client, transport } = await connect();
    transport.serve(name, async () => undefined)();
    const before = client.requestHandlers.get("get urn:x q");
    transport.serve(name, async () => undefined);
    expect(client.requestHandlers.get("get urn:x q")).toBe(before);
    expect(before).toBeDefined();
  });
});
