#!/usr/bin/python3
"""An OMEMO peer for tests: python-omemo under slixmpp, driven by JSON lines.

It needs Debian's packages, so run it with /usr/bin/python3; another Python does not see them.

    twomemo_peer.py --jid a@localhost --password P --port 15222 \\
        --state FILE.json [--ns omemo2|legacy|both] [--trust blind|manual] [--echo]
        [--resource R] [--ca FILE] [--tls on|off] [--sign-bit any|0|1]
        [--envelope plain|repeated|prefixed] [--verbose]

--sign-bit picks an identity key by the top bit of its Ed25519 form: both kinds are right.
--envelope says how the SCE envelope is written, which is the same XML to a parser with
namespaces: plain has xmlns= where it changes, repeated on every element, prefixed <ns0:envelope>.

Commands, one JSON object a line on standard input, answered in their order:
    {"cmd":"send","to":"b@localhost","body":"text"}       encrypted 1:1
    {"cmd":"send","to":"b@localhost","content":"<x xmlns='..'/>"}  any SCE content
    {"cmd":"join","room":"r@conference.localhost","nick":"n"}
    {"cmd":"makeroom","room":..,"nick":..,"members":["b@localhost"]}
    {"cmd":"room","room":"r@conference.localhost","body":"text"}   encrypted
    {"cmd":"subscribe","to":..}   both ways, once the other side does the same
    {"cmd":"devices","jid":..}    what it knows of an account, after a refresh
    {"cmd":"trust","jid":..,"key":HEX,"level":"TRUSTED|DISTRUSTED|UNDECIDED"}
    {"cmd":"replace","jid":..,"device":N}   throw a session away and build anew
    {"cmd":"raw","xml":"<message .../>"}    send as it is
    {"cmd":"leave"}               delete own bundle and device list entry
    {"cmd":"quit"}                so does the end of the input
A command may carry "id"; the answer is {"ev":"done"|"failed","id":..}. `done` does not promise
that a stanza was written to the socket.

Events, one JSON object a line on standard output: online, device_list, message, empty,
undecryptable, plain, sent, invalid (XML that its schema refuses), done, failed.
"""
import argparse
import logging

from peer.commands import answer_commands
from peer.peer import Peer


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--jid", required=True)
    parser.add_argument("--password", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=15222)
    parser.add_argument("--resource", default="twomemo")
    parser.add_argument("--state", help="JSON file that keeps keys and sessions; else in memory")
    parser.add_argument("--ns", choices=["omemo2", "legacy", "both"], default="omemo2")
    parser.add_argument("--trust", choices=["blind", "manual"], default="blind")
    parser.add_argument("--tls", choices=["on", "off"], default="on")
    parser.add_argument("--ca", help="check the server's certificate against this authority")
    parser.add_argument("--sign-bit", choices=["any", "0", "1"], default="any")
    parser.add_argument("--envelope", choices=["plain", "repeated", "prefixed"], default="plain")
    parser.add_argument("--echo", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main():
    args = parse_arguments()
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.ERROR)
    peer = Peer(args)
    peer.connect((args.host, args.port), force_starttls=False, disable_starttls=args.tls == "off")
    # Kept, or it is collected.
    answering = peer.loop.create_task(answer_commands(peer))
    peer.process(forever=True)
    answering.cancel()


main()
