import { namespaces, transportNamespaces } from "@omemo/core/wire";
import { type Described, has, type ServerFacts } from "./facts.js";
import { fine, type Rule, unknown, wrong } from "./findings.js";

const UPLOAD = "urn:xmpp:http:upload:0";
const MEBIBYTE = 1024 * 1024;
/** What a phone's picture needs. */
const ENOUGH_BYTES = 10 * MEBIBYTE;

function serviceWith({ services }: ServerFacts, feature: string): Described | undefined {
  return services.find((service) => has(service, feature));
}

const rooms: Rule = (facts) => {
  const found = facts.services.some(
    (service) => has(service, transportNamespaces.room) && service.identities.some(isConference),
  );
  if (found) return fine("rooms", "there is a service for rooms");
  const seen = "the server lists no service for rooms";
  const consequence = "no rooms here; rooms of other servers are not affected";
  return wrong("rooms", "poor", facts.domain, seen, consequence);
};

function isConference(identity: string): boolean {
  return identity.startsWith("conference/");
}

/** Members have to see each other's addresses, and only they may be there [MUC-01, MUC-09]. */
const roomSettings: Rule = ({ room, domain }) => {
  if (room === undefined) return undefined;
  if (room === "silent") return unknown("room-settings", "the room gives no answer");
  const lacks = [
    ...(has(room, "muc_nonanonymous") ? [] : ["hides who is who"]),
    ...(has(room, "muc_membersonly") ? [] : ["lets anybody in"]),
    ...(has(room, namespaces.archive) ? [] : ["has no archive"]),
  ];
  if (lacks.length === 0) return fine("room-settings", "the room is fit for OMEMO");
  const isPossible = has(room, "muc_nonanonymous") && has(room, "muc_membersonly");
  const consequence = isPossible
    ? "who was not there misses what was said"
    : "nothing can be encrypted in it, unless its owner changes that";
  const seen = `the room ${lacks.join(", ")}`;
  return wrong("room-settings", isPossible ? "poor" : "missing", domain, seen, consequence);
};

/** Encrypted files are uploaded (XEP-0363, XEP-0454). */
const upload: Rule = (facts) => {
  if (serviceWith(facts, UPLOAD) !== undefined) return fine("upload", "files can be uploaded");
  const seen = "the server lists no service for uploads";
  const consequence = "encrypted files cannot be sent to people and rooms that are not online";
  return wrong("upload", "poor", facts.domain, seen, consequence);
};

const uploadLimit: Rule = (facts) => {
  const service = serviceWith(facts, UPLOAD);
  if (service === undefined) return undefined;
  const limit = Number(service.fields["max-file-size"]?.[0] ?? Number.NaN);
  if (!(limit > 0)) return fine("upload-limit", "the service names no limit");
  const seen = `files may have ${Math.floor((10 * limit) / MEBIBYTE) / 10} MiB`;
  if (limit >= ENOUGH_BYTES) return fine("upload-limit", seen);
  return wrong("upload-limit", "poor", facts.domain, seen, "larger ones cannot be sent");
};

/** What is asked of services beside the server itself. */
export const checkServices: readonly Rule[] = [rooms, roomSettings, upload, uploadLimit];
