import { LEGACY, OMEMO_2, type OmemoDevice, type OmemoVersion } from "@omemo/core";
import { bundleNode } from "@omemo/core/wire";
import type { ServerBehaviour } from "../network/serverBehaviour.js";
import type { SimulatedNetwork } from "../network/simulatedNetwork.js";

const VERSIONS: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

/**
 * A server that gives the bundle of `attacker` to everybody who asks for that of `victim`: whoever
 * trusts it blindly encrypts for the attacker.
 */
export function swapBundle(
  network: SimulatedNetwork,
  victim: OmemoDevice,
  attacker: OmemoDevice,
): ServerBehaviour {
  return {
    item: ({ owner, node, itemId }, honest) => {
      const version = VERSIONS.find((each) => {
        const stolen = bundleNode(each, victim.deviceId);
        return stolen.node === node && (itemId ?? stolen.itemId) === stolen.itemId;
      });
      if (owner !== victim.jid || version === undefined || honest === undefined) return honest;
      const forged = bundleNode(version, attacker.deviceId);
      const { nodes } = network.account(attacker.jid).pep;
      return nodes.get(forged.node)?.items.get(forged.itemId) ?? honest;
    },
  };
}
