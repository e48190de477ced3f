import { nobleBackend } from "@omemo/backend-noble";
import {
  LEGACY,
  memoryStore,
  OMEMO_2,
  OmemoManager,
  type OmemoStore,
  type OmemoTrustCallback,
  type OmemoVersion,
} from "@omemo/core";
import { serialize } from "@omemo/core/wire";
import { describeMachine } from "../measuring/machine.ts";
import { settle } from "../measuring/settle.ts";
import { type Blocked, watchBlocked } from "./blocked.ts";
import { type RoomNetwork, roomNetwork } from "./roomNetwork.ts";

const DEVICES = 3;
/** What a page drops a frame for. */
const GOAL = 16;

interface Cost {
  readonly gather: number;
  readonly plan: number;
  readonly commit: number;
  readonly blocked: Blocked;
}

/** How long commits took since it was asked last, ms. */
interface TimedStore extends OmemoStore {
  committed(): number;
}

function timedStore(): TimedStore {
  const store = memoryStore();
  let spent = 0;
  return {
    ...store,
    commit: async (batch) => {
      const begun = performance.now();
      try {
        return await store.commit(batch);
      } finally {
        spent = performance.now() - begun;
      }
    },
    committed: () => spent,
  };
}

const trustAll: OmemoTrustCallback = {
  getTrust: async (identities) => identities.map(() => "trusted"),
  setTrust: async () => undefined,
};

async function send(
  manager: OmemoManager,
  store: TimedStore,
  { room, seen, members }: RoomNetwork,
): Promise<Cost> {
  await settle();
  const fetches = seen.fetches;
  const watch = watchBlocked();
  const begun = performance.now();
  const sent = await manager.sendRoomMessage(room, "Good evening to all of you");
  const blocked = watch.stop();
  if (sent.intendedDevices.length !== members * DEVICES) throw new Error("somebody is missing");
  const gather = seen.fetches > fetches ? seen.answeredAt - begun : 0;
  const commit = store.committed();
  return { gather, plan: seen.sentAt - begun - gather - commit, commit, blocked };
}

async function measure(
  version: OmemoVersion,
  members: number,
  laterMessages: number,
): Promise<readonly (readonly [string, Cost])[]> {
  const backend = nobleBackend();
  const network = await roomNetwork(backend, version, members, DEVICES);
  const store = timedStore();
  const { transport } = network;
  const ports = { backend, store, trust: trustAll, transport };
  const manager = new OmemoManager(ports, { versions: [version] });
  await manager.initialize();
  network.enter();
  await manager.idle();
  const first = await send(manager, store, network);
  const later: Cost[] = [];
  for (let message = 0; message < laterMessages; message += 1) {
    later.push(await send(manager, store, network));
  }
  await manager.close();
  const size = network.seen.stanza === undefined ? 0 : serialize(network.seen.stanza).length;
  console.error(`${version}: the stanza has ${Math.round(size / 1024)} KiB`);
  return [
    [`${version}, first message`, first],
    [`${version}, later message`, medianOf(later)],
  ];
}

/** The middle of each figure; of the longest block the longest. */
function medianOf(costs: readonly Cost[]): Cost {
  const middle = (read: (cost: Cost) => number): number =>
    costs.map(read).sort((a, b) => a - b)[costs.length >> 1] ?? Number.NaN;
  return {
    gather: middle(({ gather }) => gather),
    plan: middle(({ plan }) => plan),
    commit: middle(({ commit }) => commit),
    blocked: {
      wall: Math.max(...costs.map(({ blocked }) => blocked.wall)),
      computed: Math.max(...costs.map(({ blocked }) => blocked.computed)),
    },
  };
}

/** A report of the first and of later messages to a room, in Markdown. */
export async function measureRoom(isQuick: boolean): Promise<string> {
  const members = isQuick ? 5 : 200;
  const laterMessages = isQuick ? 1 : 9;
  const rows: string[] = [];
  for (const version of [OMEMO_2, LEGACY]) {
    for (const [name, cost] of await measure(version, members, laterMessages)) {
      const { gather, plan, commit, blocked } = cost;
      const figures = [gather, plan, commit, blocked.wall, blocked.computed];
      rows.push(`| ${name} | ${figures.map((figure) => figure.toFixed(1)).join(" | ")} |`);
    }
  }
  const { processor, node, load } = describeMachine();
  return [
    `A room of ${members} members with ${DEVICES} devices each, ms.`,
    `${processor}, Node ${node}, load ${load.toFixed(1)}\n`,
    `| message | gather | plan | commit | longest block (goal ${GOAL}) | of it computed |`,
    "| --- | --: | --: | --: | --: | --: |",
    ...rows,
  ].join("\n");
}
