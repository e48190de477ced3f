export * from "./authenticatedMessage.js";
export * from "./keyExchange.js";
export * from "./malformed.js";
export * from "./omemoMessage.js";
export * from "./preKeySignalMessage.js";
export * from "./readKeyHeader.js";
export * from "./serializedKey.js";
export * from "./signalMessage.js";
