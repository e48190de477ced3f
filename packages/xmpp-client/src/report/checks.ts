import { namespaces } from "@omemo/core/wire";
import { checkItems } from "./checkItems.js";
import { checkServices } from "./checkServices.js";
import { has, type ServerFacts } from "./facts.js";
import { fine, type Rule, unknown, wrong } from "./findings.js";
import type { Check, ServerReport } from "./report.js";

/** Without copies the other own devices miss what this one says and hears [CARB-08, O2-190]. */
const carbons: Rule = ({ domain, server }) => {
  if (server === undefined) return unknown("carbons", "the server does not say what it can do");
  if (has(server, namespaces.carbons)) return fine("carbons", "messages are copied to all devices");
  const seen = "the server copies no messages to other devices";
  return wrong("carbons", "missing", domain, seen, "your other devices miss what you write here");
};

/** What comes while no device is there is read from the archive [MAM-04, MAM-09]. */
const archive: Rule = ({ domain, account }) => {
  if (account === undefined) return unknown("archive", "the account does not say what it can do");
  if (has(account, namespaces.archive)) return fine("archive", "the account has an archive");
  const consequence = "a device that was offline for long misses messages for good";
  return wrong("archive", "missing", domain, "the account has no archive", consequence);
};

const archiveDefault: Rule = ({ domain, account, archives }) => {
  if (!has(account, namespaces.archive) || archives === undefined) {
    return unknown("archive-default", "nobody says what the archive keeps");
  }
  if (archives === "always") return fine("archive-default", "the archive keeps all messages");
  const isOff = archives === "never";
  const seen = isOff ? "the archive is off" : "the archive keeps messages of contacts alone";
  const lost = isOff ? "messages" : "messages of people who are not in your contact list";
  const state = isOff ? "missing" : "poor";
  const consequence = `a device that was offline misses ${lost} for good`;
  return wrong("archive-default", state, domain, seen, consequence);
};

/** What a dying connection loses is sent again (XEP-0198). */
const streamManagement: Rule = ({ domain, isManaged }) => {
  if (isManaged) return fine("stream-management", "streams are managed, and can be resumed");
  const consequence = "what is on its way when a connection dies is lost unless an archive has it";
  const seen = "the stream is not managed";
  return wrong("stream-management", "poor", domain, seen, consequence);
};

const RULES: readonly Rule[] = [
  ...checkItems,
  carbons,
  archive,
  archiveDefault,
  streamManagement,
  ...checkServices,
];

/** What follows from the facts; the same for the same facts. */
export function judge(facts: ServerFacts): ServerReport {
  const { domain, software, softwareVersion, probe } = facts;
  const checks = RULES.map((rule) => rule(facts)).filter((check): check is Check => {
    return check !== undefined;
  });
  return { domain, software, softwareVersion, isProbed: probe !== undefined, checks };
}
