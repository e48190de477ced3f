import { client, xml } from "@xmpp/client";
import type { LabAccount, LabServer } from "./startServer.js";

/** Where a device's bundle is published, and how its pre-keys are written. */
interface BundlePlace {
  readonly node: string;
  readonly item: string;
  readonly keyElement: string;
  readonly idAttribute: string;
}

export type BundleVersion = "omemo2" | "legacy";

function placeOf(version: BundleVersion, deviceId: number): BundlePlace {
  return version === "omemo2"
    ? {
        node: "urn:xmpp:omemo:2:bundles",
        item: `${deviceId}`,
        keyElement: "pk",
        idAttribute: "id",
      }
    : {
        node: `eu.siacs.conversations.axolotl.bundles:${deviceId}`,
        item: "current",
        keyElement: "preKeyPublic",
        idAttribute: "preKeyId",
      };
}

/** Reads bundles from the server, as a stranger to their owner would. */
export interface BundleReader {
  /** Pre-keys in the bundle of that device: their ids, with the keys as they are published. */
  readPreKeys(
    jid: string,
    version: BundleVersion,
    deviceId: number,
  ): Promise<ReadonlyMap<string, string>>;
  stop(): Promise<void>;
}

export async function openBundleReader(
  server: LabServer,
  account: LabAccount,
): Promise<BundleReader> {
  const connection = client({
    service: server.wsUri,
    domain: server.domain,
    username: account.jid.slice(0, account.jid.indexOf("@")),
    password: account.password,
  });
  connection.on("error", () => {
    // What fails rejects the request that needed it.
  });
  await connection.start();
  return {
    async readPreKeys(jid, version, deviceId) {
      const { node, item, keyElement, idAttribute } = placeOf(version, deviceId);
      const items = xml("items", { node }, xml("item", { id: item }));
      const pubsub = xml("pubsub", { xmlns: "http://jabber.org/protocol/pubsub" }, items);
      const answer = await connection.iqCaller.request(xml("iq", { type: "get", to: jid }, pubsub));
      const bundle = answer
        .getChild("pubsub")
        ?.getChild("items")
        ?.getChild("item")
        ?.getChild("bundle");
      const keys = bundle?.getChild("prekeys")?.getChildren(keyElement) ?? [];
      return new Map(keys.map((key) => [`${key.attrs[idAttribute]}`, key.text()]));
    },
    async stop() {
      await connection.stop();
    },
  };
}
