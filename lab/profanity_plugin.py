"""What profanity saw and did, as JSON lines into the pipe that LAB_EVENTS names.

{"ev":"start","pid":..}  {"ev":"connected","jid":..}  {"ev":"disconnected","jid":..}
{"ev":"chat","from":..,"resource":..,"text":..}   a text in a 1:1 window, from the contact
{"ev":"carbon","to":..,"text":..,"id":..}         a text sent by another device of the account
{"ev":"entered","jid":..}                         a room let us in
{"ev":"room","jid":..,"nick":..,"text":..}        a text in a room, of others and of ourselves
{"ev":"sent","to":..,"text":..}                   a text typed here; refused ones included
{"ev":"in"|"out","xml":..}                        every message and iq stanza
{"ev":"mark","name":..}                           the command /lab NAME: all typed before it is done
"""
import glob
import json
import os
import sqlite3

import prof

EVENTS = open(os.environ["LAB_EVENTS"], "w", encoding="utf-8", buffering=1)


def put(ev, **fields):
    EVENTS.write(json.dumps({"ev": ev, **fields}, ensure_ascii=False) + "\n")


HISTORY = os.environ["XDG_DATA_HOME"] + "/profanity/database/*/chatlog.db"
NEW_ROWS = (
    "SELECT id, to_jid, message, stanza_id FROM ChatLogs "
    "WHERE from_jid = :jid AND from_resource <> :resource AND id > :row ORDER BY id"
)
SEEN = {"jid": None, "resource": None, "row": 0}


def tell_carbons():
    """There is no hook for texts of other devices, but they come into the chat history."""
    for path in glob.glob(HISTORY):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as history:
            for SEEN["row"], to, text, stanza in history.execute(NEW_ROWS, SEEN):
                put("carbon", to=to, text=text, id=stanza)


def tell_mark(name):
    put("mark", name=name)


def prof_init(version, status, account_name, fulljid):
    # Profanity keeps no reference: a callback has to be a function of this module.
    prof.register_command(
        "/lab", 1, 1, ["/lab NAME"], "Tells a mark.", [["NAME", "of the mark"]], [], tell_mark)
    put("start", pid=os.getpid(), version=version)


def prof_on_connect(account_name, fulljid):
    put("connected", jid=fulljid)
    SEEN["jid"], _, SEEN["resource"] = fulljid.partition("/")
    prof.register_timed(tell_carbons, 1)


def prof_on_disconnect(account_name, fulljid):
    put("disconnected", jid=fulljid)


def prof_post_chat_message_display(barejid, resource, message):
    put("chat", **{"from": barejid}, resource=resource, text=message)


def prof_on_room_win_focus(barejid):
    put("entered", jid=barejid)


def prof_post_room_message_display(barejid, nick, message):
    put("room", jid=barejid, nick=nick, text=message)


def prof_post_chat_message_send(barejid, message):
    put("sent", to=barejid, text=message)


def prof_on_message_stanza_receive(stanza):
    put("in", xml=stanza)
    return True


def prof_on_iq_stanza_receive(stanza):
    put("in", xml=stanza)
    return True


def prof_on_message_stanza_send(stanza):
    put("out", xml=stanza)
    return stanza


def prof_on_iq_stanza_send(stanza):
    put("out", xml=stanza)
    return stanza
