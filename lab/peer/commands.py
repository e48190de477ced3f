import asyncio
import json
import os
import sys
import traceback
import xml.etree.ElementTree as ET

from peer.peer import x25519
from peer.wire import emit


async def send(peer, command):
    content = ET.fromstring(command["content"]) if "content" in command else None
    to = command["to"]
    await peer.encrypt_to(frozenset({to}), to, "chat", command.get("body"), content)


async def join(peer, command):
    await peer.enter(command["room"], command.get("nick", peer.boundjid.user))


async def make_room(peer, command):
    nick = command.get("nick", peer.boundjid.user)
    await peer.make_room(command["room"], nick, command.get("members", []))


async def send_to_room(peer, command):
    room = command["room"]
    await peer.encrypt_to(await peer.affiliations(room), room, "groupchat", command["body"])


async def subscribe(peer, command):
    for kind in ("subscribe", "subscribed"):
        peer.send_presence(pto=command["to"], ptype=kind)


async def devices(peer, command):
    for namespace in peer.spaces:
        await peer.manager.refresh_device_list(namespace, command["jid"])
    return [
        {"device": device.device_id, "namespaces": sorted(device.namespaces),
         "key": device.identity_key.hex(), "x25519": x25519(device.identity_key),
         "trust": device.trust_level_name, "label": device.label,
         "active": dict(device.active)}
        for device in await peer.manager.get_device_information(command["jid"])
    ]


async def trust(peer, command):
    await peer.manager.set_trust(command["jid"], bytes.fromhex(command["key"]), command["level"])


async def replace(peer, command):
    found = await peer.manager.get_device_information(command["jid"])
    device = next(each for each in found if each.device_id == command["device"])
    failures = await peer.manager.replace_sessions(device)
    return {namespace: repr(error) for namespace, error in failures.items()}


async def raw(peer, command):
    peer.send_raw(command["xml"])


async def leave(peer, _):
    for namespace in peer.spaces:
        await peer.manager.purge_backend(namespace)


COMMANDS = {
    "send": send, "join": join, "makeroom": make_room, "room": send_to_room,
    "subscribe": subscribe, "devices": devices, "trust": trust, "replace": replace,
    "raw": raw, "leave": leave,
}


async def answer(peer, command):
    about = {"id": command.get("id"), "cmd": command.get("cmd")}
    try:
        emit("done", **about, result=await COMMANDS[command["cmd"]](peer, command))
    except Exception as err:
        emit("failed", **about, error=f"{type(err).__name__}: {err}")
        if peer.args.verbose:
            traceback.print_exc()


async def answer_commands(peer):
    """One after the other, until `quit` or the end of the input; then the process ends."""
    reader = asyncio.StreamReader(limit=2 ** 24)
    await peer.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        if command["cmd"] == "quit":
            emit("done", id=command.get("id"), cmd="quit", result=None)
            break
        await peer.ready.wait()
        await answer(peer, command)
    peer.del_event_handler("disconnected", peer.on_disconnected)
    if peer.ready.is_set():
        await peer.disconnect()
    os._exit(0)
