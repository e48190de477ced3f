import { bareJid } from "@omemo/core";
import { describe, expect, it } from "vitest";
import { replay } from "../../src/atm/rules/replay.js";
import {
  type ManualStep,
  maySpeak,
  nameOf,
  type Statement,
} from "../../src/atm/rules/statement.js";
import { whomToTell } from "../../src/atm/rules/whomToTell.js";
import { MAX_STATEMENTS, MAX_WAITING, newest, withinBounds } from "../../src/atm/state/bounds.js";
import type { TrustKey } from "../../src/decisions/decision.js";
import { keyNumber } from "./bus.js";

const ALICE = bareJid("alice@example.org");
const BOB = bareJid("bob@example.org");
const CAROL = bareJid("carol@example.org");
const key = (jid: typeof ALICE, number: number): TrustKey => {
  return { jid, fingerprint: keyNumber(number) };
};
const [A1, A2, A3] = [key(ALICE, 1), key(ALICE, 2), key(ALICE, 3)] as const;
const [B1, B2, C1] = [key(BOB, 11), key(BOB, 12), key(CAROL, 21)] as const;

describe("who hears of a manual decision", () => {
  const authenticated = new Map([
    [ALICE, [A1, A2, A3]],
    [BOB, [B1, B2]],
    [CAROL, [C1]],
  ]);
  const told = (subject: TrustKey, verdict: "trust" | "distrust") =>
    new Map(
      whomToTell({ subject, verdict }, authenticated, A1).map(({ recipient, subjects }) => [
        nameOf(recipient),
        subjects,
      ]),
    );

  it("of a contact's key: our other devices, and it of theirs, not of ours [ATM-01, TM-05]", () => {
    expect(told(B1, "trust")).toEqual(
      new Map([
        [nameOf(A2), [B1]],
        [nameOf(A3), [B1]],
        [nameOf(B1), [A2, A3]],
      ]),
    );
  });

  it("of an own key: everybody, and it of everybody but us [ATM-02, TM-05]", () => {
    expect(told(A3, "trust")).toEqual(
      new Map([
        [nameOf(A2), [A3]],
        [nameOf(B1), [A3]],
        [nameOf(B2), [A3]],
        [nameOf(C1), [A3]],
        [nameOf(A3), [A2, B1, B2, C1]],
      ]),
    );
  });

  it("of distrust: of an own key everybody, of a contact's our own devices, never the distrusted [ATM-03]", () => {
    expect([...told(A3, "distrust").keys()]).toEqual([A2, B1, B2, C1].map(nameOf));
    expect([...told(B1, "distrust").keys()]).toEqual([A2, A3].map(nameOf));
  });

  it("is nobody where nobody is authenticated, and nobody hears of this device [TM-05]", () => {
    expect(whomToTell({ subject: B1, verdict: "trust" }, new Map(), A1)).toEqual([]);
    expect(told(A1, "trust").size).toBe(0);
  });
});

describe("who may speak for whom", () => {
  it("an own device for everybody's keys, others for those of their account [ATM-05]", () => {
    expect(maySpeak(A1, A2, A3)).toBe(true);
    expect(maySpeak(A1, A2, B1)).toBe(true);
    expect(maySpeak(A1, B1, B2)).toBe(true);
    expect(maySpeak(A1, B1, C1)).toBe(false);
    expect(maySpeak(A1, B1, A2)).toBe(false);
  });

  it("nobody for himself, or for this very device [ATM-09]", () => {
    expect(maySpeak(A1, A2, A2)).toBe(false);
    expect(maySpeak(A1, A2, A1)).toBe(false);
  });
});

describe("what follows from what was said", () => {
  const say = (sender: TrustKey, verdict: "trust" | "distrust", subject: TrustKey, at: number) => {
    return { sender, verdict, subject, at };
  };
  const decide = (verdict: ManualStep["verdict"], subject: TrustKey, at: number) => {
    return { verdict, subject, at };
  };
  const standing = (
    statements: readonly Statement[],
    manual: readonly ManualStep[],
    subject: TrustKey,
    follows = false,
  ) => replay({ statements, manual, follows }).standings.get(nameOf(subject))?.verdict;

  it("counts from an authenticated key alone; that of another waits until it is [ATM-05, ATM-06]", () => {
    const said = [say(A2, "trust", B1, 5)];
    expect(standing(said, [], B1)).toBeUndefined();
    expect(replay({ statements: said, manual: [], follows: false }).waiting).toEqual(said);
    expect(standing(said, [decide("trust", A2, 9)], B1)).toBe("trust");
  });

  it("lets one that waited speak for the next, round and round, and ends [ATM-08]", () => {
    const chain = [say(B1, "trust", B2, 3), say(A3, "trust", B1, 2), say(A2, "trust", A3, 1)];
    expect(standing(chain, [decide("trust", A2, 9)], B2)).toBe("trust");
    const circle = [...chain, say(B2, "trust", B1, 4), say(B1, "trust", B2, 5)];
    expect(standing(circle, [], B2)).toBeUndefined();
    expect(standing(circle, [decide("trust", A2, 9)], B2)).toBe("trust");
  });

  it("is the newest that was said, whoever said it and whenever it arrived [TM-07]", () => {
    const own = [decide("trust", A2, 1), decide("trust", A3, 1)];
    const said = [say(A2, "distrust", B1, 7), say(A3, "trust", B1, 5)];
    expect(standing(said, own, B1)).toBe("distrust");
    expect(standing([...said].reverse(), own, B1)).toBe("distrust");
    expect(standing([...said, say(A3, "trust", B1, 8)], own, B1)).toBe("trust");
  });

  it("is not turned by what is older and only counts now [TM-07, ATM-06]", () => {
    const own = [decide("trust", A2, 1), decide("trust", A3, 9)];
    const said = [say(A2, "distrust", B1, 7), say(A3, "trust", B1, 5)];
    expect(standing(said, own, B1)).toBe("distrust");
    expect(standing([...said, say(A3, "trust", B1, 8)], own, B1)).toBe("trust");
  });

  it("is distrust where both are said at once [ATM-09]", () => {
    const said = [say(A2, "distrust", B1, 5), say(A2, "trust", B1, 5)];
    expect(standing(said, [decide("trust", A2, 1)], B1)).toBe("distrust");
    expect(standing([...said].reverse(), [decide("trust", A2, 9)], B1)).toBe("distrust");
  });

  it("never turns what a person decided, unless so wished [ATM-09, TM-07]", () => {
    const own = [decide("trust", A2, 1), decide("distrust", B1, 5)];
    const later = [say(A2, "trust", B1, 9)];
    expect(standing(later, own, B1)).toBe("distrust");
    expect(replay({ statements: later, manual: own, follows: false }).overruled).toEqual(later);
    expect(standing(later, own, B1, true)).toBe("trust");
    expect(standing([say(A2, "trust", B1, 3)], own, B1, true)).toBe("distrust");
  });

  it("a decision taken back lets others decide from then on [ATM-09]", () => {
    const own = [decide("trust", A2, 1), decide("trust", B1, 5), decide("release", B1, 6)];
    expect(standing([say(A2, "distrust", B1, 4)], own, B1)).toBeUndefined();
    expect(standing([say(A2, "distrust", B1, 8)], own, B1)).toBe("distrust");
  });

  it("nothing of what a distrusted key said waits for better times [ATM-06]", () => {
    const said = [say(A3, "trust", B1, 4), say(A3, "trust", B2, 6)];
    const own = [decide("distrust", A3, 5), decide("trust", A3, 7)];
    expect(standing(said, own, B1)).toBeUndefined();
    expect(standing(said, own, B2)).toBeUndefined();
    expect(standing([...said, say(A3, "trust", B2, 8)], own, B2)).toBe("trust");
  });

  it("remembers of equal statements the newest, so that repetition changes nothing [TM-07]", () => {
    const said = [say(A2, "trust", B1, 5), say(A2, "trust", B1, 3), say(A2, "distrust", B1, 4)];
    expect(newest(said)).toEqual([said[0], said[2]]);
  });

  it("remembers little of strangers, and everything of those who count [ATM-08]", () => {
    const flood = Array.from({ length: MAX_WAITING + 20 }, (_, at) =>
      say(key(BOB, 100 + (at % 3)), "trust", { ...B1, fingerprint: `${at}` as never }, at),
    );
    const trusted = Array.from({ length: 600 }, (_, at) =>
      say(A2, "trust", { ...C1, fingerprint: `${at}` as never }, at + 1),
    );
    const statements = [...flood, ...trusted];
    const manual = [decide("trust", A2, 0)];
    const kept = withinBounds(statements, replay({ statements, manual, follows: false })) ?? [];
    expect(kept).toHaveLength(MAX_WAITING + trusted.length);
    expect(kept).not.toContain(flood[0]);
    expect(kept).toContain(flood.at(-1));
  });

  it("takes no more than a bounded number in all [ATM-08]", () => {
    const statements = Array.from({ length: MAX_STATEMENTS + 1 }, (_, at) =>
      say(A2, "trust", { ...C1, fingerprint: `${at}` as never }, at + 1),
    );
    const outcome = replay({ statements, manual: [decide("trust", A2, 0)], follows: false });
    expect(withinBounds(statements, outcome)).toBeUndefined();
    expect(withinBounds(statements.slice(1), outcome)).toHaveLength(MAX_STATEMENTS);
  });
});
