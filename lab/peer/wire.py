"""Names, addresses of PEP nodes, and XML as this peer writes it."""
import json
import secrets
import xml.etree.ElementTree as ET
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

import oldmemo
import oldmemo.etree
import twomemo
import twomemo.etree

OMEMO_2 = twomemo.twomemo.NAMESPACE
LEGACY = oldmemo.oldmemo.NAMESPACE
CODECS = {OMEMO_2: twomemo.etree, LEGACY: oldmemo.etree}
LISTS = {OMEMO_2: "urn:xmpp:omemo:2:devices", LEGACY: "eu.siacs.conversations.axolotl.devicelist"}

SCE = "urn:xmpp:sce:1"
PUBSUB = "http://jabber.org/protocol/pubsub"
OWNER = PUBSUB + "#owner"
EVENT = PUBSUB + "#event"
CLIENT = "jabber:client"
MUC = "http://jabber.org/protocol/muc"


def emit(ev, **fields):
    print(json.dumps({"ev": ev, **fields}, ensure_ascii=False), flush=True)


def text(element):
    return ET.tostring(element, encoding="unicode")


def bundle_address(namespace, device):
    """Node and item id."""
    if namespace == OMEMO_2:
        return "urn:xmpp:omemo:2:bundles", str(device)
    return f"eu.siacs.conversations.axolotl.bundles:{device}", "current"


def form(kind, fields):
    """A data form of type submit; names of fields without their `pubsub#`."""
    x = ET.Element("{jabber:x:data}x", type="submit")
    for name, value in {"FORM_TYPE": kind, **{"pubsub#" + k: v for k, v in fields.items()}}.items():
        field = ET.SubElement(x, "{jabber:x:data}field", var=name)
        if name == "FORM_TYPE":
            field.set("type", "hidden")
        ET.SubElement(field, "{jabber:x:data}value").text = value
    return x


def serialize(element, around=None, repeat=False):
    """Writes xmlns= on each change of namespace, or with `repeat` on every element."""
    namespace, _, name = (
        element.tag[1:].rpartition("}") if element.tag[0] == "{" else (around or "", "", element.tag))
    out = "<" + name
    if namespace != around or repeat:
        out += f" xmlns={quoteattr(namespace)}"
    for key, value in element.attrib.items():
        out += f" {key.replace('{http://www.w3.org/XML/1998/namespace}', 'xml:')}={quoteattr(value)}"
    inner = escape(element.text or "")
    for child in element:
        inner += serialize(child, namespace, repeat) + escape(child.tail or "")
    return out + (f">{inner}</{name}>" if inner else "/>")


def envelope(content, sender, to, style):
    """An SCE envelope as bytes, in one of three styles that are the same XML to a parser."""
    element = ET.Element(f"{{{SCE}}}envelope")
    ET.SubElement(element, f"{{{SCE}}}content").append(content)
    padding = secrets.token_urlsafe(200)[: secrets.randbelow(200)]
    ET.SubElement(element, f"{{{SCE}}}rpad").text = padding
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    ET.SubElement(element, f"{{{SCE}}}time", stamp=now)
    ET.SubElement(element, f"{{{SCE}}}from", jid=sender)
    ET.SubElement(element, f"{{{SCE}}}to", jid=to)
    if style == "prefixed":
        return ET.tostring(element, encoding="utf-8", xml_declaration=False)
    return serialize(element, repeat=style == "repeated").encode()
