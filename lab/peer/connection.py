import asyncio
import os
import random
import ssl
import xml.etree.ElementTree as ET

import slixmpp
from slixmpp.exceptions import IqError, IqTimeout

from peer.wire import LISTS, MUC, OWNER, PUBSUB, emit, form, text

# What servers say to publish-options that conflict with the node, or that they do not know:
# ejabberd 23.01 answers max_items with resource-constraint.
OPTIONS_REFUSED = (
    "conflict", "precondition-not-met", "bad-request", "resource-constraint", "not-acceptable")


class Connection(slixmpp.ClientXMPP):
    """PEP and rooms over one stream; ends the process when the stream ends."""

    def __init__(self, args, namespaces):
        super().__init__(f"{args.jid}/{args.resource}", args.password)
        self.args = args
        self.bare = slixmpp.JID(args.jid).bare
        self.rooms = {}
        if args.ca:
            self.ca_certs = args.ca
        else:
            self.ssl_context.check_hostname = False
            self.ssl_context.verify_mode = ssl.CERT_NONE
        for name in ("xep_0030", "xep_0060", "xep_0115", "xep_0163", "xep_0199", "xep_0280"):
            self.register_plugin(name)
        self.register_plugin("feature_mechanisms", {"unencrypted_scram": True})
        for namespace in namespaces:
            self["xep_0163"].add_interest(LISTS[namespace])
        self.add_event_handler("failed_all_auth", lambda _: self.fatal("authentication failed"))
        # A peer without its server has nothing to do; it must not stay behind.
        self.add_event_handler("disconnected", self.on_disconnected)
        self.add_event_handler("connection_failed", lambda why: self.fatal(f"no connection: {why}"))
        self.add_event_handler("presence", self.on_presence)

    def on_disconnected(self, why):
        self.fatal(f"disconnected: {why}")

    def fatal(self, why):
        emit("failed", error=why)
        os._exit(1)

    # --- PEP -----------------------------------------------------------------
    async def request(self, kind, to, child):
        for attempt in range(10):
            iq = self.Iq(sto=to, stype=kind)  # make_iq would give every one the id 0
            iq.append(child)
            try:
                return (await iq.send(timeout=10)).xml
            except IqError as err:
                # ejabberd: accounts that create PEP nodes in the same moment ("Database failure").
                if err.etype != "wait" or attempt == 9:
                    raise
                await asyncio.sleep(random.uniform(0.02, 0.2))

    async def publish(self, node, item, payload, many=False):
        options = {"access_model": "open", "persist_items": "true"}
        if many:
            options["max_items"] = "max"
        try:
            await self.publish_item(node, item, payload, options)
        except IqError as err:
            if err.condition not in OPTIONS_REFUSED:
                raise
            await self.configure(node, options)
            await self.publish_item(node, item, payload, None)

    async def publish_item(self, node, item, payload, options):
        pubsub = ET.Element(f"{{{PUBSUB}}}pubsub")
        publish = ET.SubElement(pubsub, f"{{{PUBSUB}}}publish", node=node)
        ET.SubElement(publish, f"{{{PUBSUB}}}item", id=item).append(payload)
        if options:
            ET.SubElement(pubsub, f"{{{PUBSUB}}}publish-options").append(
                form(PUBSUB + "#publish-options", options))
        await self.request("set", None, pubsub)

    async def configure(self, node, options):
        create = ET.Element(f"{{{PUBSUB}}}pubsub")
        ET.SubElement(create, f"{{{PUBSUB}}}create", node=node)
        try:
            await self.request("set", None, create)
        except IqError as there:
            if there.condition != "conflict":
                raise
        pubsub = ET.Element(f"{{{OWNER}}}pubsub")
        ET.SubElement(pubsub, f"{{{OWNER}}}configure", node=node).append(
            form(PUBSUB + "#node_config", options))
        await self.request("set", None, pubsub)

    async def fetch(self, jid, node, item=None):
        pubsub = ET.Element(f"{{{PUBSUB}}}pubsub")
        items = ET.SubElement(pubsub, f"{{{PUBSUB}}}items", node=node)
        if item:
            ET.SubElement(items, f"{{{PUBSUB}}}item", id=item)
        xml = await self.request("get", jid, pubsub)
        found = xml.findall(f".//{{{PUBSUB}}}item")
        if not found:
            return None
        best = next((each for each in found if each.get("id") == (item or "current")), found[-1])
        return best[0] if len(best) else None

    async def retract(self, node, item):
        pubsub = ET.Element(f"{{{PUBSUB}}}pubsub")
        retract = ET.SubElement(pubsub, f"{{{PUBSUB}}}retract", node=node, notify="true")
        ET.SubElement(retract, f"{{{PUBSUB}}}item", id=item)
        await self.request("set", None, pubsub)

    async def delete_node(self, node):
        pubsub = ET.Element(f"{{{OWNER}}}pubsub")
        ET.SubElement(pubsub, f"{{{OWNER}}}delete", node=node)
        await self.request("set", None, pubsub)

    # --- rooms ---------------------------------------------------------------
    def on_presence(self, presence):
        sender = presence["from"]
        room = self.rooms.get(sender.bare)
        if room is None:
            return
        item = presence.xml.find(f"{{{MUC}#user}}x/{{{MUC}#user}}item")
        if presence["type"] == "error":
            room["error"] = text(presence.xml)
            room["entered"].set()
        elif presence["type"] == "unavailable":
            room["nicks"].pop(sender.resource, None)
        elif item is not None and item.get("jid"):
            room["nicks"][sender.resource] = slixmpp.JID(item.get("jid")).bare
            room["real"].update(room["nicks"])
        if any(s.get("code") == "110" for s in presence.xml.iter(f"{{{MUC}#user}}status")):
            room["entered"].set()

    async def enter(self, room, nick):
        known = {"nick": nick, "nicks": {}, "real": {}, "entered": asyncio.Event()}
        known = self.rooms.setdefault(room, known)
        presence = self.make_presence(pto=f"{room}/{nick}")
        x = ET.Element(f"{{{MUC}}}x")
        ET.SubElement(x, f"{{{MUC}}}history", maxstanzas="0")
        presence.append(x)
        presence.send()
        await asyncio.wait_for(known["entered"].wait(), 10)
        if "error" in known:
            raise RuntimeError(known.pop("error"))

    async def make_room(self, room, nick, members):
        await self.enter(room, nick)
        query = ET.Element(f"{{{MUC}#owner}}query")
        x = form(f"{MUC}#roomconfig", {})
        for name, value in (("whois", "anyone"), ("membersonly", "1"), ("persistentroom", "1")):
            field = ET.SubElement(x, "{jabber:x:data}field", var=f"muc#roomconfig_{name}")
            ET.SubElement(field, "{jabber:x:data}value").text = value
        query.append(x)
        await self.request("set", room, query)
        for jid in members:  # one a query: Prosody reads the first item only
            query = ET.Element(f"{{{MUC}#admin}}query")
            ET.SubElement(query, f"{{{MUC}#admin}}item", affiliation="member", jid=jid)
            await self.request("set", room, query)

    async def affiliations(self, room):
        """Everybody a room message is for: members of any kind, here or not."""
        out = set(self.rooms[room]["nicks"].values())
        for affiliation in ("owner", "admin", "member"):
            query = ET.Element(f"{{{MUC}#admin}}query")
            ET.SubElement(query, f"{{{MUC}#admin}}item", affiliation=affiliation)
            try:
                xml = await self.request("get", room, query)
                out.update(i.get("jid") for i in xml.iter(f"{{{MUC}#admin}}item") if i.get("jid"))
            except (IqError, IqTimeout):
                pass  # some lists are hidden from members
        return frozenset(slixmpp.JID(jid).bare for jid in out) - {self.bare}
