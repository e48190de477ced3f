import {
  LEGACY,
  type NeedsParts,
  OMEMO_2,
  type OmemoBackend,
  type Opened,
  type Refused,
  type Sealed,
  type Session,
} from "@omemo/core";
import type { Primitives } from "../primitives/primitives.js";
import { MESSAGE_COST } from "../ratchet/work.js";
import { accept } from "../session/accept.js";
import { refuse } from "../session/answer.js";
import { answerOpened } from "../session/answerOpened.js";
import type { Context } from "../session/context.js";
import { countersOf } from "../session/countersOf.js";
import { encryptMessage } from "../session/encryptMessage.js";
import { initiate } from "../session/initiate.js";
import { attemptOn, openMessage } from "../session/openMessage.js";
import { decodeHead, encodeHead } from "../session/sessionRecord.js";
import { type Contexts, createContexts } from "./contexts.js";
import { keyFunctions } from "./keys.js";
import type { ReplayOptions } from "./options.js";

/** The port, over one choice of primitives. */
export function createBackend(primitives: Primitives, options: ReplayOptions): OmemoBackend {
  const contexts = createContexts(primitives, options);
  return {
    id: "noble",
    versions: [OMEMO_2, LEGACY],
    ...keyFunctions(contexts),
    initiate: (input) => initiate(contexts[input.version], input),
    accept: (input) => accept(contexts[input.version], input),
    encryptFor: (sessions, plaintext) => encryptFor(contexts, sessions, plaintext),
    decrypt: (session, message) => decrypt(contexts[session.version], session, message),
    countersOf: ({ head }) => countersOf(decodeHead(head)),
  };
}

async function encryptFor(
  contexts: Contexts,
  sessions: readonly Session[],
  plaintext: Uint8Array,
): Promise<readonly Sealed[]> {
  const sealed: Sealed[] = [];
  for (const { version, head } of sessions) {
    const context = contexts[version];
    const record = decodeHead(head);
    const isNewChain = record.state.sending === undefined;
    const { state, message } = encryptMessage(context, record.state, plaintext);
    sealed.push({
      change: { head: encodeHead({ ...record, state }), put: [], drop: [] },
      message,
      isKeyExchange: state.pending !== undefined,
    });
    const pause = context.work.spend(
      MESSAGE_COST + (isNewChain ? 2 * context.primitives.agreementCost : 0),
    );
    if (pause !== undefined) await pause;
  }
  return sealed;
}

async function decrypt(
  context: Context,
  session: Session,
  bytes: Uint8Array,
): Promise<Opened | NeedsParts | Refused> {
  const message = context.profile.decodeMessage(bytes);
  if (message === undefined) return refuse("malformed");
  const pause = context.work.spend(MESSAGE_COST);
  if (pause !== undefined) await pause;
  const attempt = attemptOn(context, message, session.parts);
  const answer = await openMessage(context, decodeHead(session.head), attempt);
  const flags = { isNewSession: false, usedPreKey: false };
  return answerOpened(context, message, answer, flags);
}
