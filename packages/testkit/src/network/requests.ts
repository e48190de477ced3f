import { type BareJid, isOmemoError, OmemoError, type XmlElement } from "@omemo/core";
import type { Fabric } from "./fabric.js";
import { condition } from "./pepService.js";
import type { Addressee } from "./serverBehaviour.js";
import type { Stream } from "./stream.js";

/** How long a server waits for another one. Ms. */
const SERVER_PATIENCE = 30_000;

/** One request to a server: what is asked, of whom, and how the answer comes about. */
export interface ServerRequest<Answer> {
  /** Name of the transport's method. */
  readonly kind: string;
  /** Node, item or archive, for the log. */
  readonly detail: string;
  /** Whose server answers. */
  readonly target: BareJid;
  readonly changesSomething: boolean;
  readonly content?: XmlElement;
  readonly signal?: AbortSignal | undefined;
  /** Runs at the server; throws the condition. */
  readonly perform: () => Answer;
}

type Outcome<Answer> = { readonly value: Answer } | { readonly error: OmemoError };

/** The requests of one client that wait for an answer. */
export class Requests {
  readonly #fabric: Fabric;
  readonly #address: Addressee;
  readonly #stream: Stream;
  readonly #waiting: Set<(error: OmemoError) => void> = new Set();

  constructor(fabric: Fabric, address: Addressee, stream: Stream) {
    this.#fabric = fabric;
    this.#address = address;
    this.#stream = stream;
  }

  /** The connection broke: nobody will answer any more. */
  abandon(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const reject of waiting) reject(offline());
  }

  /** Never resolves; rejects when the connection breaks. */
  untilBroken(): Promise<never> {
    return new Promise((_, reject) => this.#waiting.add(reject));
  }

  ask<Answer>(request: ServerRequest<Answer>): Promise<Answer> {
    const { signal, kind, detail, content } = request;
    if (signal?.aborted === true) return Promise.reject(aborted());
    if (!this.#stream.isOnline) return Promise.reject(offline());
    this.#fabric.record(this.#address, "sent", kind, detail, content);
    return new Promise((resolve, reject) => {
      const forget = (): void => {
        this.#waiting.delete(fail);
        signal?.removeEventListener("abort", abort);
      };
      const fail = (error: OmemoError): void => {
        forget();
        reject(error);
      };
      const abort = (): void => fail(aborted());
      this.#waiting.add(fail);
      signal?.addEventListener("abort", abort);
      this.#transmit(request, (outcome) => {
        if (!this.#waiting.has(fail)) return;
        forget();
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
      });
    });
  }

  #transmit<Answer>(
    request: ServerRequest<Answer>,
    settle: (outcome: Outcome<Answer>) => void,
  ): void {
    const { lossBeforeServer, lossAfterServer } = this.#fabric.faults;
    const isLostBefore = this.#fabric.losses.chance(lossBeforeServer);
    const isLostAfter = this.#fabric.losses.chance(lossAfterServer);
    if (isLostBefore) {
      this.#stream.break("lost before the server");
      return;
    }
    this.#stream.toServer(() => {
      this.#throughServers(request, (outcome) => {
        if (isLostAfter) {
          this.#stream.break("lost after the server");
          return;
        }
        this.#stream.toClient(() => {
          const result = "error" in outcome ? outcome.error.message : "ok";
          this.#fabric.record(
            this.#address,
            "received",
            request.kind,
            `${request.detail}: ${result}`,
          );
          settle(outcome);
        });
      });
    });
  }

  /** From the own server to the one that knows, and back. */
  #throughServers<Answer>(
    request: ServerRequest<Answer>,
    answer: (outcome: Outcome<Answer>) => void,
  ): void {
    const { account } = this.#address;
    const { target } = request;
    if (!this.#fabric.canReach(account, target)) {
      answer({ error: condition("remote-server-not-found", target) });
      return;
    }
    const isUnanswered = this.#rolls(request, this.#fabric.faults.fetchTimeout, false);
    this.#fabric.carry(account, target, () => {
      if (isUnanswered) {
        const error = condition("remote-server-timeout", target);
        this.#fabric.timeline.schedule(SERVER_PATIENCE, () => answer({ error }));
        return;
      }
      const outcome = this.#perform(request);
      this.#fabric.carry(target, account, () => answer(outcome));
    });
  }

  #perform<Answer>(request: ServerRequest<Answer>): Outcome<Answer> {
    const { fetchFailure, publishFailure } = this.#fabric.faults;
    const failure = { error: condition("internal-server-error", request.detail) };
    if (this.#rolls(request, fetchFailure, false)) return failure;
    const isChangeRefused = this.#rolls(request, publishFailure, true);
    const takesEffect = !isChangeRefused || this.#fabric.requests.chance(0.5);
    try {
      const outcome = takesEffect ? { value: request.perform() } : failure;
      return isChangeRefused ? failure : outcome;
    } catch (error) {
      if (isOmemoError(error)) return { error };
      throw error;
    }
  }

  /** A draw that counts only for requests of this kind. */
  #rolls(request: ServerRequest<unknown>, probability: number, isChange: boolean): boolean {
    return this.#fabric.requests.chance(probability) && request.changesSomething === isChange;
  }
}

/** The failure of whatever needs a connection. */
export function offline(): OmemoError {
  return new OmemoError("offline", "there is no connection to the server");
}

/** The failure of what was given up. */
export function aborted(): OmemoError {
  return new OmemoError("aborted", "the caller gave up");
}
