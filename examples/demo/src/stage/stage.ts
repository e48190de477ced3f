import { join } from "node:path";
import { LEGACY, OMEMO_2, type OmemoVersion } from "@omemo/core";
import type { Narrator } from "../narrator.js";
import type { Surroundings } from "../surroundings/surroundings.js";
import { Device } from "./device.js";
import { type Person, person } from "./person.js";

const BOTH: readonly OmemoVersion[] = [OMEMO_2, LEGACY];

/** What each device speaks. */
type DeviceNames = Readonly<Record<string, readonly OmemoVersion[]>>;

/** The devices of each person; Carol's old PC speaks the old version only. */
const CAST: Readonly<Record<"Alice" | "Bob" | "Carol", DeviceNames>> = {
  Alice: { phone: BOTH, laptop: BOTH },
  Bob: { phone: BOTH, tablet: BOTH },
  Carol: { phone: BOTH, laptop: BOTH, "old PC": [LEGACY] },
};

/** Everybody who appears. */
export const NAMES: readonly string[] = Object.keys(CAST);

/** What the chapters of the story play on. */
export interface Stage {
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  readonly people: readonly Person[];
  readonly devices: readonly Device[];
  readonly narrator: Narrator;
}

/** `folder` is where the devices keep their files. */
export function setStage(surroundings: Surroundings, narrator: Narrator, folder: string): Stage {
  const play = (owner: keyof typeof CAST): Person => {
    const devices = Object.entries(CAST[owner]).map(([name, versions]) => {
      const file = join(folder, `${owner}-${name}.omemo`.replaceAll(" ", "-").toLowerCase());
      const connect = () => surroundings.logIn(owner, name);
      return new Device({ owner, name, versions, file, connect });
    });
    return person(owner, surroundings.addressOf(owner), devices);
  };
  const [alice, bob, carol] = [play("Alice"), play("Bob"), play("Carol")];
  const people = [alice, bob, carol];
  return { alice, bob, carol, people, devices: people.flatMap(({ devices }) => devices), narrator };
}
