export * from "./clock/realTimeline.js";
export * from "./clock/simulationError.js";
export type * from "./clock/timeline.js";
export * from "./clock/virtualClock.js";
export { ContractError } from "./contracts/assertions.js";
export * from "./contracts/backend/backendContract.js";
export * from "./contracts/store/storeContract.js";
export type { StoreUnderTest } from "./contracts/store/storeUnderTest.js";
export type * from "./contracts/testRunner.js";
export { transportContract } from "./contracts/transport/transportContract.js";
export type { TransportUnderTest } from "./contracts/transport/transportUnderTest.js";
export { type TrustUnderTest, trustContract } from "./contracts/trust/trustContract.js";
export { type CountingBackendOptions, countingBackend } from "./countingBackend/countingBackend.js";
export { type MessageKeys, messageKeys } from "./countingBackend/messageKeys.js";
export * from "./crypto/syncWebCrypto.js";
export type * from "./disk/diskFaults.js";
export * from "./disk/simulatedDisk.js";
export type * from "./faultMoment.js";
export * from "./lies/archiveLies.js";
export * from "./lies/bundleLies.js";
export * from "./lies/combineLies.js";
export * from "./lies/deviceListLies.js";
export * from "./lies/messageLies.js";
export type { Account } from "./network/account.js";
export type { SimulatedConnection } from "./network/connection.js";
export * from "./network/networkFaults.js";
export type * from "./network/pepService.js";
export type { Affiliation, Occupant, Room, RoomOptions } from "./network/room.js";
export type * from "./network/serverBehaviour.js";
export * from "./network/serverProfile.js";
export * from "./network/simulatedNetwork.js";
export * from "./network/wireLog.js";
export type { KeyExchange, KeyMessage } from "./observation/keyMessage.js";
export { readKeyMessage } from "./observation/keyMessage.js";
export * from "./observation/observeKeys.js";
export * from "./process/crashPlan.js";
export * from "./random/seededRandom.js";
export { findCopies } from "./secrets/findCopies.js";
export { type FoundSecret, findSecrets, type Secret } from "./secrets/findSecrets.js";
export * from "./simulation/runEveryCrash.js";
export * from "./simulation/runSeeds.js";
export type {
  DeviceOptions,
  ProcessMain,
  ProcessPorts,
  SimulatedDevice,
} from "./simulation/simulatedDevice.js";
export * from "./simulation/simulation.js";
export * from "./vectors/index.js";
