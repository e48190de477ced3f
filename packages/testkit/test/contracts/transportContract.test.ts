import { describe, expect, it } from "vitest";
import {
  EJABBERD,
  PROSODY,
  type ServerProfile,
  simulation,
  type TransportUnderTest,
  transportContract,
} from "../../src/index.js";
import { failuresOf } from "./runContract.js";

async function open(profile: ServerProfile): Promise<TransportUnderTest> {
  const world = simulation({ seed: "transport", profileOf: () => profile });
  const { network } = world;
  network.befriend("alice@a.example", "bob@b.example");
  const [alice, aliceElsewhere, bob, stranger] = [
    network.connect("alice@a.example", "here"),
    network.connect("alice@a.example", "elsewhere"),
    network.connect("bob@b.example", "phone"),
    network.connect("stranger@c.example", "phone"),
  ] as const;
  const affiliations = { [alice.account]: "owner", [bob.account]: "member" } as const;
  const room = network.createRoom("room@rooms.a.example", affiliations);
  const clients = [alice, aliceElsewhere, bob, stranger];
  await world.run(() => clients.every(({ isOnline }) => isOnline));
  return {
    alice,
    aliceElsewhere,
    bob,
    stranger,
    room: room.jid,
    settle: world.complete,
    until: world.run,
    disconnect: async () => alice.goOffline(),
    reconnect: async (state) => {
      if (state === "online") alice.logOut();
      alice.goOnline();
      await world.run(() => alice.isOnline);
    },
    // Answers of a simulated network belong to their requests; no stranger can give one.
    forgeReply: () => {},
  };
}

for (const profile of [PROSODY, EJABBERD]) {
  describe(`the simulated network as ${profile.name}`, () => {
    transportContract({ describe, it }, () => open(profile));
  });
}

/** Ways to get a transport wrong; the contract has to notice each. */
const DEFECTS: Readonly<Record<string, (subject: TransportUnderTest) => TransportUnderTest>> = {
  "throws away the order": (subject) => {
    const { bob } = subject;
    const waiting: (() => void)[] = [];
    const listen: typeof bob.listen = (interests, listener) =>
      bob.listen(interests, (event) => {
        waiting.push(() => listener(event));
        if (waiting.length === 2) for (const tell of waiting.splice(0).reverse()) tell();
      });
    return { ...subject, bob: over(bob, { listen }) };
  },
  "goes on telling who stopped listening": (subject) => {
    const { bob } = subject;
    const listen: typeof bob.listen = (interests, listener) => {
      bob.listen(interests, listener);
      return () => {};
    };
    return { ...subject, bob: over(bob, { listen }) };
  },
  "swallows errors": (subject) => {
    const { stranger } = subject;
    const fetchItem: typeof stranger.fetchItem = (...given) =>
      stranger.fetchItem(...given).catch(() => undefined);
    return { ...subject, stranger: over(stranger, { fetchItem }) };
  },
  "ignores signals": (subject) => {
    const { alice } = subject;
    const fetchItem: typeof alice.fetchItem = (owner, node, itemId) =>
      alice.fetchItem(owner, node, itemId);
    return { ...subject, alice: over(alice, { fetchItem }) };
  },
  "goes on answering for who stopped": (subject) => {
    const { bob } = subject;
    const serve: typeof bob.serve = (name, handler) => {
      bob.serve(name, handler);
      return () => {};
    };
    return { ...subject, bob: over(bob, { serve }) };
  },
  "fetches the first page only": (subject) => {
    const { bob } = subject;
    const fetchArchive: typeof bob.fetchArchive = async (query) => ({
      ...(await bob.fetchArchive(query)),
      isComplete: true,
    });
    return { ...subject, bob: over(bob, { fetchArchive }) };
  },
  "pages forwards only": (subject) => {
    const { alice } = subject;
    const fetchArchive: typeof alice.fetchArchive = ({ before: _, ...query }) =>
      alice.fetchArchive(query);
    return { ...subject, alice: over(alice, { fetchArchive }) };
  },
};

/** The same transport with some methods replaced; the others stay bound to it. */
function over<Base extends object>(base: Base, replaced: Partial<Base>): Base {
  return new Proxy(base, {
    get: (_target, name) => {
      const member: unknown = Reflect.get(name in replaced ? replaced : base, name, base);
      return typeof member === "function" ? member.bind(base) : member;
    },
  });
}

describe("transportContract", () => {
  for (const [defect, breakTransport] of Object.entries(DEFECTS)) {
    it(`fails a transport that ${defect}`, async () => {
      const broken = async () => breakTransport(await open(PROSODY));
      expect(await failuresOf((run) => transportContract(run, broken))).not.toEqual([]);
    });
  }
});
