import {
  type ArchivableMessage,
  bareJid,
  deviceId,
  fingerprint,
  isOmemoError,
  LEGACY,
  OMEMO_2,
  type RecordVersion,
  type StoredRecord,
  type XmlElement,
} from "@omemo/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { ArchiveEntry } from "../src/entry/archiveEntry.js";
import { decodeEntry, encodeEntry } from "../src/entry/entryCodec.js";
import { toEntry } from "../src/records/recordsOf.js";
import { NOON, said } from "./messages.js";

const text = fc.string({ unit: "grapheme", maxLength: 40 });
const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    name: fc.constantFrom("body", "reactions", "x"),
    attrs: fc.dictionary(fc.constantFrom("xmlns", "id", "to"), text),
    children: fc.array(fc.oneof({ depthSize: "small" }, text, tie("element")), { maxLength: 3 }),
  }),
}));
const jid = fc
  .constantFrom("romeo@example.net", "орсино@пример.рф", "room@muc.example")
  .map(bareJid);
/** JSON has no negative one. */
const positiveZero = (value: number): number => value + 0;
const maybe = fc.option(text, { nil: undefined });
const time = fc.integer({ min: 0, max: 4_102_444_800_000 });
const message: fc.Arbitrary<ArchivableMessage> = fc
  .record({
    id: text,
    handledAt: time,
    from: jid,
    conversation: jid,
    direction: fc.constantFrom("received", "sent"),
    origin: fc.constantFrom("live", "carbon-sent", "carbon-received", "archive"),
    stanzaId: maybe,
    originId: maybe,
    archiveId: maybe,
    sentAt: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map(positiveZero), {
      nil: undefined,
    }),
    versions: fc.subarray([OMEMO_2, LEGACY] as const, { minLength: 1 }),
    device: fc.record({
      jid,
      deviceId: fc.integer({ min: 1, max: 0x7fff_ffff }).map(deviceId),
    }),
    fingerprint: fc
      .string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 })
      .map(fingerprint),
    trust: fc.constantFrom("undecided", "untrusted", "trusted"),
    content: fc.array(element, { maxLength: 3 }),
    unprotected: fc.array(element, { maxLength: 2 }),
    warnings: fc.subarray(["time", "refused-content"] as const),
    room: fc.option(
      fc.record({
        jid,
        nick: text,
        established: fc.constantFrom("presence", "archive", "device", "unknown"),
      }),
      { nil: undefined },
    ),
  })
  .map(({ room, ...rest }) => ({ ...rest, body: bodyOf(rest.content), ...(room && { room }) }));

function bodyOf(content: readonly XmlElement[]): string | undefined {
  const body = content.find((each) => each.name === "body" && each.attrs.xmlns === "jabber:client");
  return body?.children.filter((child) => typeof child === "string").join("");
}

function recordOf(id: string, value: Uint8Array): StoredRecord {
  return { key: ["archive-entry", id], value, version: "1" as RecordVersion };
}

/** `unreadable`, and nothing else, where it is no entry. */
function read(record: StoredRecord): ArchiveEntry | "unreadable" {
  try {
    return decodeEntry(record);
  } catch (error) {
    if (isOmemoError(error) && error.code === "store-failure") return "unreadable";
    throw error;
  }
}

it("an entry comes back as it was, whatever was said", () => {
  fc.assert(
    fc.property(message, (each) => {
      const entry = toEntry(each);
      expect(read(recordOf(entry.id, encodeEntry(entry)))).toEqual(entry);
    }),
  );
});

it("damage is a typed error of that entry, wherever a byte is changed or the end is cut off", () => {
  const entry = toEntry(said("Wherefore?", { sentAt: NOON }));
  const whole = encodeEntry(entry);
  let refused = 0;
  for (let index = 0; index < whole.length; index += 1) {
    const changed = new Uint8Array(whole);
    changed[index] = (changed[index] ?? 0) ^ 0x80; // never what UTF-8 was there before
    expect(read(recordOf(entry.id, changed))).toBe("unreadable");
    expect(read(recordOf(entry.id, whole.slice(0, index)))).toBe("unreadable");
    refused += 2;
  }
  expect(refused).toBeGreaterThan(500);
});

it("bytes of anybody's making are an entry or a typed error, and never more", () => {
  const value = fc.oneof(
    fc.uint8Array(),
    fc.json().map((json) => new TextEncoder().encode(json)),
  );
  fc.assert(
    fc.property(value, (bytes) => {
      expect(read(recordOf("x", Uint8Array.of(1, ...bytes)))).toBe("unreadable");
    }),
  );
  const deep = "[".repeat(200_000);
  expect(read(recordOf("x", new TextEncoder().encode(`\x01${deep}`)))).toBe("unreadable");
});

it.each([
  ["id", 7],
  ["time", -1],
  ["handledAt", 9e15],
  ["conversation", "@"],
  ["direction", "sideways"],
  ["versions", ["omemo:9"]],
  ["device", { jid: "romeo@example.net", deviceId: 0 }],
  ["fingerprint", "0F"],
  ["trust", "blind"],
  ["content", [{ name: "body", attrs: { id: 1 }, children: [] }]],
  ["affixes", { time: "now" }],
])("an entry with an impossible %s is no entry", (name, value) => {
  const entry = { ...toEntry(said("x")), [name]: value };
  expect(read(recordOf(entry.id as string, encodeEntry(entry as ArchiveEntry)))).toBe("unreadable");
});

it("an entry of a newer format, or under the id of another one, is not read", () => {
  const entry = toEntry(said("x"));
  const value = encodeEntry(entry);
  expect(read(recordOf(entry.id, value))).toEqual(entry);
  expect(read(recordOf("another", value))).toBe("unreadable");
  value[0] = 2;
  expect(read(recordOf(entry.id, value))).toBe("unreadable");
});
