import { OmemoError } from "../../domain/error.js";
import type { BareJid } from "../../domain/jid.js";
import type { Sent } from "../../domain/sent.js";
import { OMEMO_2, type OmemoVersion } from "../../domain/version.js";
import { writeOptOut } from "../../wire/optOut/optOut.js";
import { requireOnline } from "../connection/requireOnline.js";
import type { Context } from "../context.js";
import { currentLists } from "../devices/deviceLists.js";
import type { Runtime } from "../runtime.js";
import { sealContent } from "../sending/content.js";
import { encrypt } from "../sending/send.js";
import type { SendOptions } from "../sending/sendOptions.js";

/** Tells the devices of an account, and our own other ones, that we want plaintext [O2-164]. */
export async function sendOptOut(
  { context, bundles, outbox, requireStarted }: Runtime,
  to: BareJid,
  reason: string | undefined,
  { signal }: SendOptions,
): Promise<Sent> {
  requireStarted();
  requireOnline(context);
  await requireOmemo2(context, to, signal);
  const content = [writeOptOut(reason)];
  const request = {
    to,
    recipients: [to],
    versions: context.options.versions,
    seal: (version: OmemoVersion) => sealContent(context, version, to, content),
    signal,
    isOptOut: true,
  };
  const { sent, left } = await encrypt(context, bundles, request, (ready) => ({
    sent: ready,
    left: outbox.send(ready.stanzas),
  }));
  await left;
  return sent;
}

/** The legacy version has no word for it. */
async function requireOmemo2(
  context: Context,
  jid: BareJid,
  signal: AbortSignal | undefined,
): Promise<void> {
  const lists = (await currentLists(context, [jid], signal)).flatMap((account) => account.lists);
  const isSpoken = ({ version, record }: (typeof lists)[number]): boolean =>
    version === OMEMO_2 && (record?.devices.length ?? 0) > 0;
  const devices = lists.flatMap(({ record }) => record?.devices ?? []);
  if (devices.length === 0 || lists.some(isSpoken)) return;
  throw new OmemoError(
    "no-recipient-devices",
    "only OMEMO 2 knows an opt-out, and no device here speaks it with us: ask by other means",
    { devices: devices.map(({ deviceId }) => ({ jid, deviceId })) },
  );
}
