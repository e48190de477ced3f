/** `unknown`: it ran, or runs, on another machine or in another container. */
export type OwnerState = "running" | "ended" | "unknown";

/**
 * Who holds a lock, as the name of an empty file: a name appears at once or not at all, whereas the
 * content of a file may be missing after the power failed.
 */
export interface Owner {
  /** Differs each time a lock is taken, so a name is never used twice. */
  readonly token: string;
  readonly pid: number;
  /** When the process started, in whatever unit the system has; `0` when it does not tell. */
  readonly start: string;
  /** Which start of the machine; `0` when the system does not tell. */
  readonly boot: string;
  /**
   * Which space of process ids: containers have their own. Starts with `c` in a container that has
   * a host name of its own as well; `0` when the system does not tell.
   */
  readonly space: string;
  /** Which machine. */
  readonly host: string;
}

/** Letters and digits, so that the name fits every file system. */
export function ownerName(owner: Owner): string {
  const { token, pid, start, boot, space, host } = owner;
  return [token, pid, start, boot, space, host].join("-");
}

/** `undefined` when {@link ownerName} never gives this name. */
export function parseOwnerName(name: string): Owner | undefined {
  const match = /^([0-9a-z]+)-(\d+)-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z]+)$/.exec(name);
  if (match === null) return undefined;
  const [, token = "", pid = "", start = "", boot = "", space = "", host = ""] = match;
  return { token, pid: Number(pid), start, boot, space, host };
}

/** What `owner` itself tells to a process `here`; `ask` leaves it to this system's process table. */
export function stateByName(owner: Owner, here: Owner): OwnerState | "ask" {
  if (owner.host !== here.host) return "unknown";
  if (owner.boot !== here.boot) return "ended";
  if (owner.space === here.space) return "ask";
  // A container that is started again keeps its host name and gets new process ids.
  const isSameContainer = owner.space.startsWith("c") && here.space.startsWith("c");
  return isSameContainer ? "ended" : "unknown";
}
