import { LEGACY, OMEMO_2, type Sent } from "@omemo/core";
import type { Device } from "../stage/device.js";
import type { Stage } from "../stage/stage.js";

/** A message reaches every device of both, in the version that each of them speaks. */
export async function writeToEverybody({ narrator, alice, bob, carol }: Stage): Promise<void> {
  narrator.chapter("One message, every device");
  const phone = alice.device("phone");
  const question = "Bob, is the key under the mat?";
  narrator.tell(`Alice's phone → Bob    "${question}"`);
  await phone.send(bob.address, question);
  await checkReaders([...bob.devices, alice.device("laptop")], question);

  const answer = "Not any more. Ask Carol.";
  narrator.tell(`Bob's tablet → Alice   "${answer}"`);
  await bob.device("tablet").send(alice.address, answer);
  await checkReaders([...alice.devices, bob.device("phone")], answer);

  const request = "Carol, where is it now?";
  narrator.tell(`Alice's phone → Carol  "${request}"`);
  const sent = await phone.send(carol.address, request);
  await checkReaders([...carol.devices, alice.device("laptop")], request);
  narrator.check(
    "Carol's old PC got it in legacy OMEMO, everybody else in OMEMO 2",
    countOf(sent, LEGACY) === 1 && countOf(sent, OMEMO_2) === 3,
  );

  const reply = "In the flower pot, as always.";
  narrator.tell(`Carol's old PC → Alice "${reply}"`);
  await carol.device("old PC").send(alice.address, reply);
  await checkReaders([...alice.devices, carol.device("phone"), carol.device("laptop")], reply);

  async function checkReaders(readers: readonly Device[], text: string): Promise<void> {
    const messages = await Promise.all(readers.map((reader) => reader.reads(text)));
    const names = readers.map(({ title }) => title).join(", ");
    const isReadByAll = messages.every((message) => message?.trust === "trusted");
    narrator.check(`Read by ${names}`, isReadByAll);
  }
}

function countOf({ intendedDevices }: Sent, version: Sent["intendedDevices"][number]["version"]) {
  return intendedDevices.filter((intended) => intended.version === version).length;
}
