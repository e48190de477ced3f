import { describe, expect, it } from "vitest";
import { bareJid } from "../../../src/domain/jid.js";
import type { NodeOptions } from "../../../src/ports/transport.js";
import type { IqCall, IqReply } from "../../../src/wire/transport/iq.js";
import { pepOverIq } from "../../../src/wire/transport/pepOverIq.js";
import { xml } from "../../../src/wire/xml/element.js";
import { failure, PepServer, payload, type Quirks, result } from "./pepServer.js";

const ONE: NodeOptions = { access: "open", maxItems: 1 };
const MANY: NodeOptions = { access: "open", maxItems: "max" };
const open = { "pubsub#access_model": "open", "pubsub#persist_items": "true" } as const;
const alice = bareJid("alice@example.org");

function serve(quirks: Quirks = {}) {
  const server = new PepServer(quirks);
  return { server, pep: pepOverIq(server.iq, () => server.account) };
}

/** A service that gives these answers, whatever it is asked. */
function answer(...replies: readonly IqReply[]) {
  const left = [...replies];
  const iq: IqCall = async () => left.shift() ?? failure("unexpected-request");
  return pepOverIq(iq, () => alice);
}

const items = (node: string, ...ids: readonly string[]) =>
  result(
    xml(
      "pubsub",
      { xmlns: "http://jabber.org/protocol/pubsub" },
      xml("items", { node }, ...ids.map((id) => xml("item", { id }, payload(id)))),
    ),
  );

describe("fetching over a bare iq call", () => {
  it("finds the item by its id, and nothing where there is none [PEP-07, O2-39b]", async () => {
    const { server, pep } = serve();
    server.put("bundles", {}, "1", "2");
    expect(await pep.fetchItem(server.account, "bundles", "1")).toEqual(payload("1"));
    expect(await pep.fetchItem(server.account, "bundles", "3")).toBeUndefined();
    expect(await pep.fetchItem(server.account, "none", "1")).toBeUndefined();
    expect(
      await answer(items("bundles", "2", "3")).fetchItem(alice, "bundles", "1"),
    ).toBeUndefined();
  });

  it("chooses `current` before newer ones, else the newest [O2-24, L-23, Q-01, Q-02]", async () => {
    const { server, pep } = serve();
    server.put("list", {}, "a", "current", "b");
    expect(await pep.fetchItem(server.account, "list")).toEqual(payload("current"));
    server.put("list", {}, "a", "b");
    expect(await pep.fetchItem(server.account, "list")).toEqual(payload("b"));
    const several = answer(items("list", "current", "z"));
    expect(await several.fetchItem(alice, "list")).toEqual(payload("current"));
  });

  it("asks once where the newest is `current` or there is none [L-23]", async () => {
    const { server, pep } = serve();
    server.put("list", {}, "current");
    await pep.fetchItem(server.account, "list");
    await pep.fetchItem(server.account, "none");
    expect(server.log).toEqual(["get items", "get items"]);
  });

  it("takes an empty item and an empty node for absence [L-11, PEP-07]", async () => {
    const { server, pep } = serve();
    server.put("list", {});
    expect(await pep.fetchItem(server.account, "list")).toBeUndefined();
    const pubsub = { xmlns: "http://jabber.org/protocol/pubsub" };
    const empty = xml(
      "pubsub",
      pubsub,
      xml("items", { node: "n" }, xml("item", { id: "current" })),
    );
    expect(await answer(result(empty)).fetchItem(alice, "n")).toBeUndefined();
  });

  it.each([
    "forbidden",
    "not-authorized",
    "not-allowed",
    "service-unavailable",
    "remote-server-timeout",
    "remote-server-not-found",
    "internal-server-error",
  ])("does not take %s for absence [PEP-08, PEP-09]", async (condition) => {
    const expected = { code: "transport-failure", condition };
    await expect(answer(failure(condition)).fetchItem(alice, "n")).rejects.toMatchObject(expected);
    await expect(answer(failure(condition)).fetchItem(alice, "n", "1")).rejects.toMatchObject(
      expected,
    );
    const ids = answer(failure(condition), failure(condition)).fetchItemIds(alice, "n");
    await expect(ids).rejects.toMatchObject(expected);
  });

  it("does not take a malformed answer for absence, nor one about another node [PEP-09]", async () => {
    for (const reply of [result(), result(xml("pubsub")), items("other", "1")]) {
      await expect(answer(reply).fetchItem(alice, "n")).rejects.toMatchObject({
        code: "transport-failure",
      });
    }
    await expect(answer(result()).fetchItemIds(alice, "n")).rejects.toMatchObject({
      code: "transport-failure",
    });
  });

  it("lists ids without payloads, and with them where discovery is refused", async () => {
    for (const refusesDiscovery of [undefined, "service-unavailable", "subscription-required"]) {
      const { server, pep } = serve(refusesDiscovery === undefined ? {} : { refusesDiscovery });
      server.put("bundles", {}, "1", "2");
      expect(await pep.fetchItemIds(server.account, "bundles")).toEqual(["1", "2"]);
      expect(await pep.fetchItemIds(server.account, "none")).toEqual([]);
      expect(server.log).toHaveLength(refusesDiscovery === undefined ? 0 : 2);
    }
  });

  it("passes the signal to the call", async () => {
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const pep = pepOverIq(
      async (_, given) => {
        seen.push(given);
        return failure("forbidden");
      },
      () => alice,
    );
    await pep.fetchItem(alice, "n", undefined, signal).catch(() => undefined);
    await pep.fetchItemIds(alice, "n", signal).catch(() => undefined);
    expect(seen).toEqual([signal, signal, signal]);
  });
});

describe("publishing over a bare iq call", () => {
  it("makes an open, persistent node with its options, in one request [L-26, L-27, PEP-10, O2-13, O2-14, PEP-04]", async () => {
    const { server, pep } = serve();
    await pep.publishItem("list", "current", payload("1"), ONE);
    expect(server.config("list")).toEqual({ ...open, "pubsub#max_items": "1" });
    expect(server.log).toEqual(["set publish"]);
    expect(await pep.fetchItem(server.account, "list")).toEqual(payload("1"));
  });

  it("publishes up to five times where the node loses races to be made, as on ejabberd", async () => {
    const item = { node: "list", itemId: "current", payload: payload("list"), options: ONE };
    for (const [losses, condition] of [
      [0, ""],
      [1, "internal-server-error"],
      [4, "item-not-found"],
      [5, "item-not-found"],
    ] as const) {
      const { server } = serve();
      let left = losses;
      const iq: IqCall = async (request, ...rest) => {
        const isPublish = JSON.stringify(request).includes('"publish"');
        if (!isPublish || left === 0) return server.iq(request, ...rest);
        left -= 1;
        return failure(condition);
      };
      const { node, itemId, payload: element, options } = item;
      const published = pepOverIq(iq, () => server.account).publishItem(
        node,
        itemId,
        element,
        options,
      );
      if (losses < 5) await published;
      else await expect(published).rejects.toMatchObject({ condition });
      expect(server.nodes.has("list")).toBe(losses < 5);
    }
  });

  it("makes a node for all devices [O2-39, O2-39a]", async () => {
    const { server, pep } = serve();
    for (const id of ["1", "2", "3"]) await pep.publishItem("bundles", id, payload(id), MANY);
    expect(server.ids("bundles")).toEqual(["1", "2", "3"]);
    expect(server.config("bundles")).toEqual({ ...open, "pubsub#max_items": "max" });
  });

  it("makes a closed node", async () => {
    const { server, pep } = serve();
    await pep.publishItem("secret", "1", payload("1"), { access: "private", maxItems: 1 });
    expect(server.config("secret")?.["pubsub#access_model"]).toBe("whitelist");
  });

  it("configures a node that does not fit, keeping its items, and publishes once more [L-28, PEP-05, PEP-06]", async () => {
    const { server, pep } = serve();
    server.put("bundles", {}, "1");
    await pep.publishItem("bundles", "2", payload("2"), MANY);
    expect(server.ids("bundles")).toEqual(["1", "2"]);
    expect(server.config("bundles")).toEqual({ ...open, "pubsub#max_items": "max" });
    expect(server.log).toEqual(["set publish", "get configure", "set configure", "set publish"]);
  });

  it("sends its own fields alone where there is no form [L-32]", async () => {
    const { server, pep } = serve({ hidesForm: true });
    server.put("list", {}, "current");
    await pep.publishItem("list", "current", payload("new"), ONE);
    expect(server.config("list")?.["pubsub#access_model"]).toBe("open");
    expect(await pep.fetchItem(server.account, "list")).toEqual(payload("new"));
  });

  it("publishes without options to a server that is never satisfied [L-29]", async () => {
    const { server, pep } = serve({ isNeverSatisfied: true });
    server.put("list", {}, "current");
    await pep.publishItem("list", "current", payload("new"), ONE);
    expect(await pep.fetchItem(server.account, "list")).toEqual(payload("new"));
    expect(server.config("list")?.["pubsub#access_model"]).toBe("open");
  });

  it("configures the node by itself where the option is unknown, as on ejabberd [O2-39a]", async () => {
    const { server, pep } = serve({ refusesLimitOption: "resource-constraint" });
    server.put("old", {}, "1");
    for (const node of ["new", "old"]) {
      for (const id of ["1", "2", "3"]) await pep.publishItem(node, id, payload(id), MANY);
      expect(server.ids(node)).toEqual(["1", "2", "3"]);
      expect(server.config(node)).toEqual({ ...open, "pubsub#max_items": "max" });
    }
  });

  it.each(["bad-request", "not-acceptable", "feature-not-implemented"])(
    "finds a way round %s for the option [O2-39a, PEP-12]",
    async (refusesLimitOption) => {
      const { server, pep } = serve({ refusesLimitOption });
      await pep.publishItem("bundles", "1", payload("1"), MANY);
      expect(server.config("bundles")?.["pubsub#max_items"]).toBe("max");
    },
  );

  it.each([
    [1000, "1000"],
    [256, "100"],
    [50, "10"],
  ])(
    "takes the highest limit that a server with at most %d items knows [O2-39a]",
    async (highestLimit, limit) => {
      const { server, pep } = serve({ highestLimit });
      server.put("old", {}, "1");
      for (const node of ["new", "old"]) {
        for (const id of ["1", "2"]) await pep.publishItem(node, id, payload(id), MANY);
        expect(server.ids(node)).toEqual(["1", "2"]);
        expect(server.config(node)?.["pubsub#max_items"]).toBe(limit);
      }
    },
  );

  it("does not push another device's item out of a full node [O2-39g, PEP-14a]", async () => {
    const { server, pep } = serve({ highestLimit: 10 });
    const ids = Array.from({ length: 10 }, (_, index) => `${index}`);
    for (const id of ids) await pep.publishItem("bundles", id, payload(id), MANY);
    await pep.publishItem("bundles", "0", payload("again"), MANY);
    await expect(pep.publishItem("bundles", "10", payload("10"), MANY)).rejects.toMatchObject({
      code: "transport-failure",
      message: expect.stringContaining("full"),
    });
    expect([...server.ids("bundles")].sort()).toEqual(ids);
  });

  it("does not push another device's item out where only configuring tells the limit [O2-39g]", async () => {
    const { server, pep } = serve({ highestLimit: 10, refusesLimitOption: "resource-constraint" });
    const ids = Array.from({ length: 10 }, (_, index) => `${index}`);
    server.put("bundles", { ...open, "pubsub#max_items": "10" }, ...ids);
    await expect(pep.publishItem("bundles", "10", payload("10"), MANY)).rejects.toMatchObject({
      code: "transport-failure",
    });
    expect(server.ids("bundles")).toEqual(ids);
  });

  it("asks a numbered node to refuse when it is full, where the form offers it [O2-39g]", async () => {
    const { server, pep } = serve({
      highestLimit: 100,
      offersFullPolicy: true,
      refusesLimitOption: "resource-constraint",
    });
    server.put("bundles", {}, "1");
    await pep.publishItem("bundles", "2", payload("2"), MANY);
    expect(server.config("bundles")?.["pubsub#publish_node_full"]).toBe("reject");
  });

  it("publishes nothing for all devices into a node that keeps one [O2-19, O2-39a]", async () => {
    const { server, pep } = serve({
      refusesLimitOption: "resource-constraint",
      refusesConfiguration: "forbidden",
    });
    server.put("bundles", {}, "1");
    await expect(pep.publishItem("bundles", "2", payload("2"), MANY)).rejects.toMatchObject({
      code: "transport-failure",
      condition: "forbidden",
    });
    expect(server.ids("bundles")).toEqual(["1"]);
  });

  it("configures a node after publishing where options are ignored [L-31, PEP-11]", async () => {
    const { server, pep } = serve({ ignoresOptions: true });
    server.put("list", {}, "current");
    await pep.publishItem("list", "current", payload("new"), ONE);
    await pep.publishItem("fresh", "current", payload("new"), ONE);
    for (const node of ["list", "fresh"]) {
      expect(server.config(node)?.["pubsub#access_model"]).toBe("open");
      expect(await pep.fetchItem(server.account, node)).toEqual(payload("new"));
    }
  });

  it.each<Quirks>([
    { isNeverSatisfied: true, refusesConfiguration: "forbidden" },
    { isNeverSatisfied: true, forcedAccess: "whitelist" },
    { ignoresOptions: true, forcedAccess: "whitelist" },
  ])("says so when others cannot read what was published, with %o [L-29, Q-23]", async (quirks) => {
    const { server, pep } = serve(quirks);
    server.put("list", {}, "current");
    await expect(pep.publishItem("list", "current", payload("new"), ONE)).rejects.toMatchObject({
      code: "transport-failure",
      message: expect.stringContaining("published to"),
    });
    expect(await pep.fetchItem(server.account, "list")).toEqual(payload("new"));
  });

  it.each(["forbidden", "not-allowed", "service-unavailable", "remote-server-timeout"])(
    "tries nothing else after %s [L-30]",
    async (refusesPublish) => {
      const { server, pep } = serve({ refusesPublish });
      await expect(pep.publishItem("list", "current", payload("1"), ONE)).rejects.toMatchObject({
        code: "transport-failure",
        condition: refusesPublish,
      });
      expect(server.log).toEqual(["set publish"]);
    },
  );

  it("fails with the condition when even a bare publish is refused [L-30]", async () => {
    const { pep } = serve({ refusesPublish: "resource-constraint" });
    await expect(pep.publishItem("list", "current", payload("1"), ONE)).rejects.toMatchObject({
      condition: "resource-constraint",
    });
  });
});

describe("removing over a bare iq call", () => {
  it("retracts and deletes, and is content when there is nothing [PEP-13]", async () => {
    const { server, pep } = serve();
    server.put("bundles", {}, "1", "2");
    await pep.retractItem("bundles", "1");
    await pep.retractItem("bundles", "1");
    expect(server.ids("bundles")).toEqual(["2"]);
    await pep.deleteNode("bundles");
    await pep.deleteNode("bundles");
    await pep.retractItem("bundles", "2");
    expect(server.nodes.size).toBe(0);
  });

  it("fails with the condition of any other refusal", async () => {
    const expected = { code: "transport-failure", condition: "forbidden" };
    await expect(answer(failure("forbidden")).retractItem("n", "1")).rejects.toMatchObject(
      expected,
    );
    await expect(answer(failure("forbidden")).deleteNode("n")).rejects.toMatchObject(expected);
  });
});
