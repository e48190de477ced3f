import type { WebCrypto } from "@omemo/core";
import { type BareJid, bareJid, type Clock, OmemoError, systemClock } from "@omemo/core";
import type { SoftwareInfo } from "./capsAnnouncer.js";
import type { XmppClient } from "./xmppClient.js";

/** How the transport behaves; everything has a default. */
export interface XmppTransportOptions {
  /**
   * Address of the account, needed before login only where the client cannot tell: without
   * `username`, or with `credentials` that a function asks for.
   */
  readonly account?: string;
  /**
   * What presences announce. `false`: the application sends its own entity capabilities and answers
   * service discovery. It must then announce the interests of the manager itself, or nobody's
   * device lists are pushed to it [PEP-01].
   */
  readonly software?: SoftwareInfo | false;
  /** Whether to enable carbons on each new stream [CARB-08]. Default: yes. */
  readonly carbons?: boolean;
  /** How long a request waits for its answer, in ms. Default: 30 000. */
  readonly timeout?: number;
  /** Default: the platform's. */
  readonly crypto?: WebCrypto;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** The options of one transport, complete, and what its parts share. */
export interface Settings extends Required<Omit<XmppTransportOptions, "account">> {
  /** Throws `offline` while nobody knows. */
  account(): BareJid;
  /** For what fails with nobody waiting for it: the client's `error` event. */
  report(error: unknown): void;
}

/** @throws OmemoError `invalid-input` where there is no WebCrypto and none is given. */
export function settingsOf(client: XmppClient, options: XmppTransportOptions): Settings {
  const crypto = options.crypto ?? globalThis.crypto;
  if (crypto?.subtle === undefined) {
    throw new OmemoError("invalid-input", "no WebCrypto here: pass one as option `crypto`");
  }
  return {
    software: options.software ?? { node: "urn:x-omemo:xmpp-client", type: "pc" },
    carbons: options.carbons ?? true,
    timeout: options.timeout ?? 30_000,
    crypto,
    clock: options.clock ?? systemClock(),
    account: () => accountOf(client, options.account),
    report: (error) => {
      client.emit("error", error instanceof Error ? error : new Error(String(error)));
    },
  };
}

/** What the server bound, before that what `client({ username, domain })` says, else the option. */
function accountOf(client: XmppClient, given: string | undefined): BareJid {
  const jid = client.jid?.toString() ?? given;
  if (jid === undefined) {
    throw new OmemoError("offline", "the account is known after login; or pass `account`");
  }
  return bareJid(jid);
}
