export { type RoomNotice, readRoomNotice } from "./readRoomNotice.js";
export {
  type Affiliation,
  type RoomPresence,
  readRoomPresence,
} from "./readRoomPresence.js";
export {
  configureRoom,
  enterRoom,
  grantAffiliation,
  leaveRoom,
} from "./requests.js";
