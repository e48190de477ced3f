export {
  archiveQuery,
  archiveQueryId,
  type OpenArchiveQuery,
  readArchiveFin,
  readArchiveResult,
} from "./archiveQuery.js";
export { type FormFields, readForm, submitForm } from "./dataForm.js";
export { type EntityCaps, type EntityInfo, entityCaps } from "./entityCaps.js";
export { fetchFeatures } from "./fetchFeatures.js";
export { type IqCall, type IqReply, isReplyTo, readIqReply, resultOf } from "./iq.js";
export { transportNamespaces } from "./namespaces.js";
export { type Pep, pepOverIq } from "./pepOverIq.js";
export { readPepEvent } from "./readPepEvent.js";
export { answerTo, isRequestFor, requestOverIq, stanzaError } from "./requests.js";
export { fetchMembers, memberQuery, readMembers } from "./roomMembers.js";
export { sentCarbon } from "./sentCarbon.js";
export { STANZA_CONDITIONS, type StanzaError } from "./stanzaError.js";
export { enableCarbons, unwrapMessage } from "./unwrapMessage.js";
