import type { HttpServer } from '../http/listen.ts';
import type { ListenOptions } from '../http/server.ts';
import { asConnectorError } from '../ports/errors.ts';
import type { Log } from '../ports/log.ts';
import { failureFields } from '../process/failure.ts';

/** The setting of where to listen: `HTTP_HOST` and `HTTP_PORT`. */
export type ListenAddress = Pick<ListenOptions, 'host' | 'port'>;

export interface WorkerAddressParts {
  /** Listens there, or throws. */
  readonly listen: (address: ListenAddress) => Promise<HttpServer>;
  readonly log: Log;
}

/** Where the worker answers. It moves when the settings name another address, and stays where it is if it cannot. */
export class WorkerAddress {
  readonly #parts: WorkerAddressParts;
  #server: HttpServer | undefined;
  #address: ListenAddress;
  #wanted: ListenAddress;
  #moving: Promise<void> = Promise.resolve();

  private constructor(parts: WorkerAddressParts, server: HttpServer, address: ListenAddress) {
    this.#parts = parts;
    this.#server = server;
    this.#address = address;
    this.#wanted = address;
  }

  /** Throws `ConfigError` when it cannot listen there. */
  static async listen(address: ListenAddress, parts: WorkerAddressParts): Promise<WorkerAddress> {
    return new WorkerAddress(parts, await parts.listen(address), address);
  }

  get url(): string | undefined {
    return this.#server?.url;
  }

  /** Never rejects; resolves when it listens there, or has told why it cannot. Of many calls the last counts. */
  move(wanted: ListenAddress): Promise<void> {
    this.#wanted = wanted;
    this.#moving = this.#moving.then(() => this.#moveTo(this.#wanted));
    return this.#moving;
  }

  /** Resolves when nothing listens any more. */
  async close(): Promise<void> {
    await this.#moving;
    await this.#server?.close();
  }

  async #moveTo(wanted: ListenAddress): Promise<void> {
    const before = this.#address;
    const isSame = wanted.host === before.host && wanted.port === before.port;
    if (isSame && this.#server !== undefined) return;
    const { listen, log } = this.#parts;
    try {
      // One port cannot be listened on twice, not even on two addresses of which one contains the other.
      if (wanted.port === before.port) await this.#leave();
      const server = await listen(wanted);
      await this.#leave();
      this.#server = server;
      this.#address = wanted;
      log.info({ url: server.url }, 'listens at another address now: HTTP_HOST or HTTP_PORT has changed');
    } catch (thrown) {
      this.#server ??= await listen(before).catch(() => undefined);
      const { code, message: reason } = failureFields(asConnectorError(thrown));
      log.error({ code, reason, url: this.url }, 'cannot listen at the new address: the old one stays');
    }
  }

  async #leave(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }
}
