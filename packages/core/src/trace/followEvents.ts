import type { OmemoManager } from "../manager/OmemoManager.js";
import type { ReceiveFailure } from "../session/received.js";
import type { RawLine } from "./redact.js";

/**
 * Notes what happens to a manager; returns the function that ends it. The events `message` and
 * `control` are left alone: whoever listens to messages takes them over.
 */
export function followEvents(
  manager: Pick<OmemoManager, "on">,
  note: (line: RawLine) => void,
): () => void {
  const ends = [
    manager.on("attempt", ({ kind: message, fingerprint: key, ...rest }) => {
      note({ kind: "attempt", about: { ...rest, message, key } });
    }),
    manager.on("failure", (failure) => {
      for (const each of [...(failure.earlier ?? []), failure]) note(aboutFailure(each));
    }),
    manager.on("identity", ({ identity, isChangedKey }) => {
      const about = { device: identity, key: identity.fingerprint, isChangedKey };
      note({ kind: "identity", about });
    }),
    manager.on("device-list", (about) => note({ kind: "device-list", about: { ...about } })),
    manager.on("silent-device", ({ identity, ...rest }) => {
      note({ kind: "silent-device", about: { ...rest, device: identity } });
    }),
    manager.on("state-rolled-back", ({ kind: state, ...rest }) => {
      note({ kind: "state-rolled-back", about: { ...rest, state } });
    }),
    manager.on("room", ({ room, info }) => {
      const { recipients, isComplete } = info ?? {};
      const about = { room, isIn: info !== undefined, recipients: recipients?.length, isComplete };
      note({ kind: "room", about });
    }),
    manager.on("opt-out", ({ kind: change, ...rest }) => {
      note({ kind: "opt-out", about: { ...rest, change } });
    }),
    manager.on("problem", (about) => note({ kind: "problem", about: { ...about } })),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function aboutFailure({ room, originId, stanzaId, sentAt, ...rest }: ReceiveFailure): RawLine {
  const place = { room: room?.jid, senderKnownBy: room?.established };
  const about = { ...rest, ...place, message: originId ?? stanzaId, sent: sentAt };
  return { kind: "failure", about };
}
