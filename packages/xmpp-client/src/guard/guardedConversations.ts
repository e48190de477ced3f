import type { BareJid } from "@omemo/core";
import { type ConversationKey, conversationKey } from "./conversationKey.js";
import type { GuardChange, GuardTable } from "./guardTable.js";

/** What was last known of conversations; what is decided here is known at once. */
export interface GuardedConversations {
  /** False until the table was read: until then nobody knows what is marked. */
  readonly isLoaded: boolean;
  /** Reads the table once, whole. */
  load(): Promise<void>;
  /** Reads these again: another process may have changed them. */
  look(conversations: readonly BareJid[]): Promise<void>;
  get(conversation: BareJid): GuardChange | undefined;
  all(): readonly GuardChange[];
  /** Durable when it resolves. A mark counts at once, and also when it could not be written. */
  change(change: GuardChange): Promise<void>;
}

export function guardedConversations(table: GuardTable): GuardedConversations {
  const known = new Map<ConversationKey, GuardChange>();
  let loading: Promise<void> | undefined;
  let isLoaded = false;

  const readAll = async (): Promise<void> => {
    for (const change of await table.list()) {
      const key = conversationKey(change.conversation);
      if (!known.has(key)) known.set(key, change);
    }
    isLoaded = true;
  };
  const load = (): Promise<void> => {
    loading ??= readAll().catch((error: unknown) => {
      loading = undefined; // the next one who asks tries again
      throw error;
    });
    return loading;
  };

  return {
    get isLoaded() {
      return isLoaded;
    },
    load,
    look: async (conversations) => {
      await load();
      const keys = [...new Set(conversations.map(conversationKey))];
      if (keys.length === 0) return;
      const changes = await table.read(keys);
      for (const [index, key] of keys.entries()) {
        const change = changes[index];
        if (change !== undefined) known.set(key, change);
      }
    },
    get: (conversation) => known.get(conversationKey(conversation)),
    all: () => [...known.values()],
    change: async (change) => {
      const key = conversationKey(change.conversation);
      if (change.isMarked) known.set(key, change);
      await table.write(key, change);
      known.set(key, change);
    },
  };
}
