import type { Stage } from "../stage/stage.js";

/** A device without network misses nothing. */
export async function passTunnel({ narrator, alice, bob }: Stage): Promise<void> {
  narrator.chapter("Bob's tablet is in a tunnel");
  const tablet = bob.device("tablet");
  const texts = ["It is not there.", "Found it.", "Somebody was here before us!"];
  await tablet.line.cut();
  for (const text of texts) {
    narrator.tell(`Alice's laptop → Bob   "${text}"`);
    await alice.device("laptop").send(bob.address, text);
  }
  const onPhone = await Promise.all(texts.map((text) => bob.device("phone").reads(text)));
  narrator.check(
    "Bob's phone read them at once",
    onPhone.every((message) => message !== undefined),
  );
  const early = tablet.read.all.filter(({ body }) => texts.includes(body ?? ""));
  narrator.check("Bob's tablet has read none of them", early.length === 0);

  narrator.tell("The train leaves the tunnel.");
  await tablet.line.restore();
  await Promise.all(texts.map((text) => tablet.reads(text)));
  const caughtUp = tablet.read.all.flatMap(({ body = "" }) => (texts.includes(body) ? [body] : []));
  narrator.check(
    "Bob's tablet caught up: three messages, in their order, each once",
    JSON.stringify(caughtUp) === JSON.stringify(texts),
  );
}
