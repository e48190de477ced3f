import asyncio
import os
import secrets
import traceback
import xml.etree.ElementTree as ET

import oldmemo
import omemo
import slixmpp
import twomemo
import xeddsa
import xmlschema
from slixmpp.xmlstream.handler import Callback
from slixmpp.xmlstream.matcher import MatchXPath

from peer.connection import Connection
from peer.manager import make_manager
from peer.storage import FileStorage
from peer.wire import CLIENT, CODECS, EVENT, LEGACY, LISTS, OMEMO_2, SCE, emit, envelope, text

NAMESPACES = {"omemo2": [OMEMO_2], "legacy": [LEGACY], "both": [OMEMO_2, LEGACY]}
CARBON = "{urn:xmpp:carbons:2}%s/{urn:xmpp:forward:0}forwarded/{jabber:client}message"


class Peer(Connection):
    """Opens and seals messages with python-omemo, and tells what happens."""

    def __init__(self, args):
        self.spaces = NAMESPACES[args.ns]
        super().__init__(args, self.spaces)
        self.manager = None
        self.ready = asyncio.Event()
        self.inbox = asyncio.Queue()
        self.add_event_handler("session_start", self.on_start)
        self.register_handler(Callback("all", MatchXPath("{jabber:client}message"),
                                       lambda message: self.inbox.put_nowait(message.xml)))

    # --- start ---------------------------------------------------------------
    async def on_start(self, _):
        try:
            await self.start()
        except Exception as err:
            self.fatal(f"start: {type(err).__name__}: {err}")
        while True:
            element = await self.inbox.get()
            try:
                await self.on_message(element)
            except Exception as err:  # one bad stanza must not end the peer
                emit("failed", error=f"{type(err).__name__}: {err}", xml=text(element))
                if self.args.verbose:
                    traceback.print_exc()

    async def start(self):
        await self["xep_0115"].update_caps()
        await self.get_roster()
        await self["xep_0280"].enable()
        storage = FileStorage(self.args.state)
        await self.pick_identity(storage)
        backends = {OMEMO_2: twomemo.Twomemo, LEGACY: oldmemo.Oldmemo}
        self.manager = await make_manager(self).create(
            [backends[namespace](storage) for namespace in self.spaces],
            storage, self.bare, None, "UNDECIDED")
        await self.manager.after_history_sync()
        self.send_presence()
        own, others = await self.manager.get_own_device_information()
        emit("online", jid=str(self.boundjid), device=own.device_id,
             namespaces=sorted(own.namespaces), ed25519=own.identity_key.hex(),
             x25519=x25519(own.identity_key), others=[device.device_id for device in others])
        self.ready.set()

    async def pick_identity(self, storage):
        """One whose Ed25519 form has the wanted sign bit; half of all have it set."""
        if self.args.sign_bit == "any" or (await storage.load_bytes("/ikp/key")).is_just:
            return
        seed = os.urandom(32)
        while xeddsa.seed_to_ed25519_pub(seed)[31] >> 7 != int(self.args.sign_bit):
            seed = os.urandom(32)
        await storage.store("/ikp/is_seed", True)
        await storage.store_bytes("/ikp/key", seed)

    # --- sending -------------------------------------------------------------
    def send_encrypted(self, message, to, kind):
        stanza = self.make_message(mto=to, mtype=kind)
        stanza["id"] = secrets.token_hex(8)
        stanza.append(CODECS[message.namespace].serialize_message(message))
        stanza.append(
            ET.Element("{urn:xmpp:eme:0}encryption", namespace=message.namespace, name="OMEMO"))
        stanza.append(ET.Element("{urn:xmpp:hints}store"))
        stanza.send()
        return stanza["id"]

    async def encrypt_to(self, jids, to, kind, body=None, content=None):
        if content is None:
            content = ET.Element(f"{{{CLIENT}}}body")
            content.text = body
        for jid in jids | {self.bare}:
            for namespace in self.spaces:
                await self.manager.refresh_device_list(namespace, jid)
        plain = {
            OMEMO_2: envelope(content, self.bare, to, self.args.envelope),
            LEGACY: (body or "").encode(),
        }
        messages, errors = await self.manager.encrypt(
            frozenset(jids), {namespace: plain[namespace] for namespace in self.spaces},
            identifier=to)
        for err in errors:
            emit("failed", error=f"not encrypted for {err.bare_jid}/{err.device_id}: {err.exception!r}")
        for message in messages:
            stanza_id = self.send_encrypted(message, to, kind)
            keys = [{"jid": key.bare_jid, "device": key.device_id, "kex": exchange is not None}
                    for key, exchange in message.keys]
            emit("sent", to=to, ns=message.namespace, id=stanza_id, empty=False, keys=keys)

    # --- receiving -----------------------------------------------------------
    async def on_message(self, element):
        event = element.find(f"{{{EVENT}}}event")
        if event is not None:
            return await self.on_event(element.get("from") or self.bare, event)
        carbon = None
        for kind in ("sent", "received"):
            inner = element.find(CARBON % kind)
            if inner is not None:
                if slixmpp.JID(element.get("from") or "").bare != self.bare:
                    return None  # a forged carbon
                element, carbon = inner, kind
        sender = slixmpp.JID(element.get("from") or self.bare)
        kind = element.get("type", "normal")
        if kind == "error":
            return emit("failed", error="message bounced", xml=text(element))
        base = {"from": sender.bare, "to": element.get("to"), "type": kind,
                "id": element.get("id"), "carbon": carbon}
        if kind == "groupchat":
            room = self.rooms.get(sender.bare)
            base["from"] = room and room["real"].get(sender.resource)
            if base["from"] is None:
                return None
            base.update(room=sender.bare, nick=sender.resource)
        found = [each for each in element if each.tag.endswith("}encrypted")]
        if not found:
            body = element.findtext(f"{{{CLIENT}}}body")
            if body is not None:
                emit("plain", body=body, **base)
            return None
        for encrypted in found:
            namespace = encrypted.tag[1:].split("}")[0]
            if namespace in self.spaces:
                await self.decrypt(namespace, encrypted, base)
        return None

    async def parse_message(self, namespace, encrypted, sender):
        if namespace == OMEMO_2:
            return CODECS[OMEMO_2].parse_message(encrypted, sender)
        return await CODECS[LEGACY].parse_message(encrypted, sender, self.bare, self.manager)

    async def decrypt(self, namespace, encrypted, base):
        sender = base["from"]
        try:
            message = await self.parse_message(namespace, encrypted, sender)
        except (xmlschema.XMLSchemaValidationError, ValueError) as err:
            return emit("invalid", what="message", ns=namespace, error=str(err),
                        xml=text(encrypted), **base)
        own, _ = await self.manager.get_own_device_information()
        if sender == self.bare and message.device_id == own.device_id:
            return None  # a reflection of what this device sent
        try:
            plain, device, _ = await self.manager.decrypt(message)
        except omemo.OMEMOException as err:
            return emit("undecryptable", ns=namespace, device=message.device_id,
                        error=type(err).__name__, why=str(err), **base)
        info = {"ns": namespace, "device": device.device_id, "key": device.identity_key.hex(),
                "kex": any(exchange is not None for key, exchange in message.keys
                           if key.device_id == own.device_id),
                "trust": device.trust_level_name, **base}
        if plain is None:
            return emit("empty", **info)
        body, more = (plain.decode(), {}) if namespace == LEGACY else self.open_envelope(plain, base)
        emit("message", body=body, **info, **more)
        if self.args.echo:
            await self.echo(body, base)
        return None

    def open_envelope(self, plain, base):
        element = ET.fromstring(plain)
        sender, to = (element.find(f"{{{SCE}}}{name}") for name in ("from", "to"))
        addressed = base.get("room") or slixmpp.JID(base["to"] or self.bare).bare
        has_to = to is not None
        return element.findtext(f"{{{SCE}}}content/{{{CLIENT}}}body"), {
            "envelope": plain.decode(),
            "affixes": {name: element.find(f"{{{SCE}}}{name}") is not None
                        for name in ("rpad", "time", "from", "to")},
            "from_ok": sender is not None and slixmpp.JID(sender.get("jid")).bare == base["from"],
            "to_ok": to.get("jid") == addressed if has_to else base["type"] != "groupchat",
        }

    async def echo(self, body, base):
        sender = base["from"]
        if not body or base["carbon"] or sender == self.bare or body.startswith("echo: "):
            return
        if base["type"] == "groupchat":
            members = await self.affiliations(base["room"])
            await self.encrypt_to(members, base["room"], "groupchat", "echo: " + body)
        else:
            await self.encrypt_to(frozenset({sender}), sender, "chat", "echo: " + body)

    async def on_event(self, sender, event):
        jid = slixmpp.JID(sender).bare
        for items in event:
            namespace = next((ns for ns in self.spaces if LISTS[ns] == items.get("node")), None)
            item = items.find(f"{{{EVENT}}}item")
            if namespace is None or item is None or not len(item):
                continue
            devices = self.parse_list(namespace, jid, item[0])
            emit("device_list", jid=jid, ns=namespace, devices=devices)
            await self.manager.update_device_list(namespace, jid, devices)

    def parse_list(self, namespace, jid, element):
        try:
            return CODECS[namespace].parse_device_list(element)
        except xmlschema.XMLSchemaValidationError as err:
            # An empty list is fine for XEP-0384 but not for this schema.
            if len(element):
                emit("invalid", what="device_list", ns=namespace, jid=jid, error=str(err.reason),
                     xml=text(element))
            return {}


def x25519(ed25519):
    return xeddsa.ed25519_pub_to_curve25519_pub(ed25519).hex()
