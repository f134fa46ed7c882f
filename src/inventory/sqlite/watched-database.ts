import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { isDamage } from './sqlite-codes.ts';

/** A connection that remembers whether any of its statements has met damage, whoever gets the error. */
export class WatchedDatabase extends DatabaseSync {
  hasMetDamage = false;

  override prepare(sql: string): StatementSync {
    const statement = this.#watch(() => super.prepare(sql));
    return new Proxy(statement, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]): unknown =>
          this.#watch((): unknown => Reflect.apply(value, target, given));
      },
    });
  }

  override exec(sql: string): void {
    this.#watch(() => super.exec(sql));
  }

  #watch<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (isDamage(error)) this.hasMetDamage = true;
      throw error;
    }
  }
}
