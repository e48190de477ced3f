import { isSameDevice, type OmemoIdentity } from "../../domain/device.js";
import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import { OMEMO_2 } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { InboxRecord } from "../../session/records/inboxRecord.js";
import { forbiddenOnSend } from "../../wire/sce/forbidden.js";
import { xml } from "../../wire/xml/element.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Context } from "../context.js";
import { refuseOptedOut } from "../optOut/refuseOptedOut.js";
import type { Runtime } from "../runtime.js";
import { within } from "../scheduling/within.js";
import { accountOf } from "../sending/conversation.js";
import { gather, type Target } from "../sending/gather.js";
import { decide } from "../sending/trusted.js";
import type { IqAnswer, IqOptions } from "./iq.js";
import { openIq } from "./openIq.js";
import { sealElement } from "./sealElement.js";

/**
 * Asks one client, in a request that the devices of its account alone can read [SCE-12, O2-103]. The
 * answer counts when it comes from that client, encrypted, and from a device that could read the
 * question.
 */
export async function sendIq(
  runtime: Runtime,
  to: string,
  type: "get" | "set",
  content: readonly XmlElement[],
  { signal }: IqOptions,
): Promise<IqAnswer> {
  const { context } = runtime;
  runtime.requireStarted();
  requireOnline(context);
  const account = accountOf(context, to);
  if (!to.includes("/")) {
    throw new OmemoError("invalid-input", "a request is for one client: give its full address");
  }
  forbiddenOnSend(content);
  await refuseOptedOut(context, { recipients: [account] });
  const targets = await targetsOf(runtime, to, signal);
  const request = { to: account, content, targets, signal };
  const { element: payload, readers } = await sealElement(runtime, request);
  try {
    const answer = await within(context, signal, (over) => {
      return context.transport.request({ to, type, payload }, over);
    });
    const said = await openAnswer(context, account, to, answer);
    requireReader(said, readers);
    runtime.iqs.learn(to, said.device);
    const { content: answered, device, fingerprint, warnings } = said;
    return { content: answered, device, fingerprint, warnings };
  } catch (error) {
    runtime.iqs.forget(to); // somebody else may have taken the address over
    throw error;
  }
}

/** The device behind that address when it is known, else all that the account has. */
async function targetsOf(
  { context, bundles, iqs }: Runtime,
  to: string,
  signal: AbortSignal | undefined,
): Promise<readonly Target[]> {
  const account = accountOf(context, to);
  const { targets, unlisted, skipped } = await gather(context, bundles, [account], [OMEMO_2], {
    signal,
  });
  for (const error of unlisted.values()) throw error;
  const known = iqs.deviceAt(to);
  const behind = targets.filter(({ identity }) => known && isSameDevice(identity, known));
  const wanted = behind.length > 0 ? behind : targets;
  if (wanted.length === 0) {
    throw new OmemoError(
      "no-recipient-devices",
      "no device of theirs can be asked: a request needs OMEMO 2, the legacy version carries bodies",
      { devices: skipped.map(({ device }) => device) },
    );
  }
  return (await decide(context, wanted, context.options.undecided, account)).targets;
}

async function openAnswer(
  context: Context,
  account: BareJid,
  from: string,
  answer: XmlElement | undefined,
): Promise<InboxRecord> {
  const attrs = { type: "result", from, to: context.account().jid };
  const stanza = xml("iq", attrs, ...(answer === undefined ? [] : [answer]));
  const opened = await openIq(context, account, stanza);
  if (opened.kind === "nothing") throw unusable("it is not encrypted for this device");
  context.enqueue(opened.effects);
  if (opened.kind === "failure") throw unusable(opened.reason);
  return opened.inbox;
}

/** What could not read the question cannot know the answer, whoever let it speak. */
function requireReader(
  { device, fingerprint }: InboxRecord,
  readers: readonly OmemoIdentity[],
): void {
  const isReader = readers.some(
    (reader) => isSameDevice(reader, device) && reader.fingerprint === fingerprint,
  );
  if (!isReader) throw unusable("it is from a device that could not read the question");
}

function unusable(why: string): OmemoError {
  return new OmemoError(
    "unusable-answer",
    `the answer to an encrypted request is unusable: ${why}`,
  );
}
