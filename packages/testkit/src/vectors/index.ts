export type { VectorNote, VectorReport } from "./report.js";
export { runVectors, type VectorFile } from "./runVectors.js";
export type {
  ReplayOptions,
  SubjectChain,
  SubjectCrypto,
  SubjectSession,
  VectorSubject,
} from "./subject.js";
