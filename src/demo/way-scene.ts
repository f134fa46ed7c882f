import type { Graph } from '../graph/graph.ts';
import type { Entity, Relationship } from '../graph/model.ts';
import type { Cast } from './cast.ts';
import type { Scene } from './scenes.ts';

interface StepOfWay {
  readonly from: string;
  readonly type: string;
  readonly to: string;
  /** A user's own assignment names the groups behind it. */
  readonly via?: string;
}

/** How a user can open an application, as the graph of the inventory knows it. */
export function tellWay({ opener }: Cast, graph: Graph): Scene {
  const { id, name, app, through } = opener;
  const steps: readonly StepOfWay[] = [
    { from: through.id, type: 'okta_group_has_user', to: id },
    { from: through.id, type: 'okta_group_assigned_application', to: app.id },
    { from: id, type: 'okta_user_assigned_application', to: app.id, via: through.id },
  ];
  const { nameOf, entityOf } = wordsOf(graph);
  const known = steps.map((step) => ({ step, found: findEdge(graph, step) }));
  const lines = known.map(({ step, found }) => {
    const sign = step.via === undefined ? ' ' : '>';
    if (found === undefined) return ` ${sign}    (not there)`;
    const via = step.via === undefined ? '' : `, via ${nameOf(step.via)}`;
    const [from, to] = [entityOf(step.from).padEnd(WIDTH), entityOf(step.to)];
    return ` ${sign}    ${from} ${found._class.padEnd(8)} ${to}${via}`;
  });
  return {
    lines: [
      `4. A way to an application: how can ${name} open ${app.label}?`,
      `   ${name} has no assignment of their own: a group gives the application.`,
      '   The inventory says so, as a part of `okta-ocsf graph export --access effective`:',
      '',
      ...lines,
    ],
    isTrue: known.every(({ step, found }) => found !== undefined && isVia(found, step)),
  };
}

const WIDTH = 36;

function findEdge({ relationships }: Graph, { from, type, to }: StepOfWay): Relationship | undefined {
  const part = relationships.find((each) => each.type === type);
  for (const edge of part?.all() ?? [])
    if (edge._fromEntityKey === from && edge._toEntityKey === to) return edge;
  return undefined;
}

function isVia({ properties }: Relationship, { via }: StepOfWay): boolean {
  return via === undefined || JSON.stringify(properties['via']) === JSON.stringify([via]);
}

/** An entity in words, by its key. */
function wordsOf({ entities }: Graph): Record<'nameOf' | 'entityOf', (key: string) => string> {
  const known = new Map<string, Entity>();
  for (const part of entities) for (const entity of part.all()) known.set(entity._key, entity);
  const nameOf = (key: string): string => JSON.stringify(known.get(key)?.properties['displayName'] ?? key);
  return { nameOf, entityOf: (key) => `${known.get(key)?._type ?? 'unknown'} ${nameOf(key)}` };
}
