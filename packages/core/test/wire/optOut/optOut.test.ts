import { describe, expect, it } from "vitest";
import { OMEMO_2 } from "../../../src/index.js";
import { parseXml, readOptOut, serialize, writeOptOut, xml } from "../../../src/wire/index.js";
import { isMalformed } from "../../../src/wire/malformed.js";

function parsed(text: string) {
  const element = parseXml(text);
  if (isMalformed(element)) throw new Error("the test is wrong");
  return element;
}

describe("the opt-out element", () => {
  it("is written as XEP-0384 shows it, with or without reason [O2-164]", () => {
    expect(serialize(writeOptOut())).toBe(`<opt-out xmlns='${OMEMO_2}'/>`);
    expect(serialize(writeOptOut("a <record>"))).toBe(
      `<opt-out xmlns='${OMEMO_2}'><reason>a &lt;record&gt;</reason></opt-out>`,
    );
  });

  it("is found among other content, whichever way its sender wrote it [O2-164]", () => {
    const sample = parsed(`<opt-out xmlns='${OMEMO_2}'><reason>\n  Sorry.\n</reason></opt-out>`);
    const body = xml("body", { xmlns: "jabber:client" }, "bye");
    expect(readOptOut([body, sample])).toEqual({ reason: "Sorry." });
    const prefixed = parsed(`<o:opt-out xmlns:o='${OMEMO_2}'><o:reason/></o:opt-out>`);
    expect(readOptOut([prefixed])).toEqual({});
    expect(readOptOut([writeOptOut("again")])).toEqual({ reason: "again" });
  });

  it("is no element of another namespace or name [O2-164]", () => {
    expect(readOptOut([xml("opt-out", { xmlns: "urn:x" }), xml("opt-out")])).toBeUndefined();
    expect(readOptOut([xml("optout", { xmlns: OMEMO_2 })])).toBeUndefined();
    expect(readOptOut([])).toBeUndefined();
  });

  it("keeps no more than 500 characters of a reason, and half of none", () => {
    const reason = readOptOut([writeOptOut("🙂".repeat(600))])?.reason;
    expect(reason).toBe("🙂".repeat(500));
  });
});
