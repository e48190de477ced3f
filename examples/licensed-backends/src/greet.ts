import { memoryStore, type OmemoBackend, OmemoManager, type ReceivedMessage } from "@omemo/core";
import { realTimeline, type SimulatedConnection, simulatedNetwork } from "@omemo/testkit";
import { blindTrust } from "@omemo/trust";

/** All that a program does with its backend; it is the same for both. */
export async function greet(backend: OmemoBackend): Promise<string> {
  const network = simulatedNetwork({ seed: 1, timeline: realTimeline() });
  network.befriend("juliet@example.org", "romeo@example.org");
  const romeo = await logIn(network.connect("romeo@example.org", "phone"), backend);
  const juliet = await logIn(network.connect("juliet@example.org", "balcony"), backend);
  const heard = new Promise<ReceivedMessage>((resolve) => romeo.manager.on("message", resolve));
  await juliet.manager.sendMessage("romeo@example.org", "Wherefore?");
  const { body, version } = await heard;
  for (const { manager, connection } of [romeo, juliet]) {
    await manager.close();
    connection.kill();
  }
  return `${backend.id} speaks ${backend.versions.join(" and ")}; "${body}" went in ${version}`;
}

async function logIn(
  connection: SimulatedConnection,
  backend: OmemoBackend,
): Promise<{ readonly manager: OmemoManager; readonly connection: SimulatedConnection }> {
  const store = memoryStore();
  const manager = new OmemoManager({
    backend,
    store,
    trust: blindTrust(store),
    transport: connection,
  });
  while (connection.isOnline !== true) await new Promise((resolve) => setTimeout(resolve, 10));
  await manager.initialize();
  return { manager, connection };
}
