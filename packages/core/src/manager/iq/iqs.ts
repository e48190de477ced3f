import type { OmemoDevice } from "../../domain/device.js";
import { parseBareJid } from "../../domain/jid.js";
import { OMEMO_2 } from "../../domain/version.js";
import type { XmlElement } from "../../domain/xmlElement.js";
import type { RequestHandler } from "../../ports/transport.js";
import type { InboxRecord } from "../../session/records/inboxRecord.js";
import { forbiddenOnSend } from "../../wire/sce/forbidden.js";
import { stanzaError } from "../../wire/transport/requests.js";
import type { Context } from "../context.js";
import type { BundleSource } from "../devices/bundles.js";
import type { Notices } from "../news/notices.js";
import type { Gate } from "../receiving/gate.js";
import type { IqHandler, IqRequest } from "./iq.js";
import { type OpenedIq, openIq } from "./openIq.js";
import { sealElement } from "./sealElement.js";

/** Encrypted requests of others, and which device is where. */
export interface Iqs {
  /** Returns the unsubscriber. */
  serve(handler: IqHandler): () => void;
  /** The device that last spoke from a full address. */
  deviceAt(address: string): OmemoDevice | undefined;
  learn(address: string, device: OmemoDevice): void;
  forget(address: string): void;
  /** Answers nothing any more. */
  end(): void;
}

interface Surroundings {
  readonly context: Context;
  readonly bundles: BundleSource;
  readonly notices: Notices;
  readonly gate: Gate;
}

type Content = Extract<OpenedIq, { readonly kind: "content" }>;

/** Addresses whose devices are remembered; the oldest is forgotten first. */
const MAX_ADDRESSES = 1000;
const BUSY: XmlElement = stanzaError("resource-constraint", "wait");
const UNSERVED: XmlElement = stanzaError("service-unavailable", "cancel");

/**
 * Each request is decrypted apart from the messages: who asked waits, and must not wait for an
 * archive. The answer is the message that completes a new session; an empty one follows only where
 * there was none to give [O2-103].
 */
export function createIqs(surroundings: Surroundings): Iqs {
  const { context, gate } = surroundings;
  const handlers = new Set<{ readonly handler: IqHandler }>();
  const devices = new Map<string, OmemoDevice>();
  const underWay = new Map<string, Promise<XmlElement | undefined>>();

  const learn = (address: string, device: OmemoDevice): void => {
    devices.delete(address);
    devices.set(address, device);
    const [oldest] = devices.keys();
    if (devices.size > MAX_ADDRESSES && oldest !== undefined) devices.delete(oldest);
  };
  const receive = async (stanza: XmlElement): Promise<XmlElement | undefined> => {
    const { from = "", type } = stanza.attrs;
    const account = parseBareJid(from);
    if (account === undefined || (type !== "get" && type !== "set")) return undefined;
    try {
      const opened = await openIq(context, account, stanza);
      if (opened.kind === "nothing") return undefined;
      if (opened.kind === "content") learn(from, opened.inbox.device);
      return await respond(surroundings, opened, { from, type }, [...handlers]);
    } catch (error) {
      context.events.notify("problem", { what: "answer-request", error, willRetry: false });
      return stanzaError("internal-server-error", "cancel");
    }
  };
  // A stream that is resumed may repeat a request that is being answered.
  const receiveOnce: RequestHandler = (stanza) => {
    const isServed = handlers.size > 0 && gate.isOpen && context.hasAccount();
    if (!isServed) return Promise.resolve(undefined);
    const name = JSON.stringify([stanza.attrs.from, stanza.attrs.id]);
    const known = underWay.get(name);
    if (known !== undefined) return known;
    if (underWay.size >= context.limits.maxRequestsAtOnce) return Promise.resolve(BUSY);
    const answered = receive(stanza).finally(() => underWay.delete(name));
    underWay.set(name, answered);
    return answered;
  };
  const unserve = context.options.versions.includes(OMEMO_2)
    ? context.transport.serve({ name: "encrypted", namespace: OMEMO_2 }, receiveOnce)
    : () => undefined;
  return {
    serve: (handler) => {
      const entry = { handler };
      handlers.add(entry);
      return () => handlers.delete(entry);
    },
    deviceAt: (address) => devices.get(address),
    learn,
    forget: (address) => devices.delete(address),
    end: unserve,
  };
}

/** What follows from the decryption waits for the answer, which may make it needless. */
async function respond(
  surroundings: Surroundings,
  opened: Exclude<OpenedIq, { readonly kind: "nothing" }>,
  request: Pick<IqRequest, "from" | "type">,
  handlers: readonly { readonly handler: IqHandler }[],
): Promise<XmlElement> {
  const { context, notices } = surroundings;
  try {
    if (opened.kind === "failure") {
      const { about, reason } = opened;
      await notices.failed({ ...about, reason, version: OMEMO_2, device: undefined });
      return stanzaError("not-acceptable", "modify");
    }
    if (opened.inbox.trust !== "trusted") {
      await notices.failed({ ...aboutOf(opened.inbox), reason: "untrusted-request" });
      return stanzaError("not-authorized", "auth");
    }
    return await answer(surroundings, opened, request, handlers);
  } finally {
    context.enqueue(opened.effects);
  }
}

/** The first handler that serves the request answers it, to the device that asked and no other. */
async function answer(
  surroundings: Surroundings,
  { inbox }: Content,
  { from, type }: Pick<IqRequest, "from" | "type">,
  handlers: readonly { readonly handler: IqHandler }[],
): Promise<XmlElement> {
  const { device, fingerprint, content, warnings } = inbox;
  const request: IqRequest = { from, type, content, device, fingerprint, warnings };
  for (const { handler } of handlers) {
    const given = await handler(request);
    if (given === undefined) continue;
    forbiddenOnSend(given);
    const target = { identity: identityOf(inbox), version: OMEMO_2, bundle: undefined } as const;
    const { jid: to } = device;
    return (await sealElement(surroundings, { to, content: given, targets: [target] })).element;
  }
  return UNSERVED;
}

function identityOf({ device, fingerprint }: InboxRecord) {
  return { ...device, fingerprint };
}

/** Not what it said. */
function aboutOf({ content: _, affixes, unprotected, warnings, ...about }: InboxRecord) {
  return about;
}
