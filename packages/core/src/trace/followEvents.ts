import type { OmemoManager } from "../manager/OmemoManager.js";
import type { ReceiveFailure } from "../session/received.js";
import type { RawLine } from "./redact.js";

/**
 * Notes what happens to a manager; returns the function that ends it. It observes and takes nothing
 * over, and what was said it does not even look at.
 */
export function followEvents(
  manager: Pick<OmemoManager, "observe">,
  note: (line: RawLine) => void,
): () => void {
  const ends = [
    manager.observe("attempt", ({ kind: message, fingerprint: key, ...rest }) => {
      note({ kind: "attempt", about: { ...rest, message, key } });
    }),
    manager.observe("failure", (failure) => {
      for (const each of [...(failure.earlier ?? []), failure]) note(aboutFailure(each));
    }),
    manager.observe("identity", ({ identity, ...rest }) => {
      const about = { ...rest, device: identity, key: identity.fingerprint };
      note({ kind: "identity", about });
    }),
    manager.observe("device-list", (about) => note({ kind: "device-list", about: { ...about } })),
    manager.observe("silent-device", ({ identity, ...rest }) => {
      note({ kind: "silent-device", about: { ...rest, device: identity } });
    }),
    manager.observe("state-rolled-back", ({ kind: state, ...rest }) => {
      note({ kind: "state-rolled-back", about: { ...rest, state } });
    }),
    manager.observe("room", ({ room, info }) => {
      const { recipients, isComplete } = info ?? {};
      const about = { room, isIn: info !== undefined, recipients: recipients?.length, isComplete };
      note({ kind: "room", about });
    }),
    manager.observe("opt-out", ({ kind: change, ...rest }) => {
      note({ kind: "opt-out", about: { ...rest, change } });
    }),
    manager.observe("problem", (about) => note({ kind: "problem", about: { ...about } })),
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
