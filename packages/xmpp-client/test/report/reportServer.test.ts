import { memoryStore, type XmlElement } from "@omemo/core";
import { childOf, elementsOf, qualify, serialize } from "@omemo/core/wire";
import { countingBackend } from "@omemo/testkit";
import { describe, expect, it } from "vitest";
import { omemo } from "../../src/index.js";
import { reportServer } from "../../src/report/index.js";
import { FakeClient } from "../fakeClient.js";

const PUBSUB = "http://jabber.org/protocol/pubsub";
const INFO = "http://jabber.org/protocol/disco#info";

/** A client whose server answers by what is asked, and refuses what it does not know. */
class AskedClient extends FakeClient {
  readonly answers: Map<string, string> = new Map();
  readonly heard: Set<unknown> = new Set();

  constructor() {
    super();
    this.serve = (request) => this.#reply(request);
  }

  override on(event: string, listener: (argument: never) => void): void {
    super.on(event, (argument) => {
      if (!this.heard.has(listener)) listener(argument);
    });
  }

  removeListener(_event: string, listener: (argument: never) => void): void {
    this.heard.add(listener);
  }

  #reply(request: XmlElement): void {
    if (request.name !== "iq") return;
    const [asked] = elementsOf(qualify(request));
    const name = `${asked?.namespace} ${request.attrs.to ?? ""}`.trim();
    const content = this.answers.get(name);
    const type = content === undefined ? "error" : "result";
    const refusal =
      "<error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    const { id = "", to } = request.attrs;
    const from = to === undefined ? "" : ` from='${to}'`;
    this.receive(
      `<iq type='${type}' id='${id}'${from} to='${this.resource}'>${content ?? refusal}</iq>`,
    );
  }
}

function online(): AskedClient {
  const client = new AskedClient();
  client.goOnline();
  client.streamManagement.enabled = true;
  client.answers.set("jabber:iq:version example.org", version("Prosody", "0.12.3"));
  client.answers.set(`${INFO} example.org`, info("server/im", "urn:xmpp:carbons:2"));
  client.answers.set(`${INFO} bob@example.org`, info("pubsub/pep", `${PUBSUB}#publish-options`));
  return client;
}

function version(name: string, number: string): string {
  return `<query xmlns='jabber:iq:version'><name>${name}</name><version>${number}</version></query>`;
}

function info(identity: string, ...features: readonly string[]): string {
  const [category, type] = identity.split("/");
  const listed = features.map((feature) => `<feature var='${feature}'/>`).join("");
  return `<query xmlns='${INFO}'><identity category='${category}' type='${type}'/>${listed}</query>`;
}

const states = (report: Awaited<ReturnType<typeof reportServer>>) =>
  Object.fromEntries(report.checks.map(({ code, state }) => [code, state]));

describe("asking a server", () => {
  it("reports what it says, and publishes nothing unless that is allowed [O2-190]", async () => {
    const client = online();
    const report = await reportServer(client, { timeout: 1000 });
    expect(report).toMatchObject({ software: "Prosody", softwareVersion: "0.12.3" });
    expect(states(report)).toMatchObject({
      pep: "fine",
      "publish-options": "fine",
      carbons: "fine",
      archive: "missing",
      "stream-management": "fine",
      "open-access": "unknown",
    });
    expect(client.written.every(({ attrs }) => attrs.type === "get")).toBe(true);
  });

  it("tries out what it may, and takes away what it published [O2-191]", async () => {
    const client = online();
    client.answers.set(PUBSUB, "");
    const report = await reportServer(client, { probe: true });
    expect(report.isProbed).toBe(true);
    const done = client.written.filter(({ attrs }) => attrs.type === "set");
    const nodes = (name: string) =>
      new Set(
        done.flatMap((iq) => {
          const pubsub = elementsOf(qualify(iq))[0];
          return (pubsub && childOf(pubsub, name)?.attrs.node) ?? [];
        }),
      );
    expect(nodes("publish").size).toBe(2);
    expect(nodes("delete")).toEqual(nodes("publish"));
    expect(done.map(serialize).join()).not.toContain("omemo:2");
  });

  it("passes the guard against plaintext: nothing in it is said to anybody", async () => {
    const room = "room@conference.example.org";
    const ask = async (isGuarded: boolean) => {
      const client = online();
      client.answers.set(PUBSUB, "");
      const store = memoryStore();
      const trust = { getTrust: async () => [], setTrust: async () => undefined };
      const guard = { mustEncrypt: () => isGuarded };
      omemo(client, { backend: countingBackend(), store, trust, guard });
      return await reportServer(client, { probe: true, room });
    };
    expect(await ask(true)).toEqual(await ask(false));
  });

  it("takes a refusal of everything for what it is [PEP-08]", async () => {
    const client = online();
    const report = await reportServer(client, { probe: true });
    expect(states(report)).toMatchObject({ pep: "missing" });
  });

  it("looks at a room, and at services with their limits [MUC-01]", async () => {
    const client = online();
    const items = "http://jabber.org/protocol/disco#items";
    const form =
      "<x xmlns='jabber:x:data' type='result'><field var='max-file-size'><value>5000</value></field></x>";
    client.answers.set(
      `${items} example.org`,
      `<query xmlns='${items}'><item jid='upload.example.org'/><item jid='silent.example.org'/></query>`,
    );
    client.answers.set(
      `${INFO} upload.example.org`,
      info("store/file", "urn:xmpp:http:upload:0").replace("</query>", `${form}</query>`),
    );
    const room = "room@conference.example.org";
    client.answers.set(`${INFO} ${room}`, info("conference/text", "muc_nonanonymous"));
    const report = await reportServer(client, { room });
    expect(states(report)).toMatchObject({
      upload: "fine",
      "upload-limit": "poor",
      rooms: "poor",
      "room-settings": "missing",
    });
  });

  it("does not repeat control characters of a server", async () => {
    const client = online();
    client.answers.set("jabber:iq:version example.org", version("Pro\nsody\u202e", "1".repeat(99)));
    const { software, softwareVersion } = await reportServer(client);
    expect([software, softwareVersion?.length]).toEqual(["Pro?sody?", 64]);
  });

  it("needs a stream, and leaves no listener behind", async () => {
    await expect(reportServer(new AskedClient())).rejects.toMatchObject({ code: "offline" });
    const client = online();
    await reportServer(client);
    expect(client.heard.size).toBe(2);
  });
});
