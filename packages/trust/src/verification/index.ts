export { compareKeys, isSameFingerprint, type KeyComparison } from "./compareKeys.js";
export { colorFingerprint, colorOf, type HexColor, hueOf } from "./fingerprintColors.js";
export {
  type FingerprintUri,
  formatFingerprintUri,
  parseFingerprintUri,
  type ShownKey,
} from "./fingerprintUri.js";
