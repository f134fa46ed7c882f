import { createRandom, hashText, mix } from './org/random.ts';

export interface FaultOptions<Kind extends string> {
  /** The part of requests that go wrong. */
  readonly rate: number;
  readonly kinds?: readonly Kind[];
  readonly seed?: number;
  /** How often in a row the same request may go wrong; a client that tries once more than this is cured. */
  readonly maxRepeats?: number;
}

export interface Fault<Kind extends string> {
  readonly kind: Kind;
  /** A whole number from which the fault's details are drawn. */
  readonly variation: number;
}

interface History {
  attempts: number;
  inARow: number;
}

/** Whether a request goes wrong depends on the request and the attempt, not on the order in which requests arrive. */
export class FaultDice<Kind extends string> {
  readonly #options: FaultOptions<Kind>;
  readonly #kinds: readonly Kind[];
  readonly #histories = new Map<string, History>();

  constructor(options: FaultOptions<Kind>, allKinds: readonly Kind[]) {
    this.#options = options;
    this.#kinds = options.kinds ?? allKinds;
  }

  roll(request: string): Fault<Kind> | undefined {
    const { rate, seed = 1, maxRepeats = 2 } = this.#options;
    const history = this.#histories.get(request) ?? { attempts: 0, inARow: 0 };
    this.#histories.set(request, history);
    history.attempts += 1;
    const random = createRandom(mix(mix(seed, hashText(request)), history.attempts));
    const goesWrong = random.chance(rate) && history.inARow < maxRepeats;
    history.inARow = goesWrong ? history.inARow + 1 : 0;
    return goesWrong ? { kind: random.pick(this.#kinds), variation: random.below(1_000) } : undefined;
  }
}
