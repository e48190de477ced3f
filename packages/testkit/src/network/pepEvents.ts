import type { BareJid, XmlElement } from "@omemo/core";
import type { Account } from "./account.js";
import type { Fabric } from "./fabric.js";
import { mayRead, type PepNode } from "./pepService.js";
import type { ServerSession } from "./serverSession.js";

/** Tells the owner's resources and subscribed contacts of a change, as far as they asked. [PEP-02] */
export function notify(
  fabric: Fabric,
  owner: Account,
  name: string,
  node: PepNode,
  itemId?: string,
  payload?: XmlElement,
): void {
  for (const jid of [owner.jid, ...owner.contacts]) {
    const isOwner = jid === owner.jid;
    if (!mayRead(node, { isOwner, isContact: !isOwner }) || !fabric.canReach(owner.jid, jid)) {
      continue;
    }
    fabric.carry(owner.jid, jid, () => {
      for (const session of fabric.account(jid).available) {
        if (session.interests.has(name)) pushItem(session, owner.jid, name, itemId, payload);
      }
    });
  }
}

/** The newest item of each node in `names`, of the own account and all contacts. [PEP-15] */
export function pushLastItems(
  fabric: Fabric,
  session: ServerSession,
  names: Iterable<string>,
  owners: readonly BareJid[] = [session.account.jid, ...session.account.contacts],
): void {
  const wanted = [...names];
  for (const jid of wanted.length === 0 ? [] : owners) {
    if (!fabric.canReach(jid, session.account.jid)) continue;
    fabric.carry(session.account.jid, jid, () => {
      const found = wanted.map((name) => lastItem(fabric.account(jid), name, session));
      fabric.carry(jid, session.account.jid, () => {
        for (const item of found) {
          if (item !== undefined && !session.hasEnded) pushItem(session, jid, ...item);
        }
      });
    });
  }
}

function lastItem(
  owner: Account,
  name: string,
  session: ServerSession,
): readonly [name: string, itemId: string, payload: XmlElement] | undefined {
  const node = owner.pep.nodes.get(name);
  const isOwner = owner === session.account;
  const last = node === undefined ? undefined : [...node.items].at(-1);
  if (node === undefined || last === undefined) return undefined;
  return mayRead(node, { isOwner, isContact: !isOwner }) ? [name, ...last] : undefined;
}

function pushItem(
  session: ServerSession,
  owner: BareJid,
  node: string,
  itemId?: string,
  payload?: XmlElement,
): void {
  session.push({ kind: "item", owner, node, itemId, payload });
}
