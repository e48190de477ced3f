import { bareJid, OmemoError, type XmlElement } from "@omemo/core";
import { namespaces } from "@omemo/core/wire";
import { fromXmlElement, toXmlElement } from "../element.js";
import { type IqCaller, iqCaller } from "../iqCaller.js";
import { type Settings, settingsOf, type XmppTransportOptions } from "../settings.js";
import type { XmppClient, XmppElement } from "../xmppClient.js";
import { askArchived, asking, askSoftware, describeEntity, describeServices } from "./ask.js";
import { judge } from "./checks.js";
import type { ServerFacts } from "./facts.js";
import { probeItems } from "./probe.js";
import type { ServerReport } from "./report.js";

/** The members of a client that a report touches beside those of a transport. */
export interface ReportedClient extends XmppClient {
  removeListener(event: string, listener: (argument: never) => void): unknown;
}

/** What to look at, and how. */
export interface ReportOptions
  extends Pick<XmppTransportOptions, "account" | "timeout" | "crypto" | "clock"> {
  /**
   * Whether two empty nodes may be published, read and deleted, to see what comes of it: servers
   * announce more than they do, and less. Default: no.
   */
  readonly probe?: boolean;
  /** A room to look at, entered or not. */
  readonly room?: string;
  readonly signal?: AbortSignal;
}

/**
 * Asks the server of a client that is online, with `omemo()` or `xmppTransport()` on it, what it can do
 * for OMEMO, and says what follows from that and which line of Prosody's or ejabberd's configuration changes it [O2-190, O2-191, PEP-11].
 * What the server does not answer is `unknown` in the report.
 * @throws OmemoError `offline`, `aborted`, `invalid-input` where there is no WebCrypto.
 */
export async function reportServer(
  client: ReportedClient,
  options: ReportOptions = {},
): Promise<ServerReport> {
  if (client.status !== "online") throw new OmemoError("offline", "connect before you ask");
  const settings = settingsOf(client, options);
  const iqs = callerOn(client, settings);
  const receive = (element: XmppElement): void => {
    if (element.name === "iq") iqs.receive(toXmlElement(element));
  };
  const leave = (): void => iqs.failAll(new OmemoError("offline", "the stream ended meanwhile"));
  client.on("stanza", receive);
  client.on("disconnect", leave);
  try {
    return judge(await gather(client, settings, iqs, options));
  } finally {
    client.removeListener("stanza", receive);
    client.removeListener("disconnect", leave);
  }
}

function callerOn(client: ReportedClient, settings: Settings): IqCaller {
  const stream = {
    account: settings.account(),
    send: async (stanza: XmlElement) => {
      try {
        await client.send(fromXmlElement(stanza));
      } catch (cause) {
        throw new OmemoError("offline", "the stream ended before all was asked", { cause });
      }
    },
  };
  return iqCaller(stream, settings);
}

async function gather(
  client: ReportedClient,
  settings: Settings,
  { call }: IqCaller,
  { probe = false, room, signal }: ReportOptions,
): Promise<ServerFacts> {
  const ask = asking(call, signal);
  const account = settings.account();
  const domain = account.slice(account.indexOf("@") + 1);
  const [server, own, services, software, archives] = await Promise.all([
    describeEntity(ask, domain),
    describeEntity(ask, account),
    describeServices(ask, domain),
    askSoftware(ask, domain),
    askArchived(ask, namespaces.archive),
  ]);
  const { crypto } = settings;
  return {
    domain,
    software: software.name,
    softwareVersion: software.version,
    server,
    account: own,
    services,
    isManaged: client.streamManagement?.enabled === true,
    archives,
    room: room === undefined ? undefined : ((await describeEntity(ask, bareJid(room))) ?? "silent"),
    probe: probe ? await probeItems({ call, ask, account, crypto }) : undefined,
  };
}
