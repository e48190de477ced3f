import { OmemoError } from "../../domain/error.js";
import { type BareJid, bareJid } from "../../domain/jid.js";
import type { StoredRecord } from "../../ports/store.js";
import { type OptOutRecord, optOutBatch, optOutCodec } from "../../session/optOut/optOutRecord.js";
import { optOutKey, optOutPrefix } from "../../session/records/recordKeys.js";
import { retryOnConflict } from "../../store/retryOnConflict.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Context } from "../context.js";
import type { Runtime } from "../runtime.js";
import { accountOf } from "../sending/conversation.js";
import type { OptOut, OptOutState } from "./optOut.js";
import { requestEverywhere } from "./requestEverywhere.js";
import { sendOptOut } from "./sendOptOut.js";

/** The part of a manager that ends OMEMO, and goes back to it. */
export function createOptOut(runtime: Runtime): OptOut {
  const { context } = runtime;
  const own = context.transport.account;
  const decide = (conversation: BareJid, reason: string | undefined): Promise<void> =>
    change(context, conversation, () => ({
      state: "plain",
      by: own,
      ...(reason !== undefined && { reason }),
      since: context.clock.now(),
    }));
  return {
    request: async (jid, reason, options = {}) => {
      const contact = accountOf(context, jid);
      if (contact === own) throw new OmemoError("invalid-input", "see requestEverywhere");
      const sent = await sendOptOut(runtime, contact, reason, options);
      await decide(contact, reason);
      return sent;
    },
    requestEverywhere: async (reason, options = {}) => {
      const result = await requestEverywhere(runtime, reason, options);
      await decide(own, reason);
      await runtime.withdraw(options);
      return result;
    },
    confirm: async (jid) => {
      const conversation = bareJid(jid);
      if (conversation === own) requireOnline(context);
      await change(context, conversation, (record) => {
        if (record !== undefined) return { ...record, state: "plain" };
        throw new OmemoError("invalid-input", "nobody asked for plaintext in this conversation");
      });
      if (conversation === own) await runtime.withdraw();
    },
    revoke: async (jid) => {
      const conversation = bareJid(jid);
      const wishes = conversation === own ? await list(context) : [];
      const ours = wishes.filter(({ by }) => by === own).map((state) => state.conversation);
      for (const each of [...ours, conversation]) await change(context, each, () => undefined);
    },
    get: async (jid) => {
      const [stored] = await context.store.get([optOutKey(bareJid(jid))]);
      return stored && stateOf(stored);
    },
    list: () => list(context),
  };
}

async function list({ store }: Context): Promise<readonly OptOutState[]> {
  const states: OptOutState[] = [];
  for await (const stored of store.list(optOutPrefix)) states.push(stateOf(stored));
  return states;
}

function stateOf(stored: StoredRecord): OptOutState {
  return { conversation: stored.key[1] as BareJid, ...optOutCodec.decode(stored) };
}

/** In the mailbox: no message is encrypted by what held before. */
async function change(
  { mailbox, store, events }: Context,
  conversation: BareJid,
  next: (record: OptOutRecord | undefined) => OptOutRecord | undefined,
): Promise<void> {
  const key = optOutKey(conversation);
  const record = await mailbox.run(() =>
    retryOnConflict(async () => {
      const [stored] = await store.get([key]);
      const changed = next(stored && optOutCodec.decode(stored));
      await store.commit(optOutBatch(conversation, stored, { record: changed }));
      return changed;
    }),
  );
  const state = record === undefined ? "encrypted" : "plain";
  events.notify("opt-out-decision", { conversation, state, reason: record?.reason });
}
