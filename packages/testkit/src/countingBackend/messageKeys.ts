/** Counts the message keys of one or more counting backends, and notices those used twice. */
export interface MessageKeys {
  /** How many different message keys have encrypted something. */
  readonly used: number;
  /**
   * Names of the keys under which two different messages reached a reader: must be empty, whatever
   * crashed. What was encrypted again because its first form never left is none.
   */
  readonly reused: readonly string[];
  /** Called by the backend: a key has encrypted the message with this MAC. */
  sealed(name: string, mac: string): void;
  /** Called by the backend: a message has come to a reader. Forgeries are not counted. */
  arrived(name: string, mac: string): void;
}

interface Use {
  readonly sealed: Set<string>;
  readonly arrived: Set<string>;
}

/** A count to share between all backends of a run; it outlives simulated processes. */
export function messageKeys(): MessageKeys {
  const uses = new Map<string, Use>();
  const reused: string[] = [];
  return {
    get used() {
      return uses.size;
    },
    reused,
    sealed: (name, mac) => {
      const use = uses.get(name) ?? { sealed: new Set(), arrived: new Set() };
      uses.set(name, use);
      use.sealed.add(mac);
    },
    arrived: (name, mac) => {
      const use = uses.get(name);
      if (use?.sealed.has(mac) !== true || use.arrived.has(mac)) return;
      use.arrived.add(mac);
      if (use.arrived.size === 2) reused.push(name);
    },
  };
}
