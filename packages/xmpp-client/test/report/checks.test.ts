import { describe, expect, it } from "vitest";
import { judge } from "../../src/report/checks.js";
import type { Described, ProbeOutcome, ServerFacts } from "../../src/report/facts.js";
import { type CheckCode, type ServerReport, writeReport } from "../../src/report/index.js";

const PUBSUB = "http://jabber.org/protocol/pubsub";
const MUC = "http://jabber.org/protocol/muc";
const MAM = "urn:xmpp:mam:2";
const UPLOAD = "urn:xmpp:http:upload:0";

function entity(jid: string, identities: readonly string[], features: readonly string[]) {
  return { jid, identities, features, fields: {} } satisfies Described;
}

const PROBE: ProbeOutcome = {
  publish: "taken",
  isKept: true,
  accessModel: "open",
  itemsKept: 2,
  maxItems: "256",
  takesMaxAtOnce: true,
};
const SERVER = entity("example.org", ["server/im"], ["urn:xmpp:carbons:2"]);
const ACCOUNT = entity(
  "juliet@example.org",
  ["account/registered", "pubsub/pep"],
  [
    MAM,
    ...["publish-options", "access-open", "persistent-items", "config-node-max"].map(
      (name) => `${PUBSUB}#${name}`,
    ),
  ],
);
const UPLOADS = {
  ...entity("upload.example.org", ["store/file"], [UPLOAD]),
  fields: { "max-file-size": ["104857600"] },
};
const ROOM = entity(
  "room@conference.example.org",
  ["conference/text"],
  [MUC, "muc_nonanonymous", "muc_membersonly", MAM],
);
const GOOD: ServerFacts = {
  domain: "example.org",
  software: "Prosody",
  softwareVersion: "0.12.3",
  server: SERVER,
  account: ACCOUNT,
  services: [entity("conference.example.org", ["conference/text"], [MUC]), UPLOADS],
  isManaged: true,
  archives: "always",
  room: ROOM,
  probe: PROBE,
};
const SILENT: ServerFacts = {
  ...GOOD,
  software: undefined,
  softwareVersion: undefined,
  server: undefined,
  account: undefined,
  services: [],
  archives: undefined,
  room: "silent",
  probe: undefined,
};

const without = (facts: Described, feature: string): Described => ({
  ...facts,
  features: facts.features.filter((each) => each !== feature),
});
const probed = (change: Partial<ProbeOutcome>): ServerFacts => ({
  ...GOOD,
  probe: { ...PROBE, ...change },
});
const unprobed = (feature: string): ServerFacts => ({
  ...GOOD,
  account: without(ACCOUNT, feature),
  probe: undefined,
});
const found = ({ checks }: ServerReport, code: CheckCode) =>
  checks.find((check) => check.code === code);

describe("a server report", () => {
  it("finds nothing to complain about where there is nothing [O2-190]", () => {
    for (const facts of [GOOD, { ...GOOD, probe: undefined }]) {
      const { checks } = judge(facts);
      expect(checks.filter(({ state }) => state !== "fine")).toEqual([]);
      expect(checks).toHaveLength(13);
    }
  });

  it.each<[CheckCode, "poor" | "missing", string, ServerFacts]>([
    ["pep", "missing", "[PEP-03]", { ...GOOD, probe: "failed" }],
    [
      "pep",
      "missing",
      "[PEP-11]",
      { ...GOOD, account: entity(ACCOUNT.jid, [], []), probe: undefined },
    ],
    ["publish-options", "poor", "[PEP-04]", probed({ publish: "refused" })],
    ["publish-options", "poor", "[PEP-11]", unprobed(`${PUBSUB}#publish-options`)],
    ["open-access", "missing", "[PEP-10, O2-13]", probed({ accessModel: "whitelist" })],
    ["open-access", "missing", "[L-26]", probed({ accessModel: "presence" })],
    ["persistent-items", "missing", "[PEP-10]", probed({ isKept: false })],
    ["max-items", "missing", "[O2-39, PEP-14a]", probed({ itemsKept: 1, maxItems: "1" })],
    ["max-items", "missing", "[PEP-12]", probed({ maxItems: "3" })],
    ["carbons", "missing", "[CARB-08]", { ...GOOD, server: without(SERVER, "urn:xmpp:carbons:2") }],
    ["archive", "missing", "[MAM-04]", { ...GOOD, account: without(ACCOUNT, MAM) }],
    ["archive-default", "missing", "[MAM-09]", { ...GOOD, archives: "never" }],
    ["archive-default", "poor", "[MAM-09]", { ...GOOD, archives: "roster" }],
    ["stream-management", "poor", "(XEP-0198)", { ...GOOD, isManaged: false }],
    ["rooms", "poor", "(XEP-0045)", { ...GOOD, services: [UPLOADS] }],
    ["room-settings", "missing", "[MUC-01]", { ...GOOD, room: without(ROOM, "muc_nonanonymous") }],
    ["room-settings", "missing", "[MUC-09]", { ...GOOD, room: without(ROOM, "muc_membersonly") }],
    ["room-settings", "poor", "[MAM-09]", { ...GOOD, room: without(ROOM, MAM) }],
    ["upload", "poor", "(XEP-0363)", { ...GOOD, services: [] }],
    [
      "upload-limit",
      "poor",
      "(XEP-0363)",
      { ...GOOD, services: [{ ...UPLOADS, fields: { "max-file-size": ["1000000"] } }] },
    ],
  ])("calls %s %s, says what follows, and what to change %s", (code, state, _, facts) => {
    const check = found(judge(facts), code);
    expect(check).toMatchObject({ state, consequence: expect.stringMatching(/./) });
    const { prosody, ejabberd } = check?.remedy ?? {};
    for (const remedy of [prosody, ejabberd]) expect(remedy?.line).toMatch(/./);
  });

  it.each<CheckCode>([
    "pep",
    "publish-options",
    "open-access",
    "persistent-items",
    "max-items",
    "carbons",
    "archive",
    "archive-default",
    "room-settings",
  ])("does not know of %s where nobody answers [PEP-09]", (code) => {
    expect(found(judge(SILENT), code)?.state).toBe("unknown");
  });

  it("believes what a server does more than what it announces [O2-191, PEP-11]", () => {
    const { checks } = judge({ ...GOOD, account: entity(ACCOUNT.jid, [], [MAM]) });
    expect(checks.filter(({ state }) => state !== "fine")).toEqual([]);
    const lying = judge(probed({ accessModel: "whitelist" }));
    expect(found(lying, "open-access")?.state).toBe("missing");
  });

  it("says nothing of a room where none was asked about", () => {
    expect(found(judge({ ...GOOD, room: undefined }), "room-settings")).toBeUndefined();
  });

  it("repeats nothing that a server invents", () => {
    const report = judge(probed({ accessModel: "<script>", maxItems: "<script>" }));
    expect(JSON.stringify(report)).not.toContain("script");
  });
});

describe("a report for people", () => {
  const poor = judge({ ...GOOD, isManaged: false, archives: "never" });

  it("begins with what is missing, and shows the line for the server that it is", () => {
    expect(writeReport(poor).split("\n").slice(0, 8)).toEqual([
      "example.org runs Prosody 0.12.3 (asked and tried out)",
      "",
      "missing  archive-default: the archive is off",
      "         so a device that was offline misses messages for good",
      "         Prosody, global section: default_archive_policy = true",
      "poor     stream-management: the stream is not managed",
      "         so what is on its way when a connection dies is lost unless an archive has it",
      `         Prosody, modules_enabled: "smacks";`,
    ]);
  });

  it("shows the lines for both servers where nobody knows which it is", () => {
    const text = writeReport({ ...poor, software: undefined, softwareVersion: undefined });
    expect(text).toContain("example.org runs an unknown server (asked and tried out)");
    expect(text).toContain("ejabberd, mod_mam: default: always");
    expect(text).toContain("Prosody, global section: default_archive_policy = true");
  });

  it("is the same as data, which JSON carries", () => {
    expect(JSON.parse(JSON.stringify(poor))).toEqual(poor);
  });
});
