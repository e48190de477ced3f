import type { Stage } from "../stage/stage.js";

/** What was decrypted but not read yet is told again: a message decrypts only once. */
export async function surviveCrash({ narrator, alice, carol }: Stage): Promise<void> {
  narrator.chapter("The battery of Carol's phone dies in the middle of a message");
  const phone = carol.device("phone");
  const text = "Meet me at the harbour at nine.";
  phone.dieAtNextMessage();
  narrator.tell(`Alice's phone → Carol  "${text}"`);
  await alice.device("phone").send(carol.address, text);
  const interrupted = await phone.dropped.next(({ body }) => body === text);
  narrator.tell("Carol's phone has decrypted it, and goes black before it shows anything.");
  await phone.kill();
  narrator.check(
    "Nobody has read it on this phone, and what was in memory is gone",
    interrupted !== undefined && !phone.read.all.some(({ body }) => body === text),
  );

  narrator.tell("Carol plugs it in. It starts from its file.");
  await phone.start();
  const again = await phone.reads(text);
  narrator.check(
    "It is there, with the id it had before, and marked as told again",
    again?.isRedelivery === true && again.id === interrupted?.id,
  );

  const answer = "I will be there.";
  narrator.tell(`Carol's phone → Alice  "${answer}"`);
  await phone.send(alice.address, answer);
  const read = await Promise.all(alice.devices.map((device) => device.reads(answer)));
  narrator.check(
    "The conversation goes on: both of Alice's devices read the answer",
    read.every((message) => message !== undefined),
  );
  const times = phone.read.all.filter(({ body }) => body === text).length;
  narrator.check("Nothing came twice", times === 1);
}
