import { describe, expect, it } from "vitest";
import {
  answerTo,
  type IqCall,
  isRequestFor,
  qualify,
  requestOverIq,
  serialize,
  stanzaError,
  xml,
} from "../../../src/wire/index.js";

const PAYLOAD = xml("q", { xmlns: "urn:x" });
const NAME = { name: "q", namespace: "urn:x" };
const request = xml("iq", { type: "get", id: "1", from: "a@b/c", to: "d@e/f" }, PAYLOAD);

describe("requests from client to client", () => {
  it("carry one element, and give what the result carries by itself [SCE-12]", async () => {
    const sent: string[] = [];
    const call: IqCall = async (iq) => {
      sent.push(serialize(iq));
      const stanza = qualify(xml("iq", { type: "result", "xmlns:p": "urn:p" }, xml("p:a")));
      return { kind: "result", stanza };
    };
    const asked = { to: "d@e/f", type: "set", payload: PAYLOAD } as const;
    expect(await requestOverIq(call, asked)).toEqual(xml("a", { xmlns: "urn:p" }));
    expect(sent).toEqual(["<iq type='set' to='d@e/f'><q xmlns='urn:x'/></iq>"]);
    const empty: IqCall = async () => ({ kind: "result", stanza: qualify(xml("iq")) });
    expect(await requestOverIq(empty, asked)).toBeUndefined();
  });

  it("are known by the name of that element, if there is no other", () => {
    expect(isRequestFor(NAME, request)).toBe(true);
    const others = [
      { ...request, name: "message" },
      { ...request, attrs: { ...request.attrs, type: "result" } },
      { ...request, children: [PAYLOAD, PAYLOAD] },
      { ...request, children: [] },
      { ...request, children: [xml("q", { xmlns: "urn:y" })] },
    ];
    for (const other of others) expect(isRequestFor(NAME, other)).toBe(false);
  });

  it("are answered by result or error, to whom asked, under his id", () => {
    const answer = (given?: Parameters<typeof answerTo>[1]) => serialize(answerTo(request, given));
    expect(answer(PAYLOAD)).toBe("<iq type='result' to='a@b/c' id='1'><q xmlns='urn:x'/></iq>");
    expect(answer()).toBe("<iq type='result' to='a@b/c' id='1'/>");
    expect(answer(stanzaError("not-allowed", "cancel"))).toBe(
      "<iq type='error' to='a@b/c' id='1'><error type='cancel'>" +
        "<not-allowed xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
    );
  });
});
