import type { XmlElement } from "../../domain/xmlElement.js";
import type { ReceivedMessage } from "../../session/received.js";

/** Takes a message over: it is acknowledged when this returns, or what it returns resolves. */
export type ContentHandler = (message: ReceivedMessage) => void | Promise<void>;

/** Who takes which messages that are not meant for people. */
export interface ContentHandlers {
  /** The handler that was registered last counts; returns what removes it. */
  add(namespace: string, handler: ContentHandler): () => void;
  /** Whoever takes a message that says this; nobody does where it says anything else as well. */
  find(content: readonly XmlElement[]): ContentHandler | undefined;
}

export function createContentHandlers(): ContentHandlers {
  let handlers: readonly { readonly namespace: string; readonly handler: ContentHandler }[] = [];
  return {
    add: (namespace, handler) => {
      const entry = { namespace, handler };
      handlers = [entry, ...handlers];
      return () => {
        handlers = handlers.filter((each) => each !== entry);
      };
    },
    find: (content) => {
      const [first] = content;
      const entry = handlers.find(({ namespace }) => namespace === first?.attrs.xmlns);
      const isAll = content.every(({ attrs }) => attrs.xmlns === entry?.namespace);
      return isAll ? entry?.handler : undefined;
    },
  };
}
