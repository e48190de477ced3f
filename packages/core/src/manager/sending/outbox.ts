import { isOmemoError, OmemoError } from "../../domain/error.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { Transport } from "../../ports/transport.js";

/** Stanzas leave in the order in which their ratchets advanced. */
export interface Outbox {
  /**
   * Called inside the mailbox, right after the commit; the promise is awaited outside.
   * @throws OmemoError of the transport, with the stanzas that did not leave as `unsent`.
   */
  send(stanzas: readonly XmlElement[]): Promise<void>;
}

export function createOutbox(transport: Transport): Outbox {
  let last: Promise<unknown> = Promise.resolve();
  const sendAll = async (stanzas: readonly XmlElement[]): Promise<void> => {
    for (const [index, stanza] of stanzas.entries()) {
      try {
        await transport.send(stanza);
      } catch (cause) {
        throw failed(cause, stanzas.slice(index));
      }
    }
  };
  return {
    send: (stanzas) => {
      const sending = last.then(() => sendAll(stanzas));
      last = sending.catch(() => undefined);
      return sending;
    },
  };
}

function failed(cause: unknown, unsent: readonly XmlElement[]): OmemoError {
  const code = isOmemoError(cause) ? cause.code : "transport-failure";
  return new OmemoError(
    code,
    "the message is encrypted but did not leave: send the same stanzas again",
    { cause, unsent },
  );
}
