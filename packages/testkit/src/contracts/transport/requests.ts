import type { RequestHandler, Transport, XmlElement } from "@omemo/core";
import { xml } from "@omemo/core/wire";
import { assert, assertEqual, assertRejects } from "../assertions.js";
import { assertCondition } from "./conditions.js";
import {
  chatMessage,
  entryOf,
  payload,
  recordEvents,
  type TransportTest,
  type TransportUnderTest,
} from "./transportUnderTest.js";

const NAME = { name: "list", namespace: "urn:example:testkit" };

/** Requests from client to client. */
export function requestTests(test: TransportTest): void {
  test("asks another client, and hands its questions to who serves them [SCE-12]", async (subject) => {
    const { alice, bob, settle } = subject;
    const to = await addressOf(bob, alice, subject);
    const asked: XmlElement[] = [];
    bob.serve(NAME, async () => undefined);
    const stop = bob.serve(NAME, async (request) => {
      asked.push(request);
      return payload("answer");
    });
    for (const type of ["get", "set"] as const) {
      const answer = await settle(alice.request({ to, type, payload: payload(type) }));
      assertEqual(entryOf(answer), "answer", "what the result carries");
    }
    const told = asked.map(({ attrs, children }) => {
      const [carried] = children.filter((child) => typeof child !== "string");
      return [attrs.type, attrs.from?.split("/")[0], entryOf(carried)];
    });
    assertEqual(
      told,
      ["get", "set"].map((type) => [type, alice.account, type]),
      "what was asked",
    );
    stop();
    const again = alice.request({ to, type: "get", payload: payload("get") });
    await assertCondition(settle(again), "service-unavailable");
  });

  test("fails with the condition of whoever refuses a question", async (subject) => {
    const { alice, bob, settle } = subject;
    const to = await addressOf(bob, alice, subject);
    const condition = xml("not-acceptable", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
    const refuse: RequestHandler = async () => xml("error", { type: "modify" }, condition);
    bob.serve(NAME, refuse);
    const request = { type: "get", payload: payload("question") } as const;
    await assertCondition(settle(alice.request({ ...request, to })), "not-acceptable");
    const nobody = `${bob.account}/nobody`;
    await assertCondition(settle(alice.request({ ...request, to: nobody })), "service-unavailable");
    const signal = AbortSignal.abort();
    await assertRejects(settle(alice.request({ ...request, to }, signal)), "aborted", "given up");
  });
}

/** The full address of `of`, as `at` sees it. */
async function addressOf(
  of: Transport,
  at: Transport,
  { settle, until }: TransportUnderTest,
): Promise<string> {
  const recording = recordEvents(at, []);
  await settle(of.send(chatMessage(at.account, "here")));
  await until(() => recording.bodies().length > 0);
  recording.stop();
  const [event] = recording.events;
  const from = event?.kind === "message" ? event.stanza.attrs.from : undefined;
  assert(from !== undefined, "a message without sender");
  return from;
}
