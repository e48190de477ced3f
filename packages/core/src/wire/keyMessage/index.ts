export * from "./authenticatedMessage.js";
export * from "./keyExchange.js";
export { MAX_KEY_MESSAGE_LENGTH, type MalformedKeyMessage } from "./malformedKeyMessage.js";
export * from "./omemoMessage.js";
export * from "./preKeySignalMessage.js";
export * from "./readKeyHeader.js";
export * from "./serializedKey.js";
export * from "./signalMessage.js";
