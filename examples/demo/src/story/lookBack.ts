import type { Stage } from "../stage/stage.js";

/** What the server saw, and what else went wrong. */
export async function lookBack({ narrator, devices }: Stage): Promise<void> {
  narrator.chapter("What the server saw");
  const texts = new Set(devices.flatMap(({ read }) => read.all.map(({ body = "" }) => body)));
  const carried = devices.flatMap((device) => device.carried);
  const leaked = [...texts].filter((text) => carried.some((xml) => xml.includes(text)));
  narrator.check(
    `None of the ${texts.size} texts in the ${carried.length} stanzas and items it was given`,
    texts.size > 0 && leaked.length === 0,
  );
  const problems = devices.flatMap(({ title, problems: own }) =>
    own.map((problem) => `${title}: ${problem}`),
  );
  narrator.tell(...problems);
  narrator.check("Nothing failed in the background", problems.length === 0);
}
