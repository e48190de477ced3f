export type { Brand } from "./domain/brand.js";
export * from "./domain/bytes.js";
export type * from "./domain/delivery.js";
export type * from "./domain/deliveryPlan.js";
export * from "./domain/device.js";
export * from "./domain/error.js";
export type { GatherProgress } from "./domain/gatherProgress.js";
export * from "./domain/jid.js";
export type * from "./domain/room.js";
export type * from "./domain/sent.js";
export * from "./domain/version.js";
export type { XmlElement } from "./domain/xmlElement.js";
export type { OmemoPorts } from "./manager/context.js";
export type { DeviceInfo, SessionInfo } from "./manager/devices/deviceInfo.js";
export type { Devices, PurgePreview } from "./manager/devices/devices.js";
export type { OwnListEdit } from "./manager/devices/editOwnList.js";
export type { DeviceLabel } from "./manager/devices/labels.js";
export type {
  RefreshFailure,
  RefreshOptions,
  RefreshProgress,
} from "./manager/devices/refreshAccounts.js";
export type { TurnOffOptions } from "./manager/devices/turnOff.js";
export type {
  DeviceListChange,
  EncryptedConversation,
  IdentityChange,
  OmemoEvents,
  OmemoListener,
  OmemoObserver,
  OptOutDecision,
  Problem,
  SilentDevice,
  StateRolledBack,
} from "./manager/events.js";
export type { History } from "./manager/history/history.js";
export type { HistoryItem, HistoryPage, HistoryQuery } from "./manager/history/historyPage.js";
export type { IqAnswer, IqHandler, IqOptions, IqRequest } from "./manager/iq/iq.js";
export { OmemoManager } from "./manager/OmemoManager.js";
export type {
  FixedOption,
  OmemoOptions,
  OmemoSettings,
  RoomPolicy,
  UndecidedPolicy,
} from "./manager/options.js";
export type { CompleteOptOut, OptOut, OptOutState } from "./manager/optOut/optOut.js";
export type { PlanOptions } from "./manager/plan/plan.js";
export type { OmemoSupport } from "./manager/queries.js";
export type { ContentHandler } from "./manager/receiving/contentHandlers.js";
export type { Reception } from "./manager/receiving/reception.js";
export { systemClock } from "./manager/scheduling/systemClock.js";
export type { KeyTransport } from "./manager/sending/keyTransport.js";
export type { Content, ConversationOptions, SendOptions } from "./manager/sending/sendOptions.js";
export type { ReplacedSessions } from "./manager/sessions/replaceSessions.js";
export { DEFAULT_FALLBACK_BODY, type ResolvedSettings } from "./manager/settings/resolveOptions.js";
export type * from "./ports/backend.js";
export type * from "./ports/store.js";
export type * from "./ports/surroundings.js";
export type * from "./ports/transport.js";
export type * from "./ports/trust.js";
export type { DecryptionAttempt } from "./session/attempt.js";
export { type Correctable, mayCorrect } from "./session/content/mayCorrect.js";
export type { ArchivableMessage, OmemoArchive } from "./session/content/omemoArchive.js";
export type { DeviceActivity, StaleReason } from "./session/devices/activity.js";
export { DEFAULT_LIMITS, type OmemoLimits } from "./session/limits.js";
export type { OptOutRecord } from "./session/optOut/optOutRecord.js";
export type { OptOutChange } from "./session/optOut/planOptOut.js";
export type * from "./session/received.js";
export type { RoomOrigin } from "./session/rooms/place.js";
export * from "./store/index.js";
