import { libsignalModule } from "./harness/labPrograms.js";
import { ownPeer } from "./harness/ownPeer.js";
import type { Pairing, Side } from "./harness/pairing.js";
import { profanityPeer } from "./harness/profanityPeer.js";
import { type SpokenVersions, twomemoPeer } from "./harness/twomemoPeer.js";

/** Speaks both versions, as it does for a user who says nothing more. */
export function ours(
  over: "tcp" | "websocket",
  backend = "noble",
  ...more: readonly string[]
): Side {
  return {
    program: backend === "noble" ? "json-lines" : "json-lines on libsignal",
    launch: ownPeer(over, backend, ...more),
    survivesKill: true,
    canReplaceSessions: true,
    readsArchives: true,
    wantedPreKeys: 100,
    reusesPreKeyIds: false,
  };
}

function twomemo(versions: SpokenVersions, ...more: readonly string[]): Side {
  return {
    program: "twomemo",
    launch: twomemoPeer(versions, ...more),
    survivesKill: false,
    canReplaceSessions: true,
    readsArchives: false,
    wantedPreKeys: 99,
    reusesPreKeyIds: false,
  };
}

const profanity: Side = {
  program: "profanity",
  launch: profanityPeer,
  survivesKill: false,
  canReplaceSessions: false,
  readsArchives: false,
  wantedPreKeys: 100,
  reusesPreKeyIds: true,
};

/** What our client is proved with. */
export const ownPairings: readonly Pairing[] = [
  {
    name: "json-lines and json-lines over TCP",
    left: ours("tcp"),
    right: ours("tcp"),
    version: "omemo2",
  },
  {
    name: "json-lines and json-lines over WebSocket",
    left: ours("websocket"),
    right: ours("websocket"),
    version: "omemo2",
  },
  {
    name: "json-lines and twomemo in OMEMO 2",
    left: ours("tcp"),
    right: twomemo("omemo2"),
    version: "omemo2",
  },
  {
    name: "json-lines and twomemo in the legacy version",
    left: ours("websocket"),
    right: twomemo("legacy"),
    version: "legacy",
  },
  { name: "json-lines and profanity", left: ours("tcp"), right: profanity, version: "legacy" },
];

/** The same client on the licensed backend: a module that it imports when it starts. */
export const licensedPairings: readonly Pairing[] = [
  {
    name: "json-lines on libsignal and json-lines on noble",
    left: ours("tcp", libsignalModule),
    right: ours("tcp"),
    version: "legacy",
  },
  {
    name: "json-lines on libsignal and twomemo in the legacy version",
    left: ours("websocket", libsignalModule),
    right: twomemo("legacy"),
    version: "legacy",
  },
  {
    name: "json-lines on libsignal and profanity",
    left: ours("tcp", libsignalModule),
    right: profanity,
    version: "legacy",
  },
];

/** The harness itself, proved by clients that are not ours. */
export const selfCheck: Pairing = {
  name: "twomemo and twomemo",
  left: twomemo("both", "--sign-bit", "0"),
  right: twomemo("omemo2", "--sign-bit", "1"),
  version: "omemo2",
};
