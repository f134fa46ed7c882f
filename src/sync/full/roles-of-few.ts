import type { Answer, Group } from '../../ports/org.ts';
import { GroupRoles } from '../group-roles.ts';
import type { ListParts } from '../parts.ts';
import { tolerate } from '../tolerate.ts';

/** So many ids fit into the address of a search: it is about as long as that of the System Log. */
const MOST_IDS = 100;

interface Batch {
  readonly ids: Set<string>;
  /** Users whose groups are being asked for. */
  reading: number;
  readonly done: PromiseWithResolvers<void>;
}

function newBatch(): Batch {
  return { ids: new Set(), reading: 0, done: Promise.withResolvers() };
}

/**
 * The roles of a few users' groups. The admin flags of these groups alone are searched for, once for all users whose
 * groups are asked for at the same time; a large org has many more pages of groups.
 */
export class RolesOfFew extends GroupRoles {
  readonly #run: ListParts;
  readonly #searched = new Set<string>();
  readonly #listAll: (run: ListParts, roles: GroupRoles) => Promise<unknown>;
  #batch = newBatch();

  /** @param listAll lists the groups of the org, and tells `roles` of their flags */
  constructor(run: ListParts, listAll: (run: ListParts, roles: GroupRoles) => Promise<unknown>) {
    super(run, false);
    this.#run = run;
    this.#listAll = listAll;
  }

  override async askOf(groups: Promise<Answer<readonly Group[]>>): Promise<void> {
    const batch = this.#batch;
    batch.reading += 1;
    try {
      const answer = await groups;
      if (answer.kind === 'known') for (const { id } of answer.value) batch.ids.add(id);
    } finally {
      batch.reading -= 1;
      if (batch.reading === 0) this.#close(batch);
    }
    await batch.done.promise;
  }

  #close({ ids, done }: Batch): void {
    this.#batch = newBatch();
    this.#askAll([...ids]).then(done.resolve, done.reject);
  }

  async #askAll(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#searched.has(id));
    for (const id of unknown) this.#searched.add(id);
    // A search for one group costs as much as asking it.
    for (let from = 0; unknown.length > 1 && from < unknown.length; from += MOST_IDS)
      await this.#search(unknown.slice(from, from + MOST_IDS));
    await this.ask(ids.map((id) => ({ id })));
  }

  /** A group that Okta's search leaves out has no flag, so it is asked. */
  async #search(ids: readonly string[]): Promise<void> {
    const run = this.#run;
    const isDone = await tolerate(run.log, 'groups by their ids', async () => {
      for await (const page of run.source.searchGroups(ids))
        await this.note(await run.inventory.groups.save(page, run.startedAt), page.readAt);
      return true;
    });
    if (isDone === undefined) await this.#listAll(run, this);
  }
}
