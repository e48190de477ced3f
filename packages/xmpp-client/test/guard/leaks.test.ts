import { LEGACY, OMEMO_2 } from "@omemo/core";
import { isMalformed, parseXml, serialize } from "@omemo/core/wire";
import { xml } from "@xmpp/client";
import fc from "fast-check";
import { expect, it } from "vitest";
import { settle } from "../fakeClient.js";
import { element, type GuardedClient, guardedClient, OWN } from "./guardedClient.js";
import { HINTS, LEGACY_CIPHERTEXT, OMEMO_2_CIPHERTEXT } from "./samples.js";

/** Every address, and ways to write it that a server takes for the same. */
const CONVERSATIONS: Readonly<Record<string, readonly string[]>> = {
  "alice@example.org": ["alice@example.org/phone", "ALICE@EXAMPLE.org", "al\u00adice@example.org."],
  "room@rooms.example": ["room@rooms.example", "Room@rooms.example/nick"],
  "carol@example.net": ["carol@example.net", "carol@example.net/c"],
  [OWN]: [`${OWN}/other`, OWN],
};
const NAMES = [
  ..."body subject html x reactions reaction reply replace retract reference file-sharing".split(
    " ",
  ),
  ..."store composing displayed thread fallback origin-id encryption error text delay".split(" "),
  ..."addresses invite encrypted header payload key content query pubsub item publish".split(" "),
  ..."status show c a:body a:store".split(" "),
];
const NAMESPACES = [
  "jabber:client",
  "urn:xmpp:hints",
  "http://jabber.org/protocol/chatstates",
  "urn:xmpp:chat-markers:0",
  "urn:xmpp:reactions:0",
  "urn:xmpp:reply:0",
  "urn:xmpp:fallback:0",
  "urn:xmpp:message-correct:0",
  "urn:xmpp:eme:0",
  "urn:xmpp:sid:0",
  "urn:xmpp:delay",
  "urn:xmpp:sce:1",
  "urn:xmpp:mam:2",
  "urn:ietf:params:xml:ns:xmpp-stanzas",
  "http://jabber.org/protocol/muc#user",
  "http://jabber.org/protocol/pubsub",
  "http://jabber.org/protocol/disco#info",
  OMEMO_2,
  LEGACY,
  "jabber:x:oob",
  "urn:example",
  "",
];
const ALLOWED = [
  OMEMO_2_CIPHERTEXT + HINTS,
  LEGACY_CIPHERTEXT + HINTS,
  `${LEGACY_CIPHERTEXT}<thread>t1</thread>`,
  "<received xmlns='urn:xmpp:receipts' id='1'/>",
  "<no-store xmlns='urn:xmpp:hints'/>",
];

/** Where words may hide, one place each. */
const PLACES = [
  "<body>§</body>",
  "§",
  "<unheard-of>§</unheard-of>",
  "<store xmlns='urn:xmpp:hints'>§</store>",
  "<store xmlns='urn:xmpp:hints' note='§'/>",
  "<received xmlns='urn:xmpp:receipts' id='§'/>",
  "<composing xmlns='http://jabber.org/protocol/chatstates'>§</composing>",
  "<status>§</status>",
  "<c xmlns='http://jabber.org/protocol/caps' node='§'/>",
  "<query xmlns='http://jabber.org/protocol/disco#info' node='§'/>",
  `<encrypted xmlns='${OMEMO_2}'><payload>§</payload></encrypted>`,
  `<encrypted xmlns='${LEGACY}'><body xmlns='jabber:client'>§</body></encrypted>`,
];

interface Tree {
  readonly name: string;
  readonly xmlns: string | undefined;
  readonly attribute: readonly [name: string, value: string] | undefined;
  readonly children: readonly (Tree | string)[];
}

/** Words that stand wherever the generator puts them; `§` becomes what is unique to the stanza. */
const words = fc.constantFrom("§", "§", "harmless", "1", " ");
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.record({
    name: fc.constantFrom(...NAMES),
    xmlns: fc.option(fc.constantFrom(...NAMESPACES), { nil: undefined }),
    attribute: fc.option(
      fc.tuple(
        fc.constantFrom("name", "id", "jid", "xml:lang", "type", "note", "namespace"),
        words,
      ),
      { nil: undefined },
    ),
    children: fc.array(fc.oneof({ depthSize: "small" }, words, tie("tree")), { maxLength: 3 }),
  }),
}));
const ways = [
  "send",
  "many",
  "receive",
  "request",
  "answer",
  "write",
  "socket",
  "prototype",
  "forward",
] as const;
const where = fc.constantFrom(...Object.keys(CONVERSATIONS));
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("mark" as const), where }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("release" as const), where }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reconnect" as const), where }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("say" as const),
      where,
      spelling: fc.nat(2),
      way: fc.constantFrom(...ways),
      stanza: fc.constantFrom("message", "message", "message", "presence", "iq"),
      content: fc.array(tree, { maxLength: 2 }),
      place: fc.constantFrom(...PLACES),
      ciphertext: fc.constantFrom("", "", OMEMO_2_CIPHERTEXT, LEGACY_CIPHERTEXT),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("allowed" as const),
      where,
      way: fc.constantFrom("send", "many", "write", "socket"),
      content: fc.constantFrom(...ALLOWED),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function render({ name, xmlns, attribute, children }: Tree): string {
  const prefix = name.startsWith("a:") ? ` xmlns:a="${xmlns || "jabber:client"}"` : "";
  const own = xmlns === undefined || prefix !== "" ? "" : ` xmlns="${xmlns}"`;
  const attr = attribute === undefined ? "" : ` ${attribute[0]}="${attribute[1]}"`;
  const inside = children.map((child) => (typeof child === "string" ? child : render(child)));
  return `<${name}${prefix}${own}${attr}>${inside.join("")}</${name}>`;
}

/** Puts a stanza on the line by one of the ways that there are; resolves when that came to an end. */
async function say(guarded: GuardedClient, way: string, text: string): Promise<void> {
  const { client } = guarded;
  const whole = parseXml(text);
  if (isMalformed(whole)) throw new Error(`not a stanza: ${text}`);
  const plain = serialize(whole);
  const past: Readonly<Record<string, () => unknown>> = {
    send: () => client.send(element(text)),
    many: () => client.sendMany([element("<presence/>"), element(text), element("<presence/>")]),
    receive: () => client.sendReceive(element(text)),
    request: () => client.iqCaller.request(element(text)),
    write: () => client.write(plain),
    socket: () => guarded.writeRaw(plain),
    prototype: () => Object.getPrototypeOf(client).send.call(client, element(text)),
  };
  try {
    await past[way]?.();
  } catch {} // what counts is what was written
  await settle();
}

/** Somebody asks, and the application answers with this element. */
async function answer({ client }: GuardedClient, to: string, content: string): Promise<void> {
  const namespace = `urn:question:${content.length}`;
  let reply: string | undefined = content;
  client.iqCallee.get(namespace, "q", (_context, next) => {
    const given = reply;
    reply = undefined;
    return given === undefined ? next() : element(given);
  });
  client.emit("element", xml("iq", { type: "get", id: "a", from: to }, xml("q", namespace)));
  await settle();
  await settle();
}

/** One life of a client: what must not be readable, and what has to get through. */
async function live(
  service: string,
  steps: readonly Step[],
): Promise<{ readonly hidden: number; readonly shown: number }> {
  const guarded = guardedClient({ automatic: false, service });
  const marked = new Set(Object.keys(CONVERSATIONS).slice(0, 2));
  const counts = { hidden: 0, shown: 0 };
  for (const each of marked) await guarded.guard.mark(each);
  for (const [index, each] of steps.entries()) {
    const mark = `secret words ${index}.`;
    const to = CONVERSATIONS[each.where] ?? [];
    if (each.do === "mark") {
      await guarded.guard.mark(each.where);
      marked.add(each.where);
    } else if (each.do === "release") {
      await guarded.guard.release(each.where, { reason: "asked on the phone" });
      marked.delete(each.where);
    } else if (each.do === "reconnect") {
      guarded.attachSocket();
      guarded.become("online");
    } else if (each.do === "allowed") {
      await say(
        guarded,
        each.way,
        `<message to="${to[0]}" id="allowed-${index}">${each.content}</message>`,
      );
      expect(guarded.bytes()).toContain(`allowed-${index}`);
      counts.shown += 1;
    } else {
      const grown = each.content.map(render).join("");
      const content = (grown.includes("§") ? grown : grown + each.place).replaceAll("§", mark);
      const inside = each.ciphertext + content;
      const name = each.way === "request" || each.way === "answer" ? "iq" : each.stanza;
      const address = to[each.spelling % to.length] ?? each.where;
      // A request to our own bare address is one to the server, and nobody's conversation.
      const isToServer = name === "iq" && address === OWN && each.way !== "forward";
      const stanza = `<${name} to="${address}" id="s${index}"${name === "iq" ? ' type="set"' : ""}>${inside}</${name}>`;
      const forwarded = `<message to="dave@example.org" id="s${index}"><f xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client" from="${OWN}" to="${address}">${inside}</message></f></message>`;
      if (each.way === "answer")
        await answer(guarded, address, `<x xmlns="urn:example">${content}</x>`);
      else if (each.way === "forward") await say(guarded, "send", forwarded);
      else await say(guarded, each.way, stanza);
      const isSecret = marked.has(each.where) && !isToServer;
      expect(guarded.bytes().includes(mark), `${each.way} of ${stanza}`).toBe(!isSecret);
      counts[isSecret ? "hidden" : "shown"] += 1;
    }
  }
  return counts;
}

it("no plaintext of a marked conversation reaches a socket, whatever is sent in whatever way; everything else does [SCE-13, L-48]", async () => {
  const total = { hidden: 0, shown: 0 };
  const numRuns = Number(process.env.OMEMO_SEEDS ?? 0) || 60;
  const services = fc.constantFrom("wss://example.org/ws", "xmpp://example.org");
  const steps = fc.array(step, { minLength: 5, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(services, steps, async (service, each) => {
      const { hidden, shown } = await live(service, each);
      total.hidden += hidden;
      total.shown += shown;
    }),
    { numRuns },
  );
  expect(total.hidden).toBeGreaterThan(numRuns / 2);
  expect(total.shown).toBeGreaterThan(numRuns / 2);
});
