import { Option } from 'commander';
import * as z from 'zod';
import { define, presentArgument } from './define.ts';

const FORMATS = ['ndjson', 'opengraph', 'sqlite', 'neo4j'] as const;

export const graph = define({
  name: 'graph',
  summary: 'the org as entities and relationships, from the inventory; also beside a worker',
  argument: { name: 'action', about: 'what to do', choices: ['export'] },
  options: [
    new Option('--format <format>', 'of the export').choices(FORMATS).default('ndjson'),
    new Option('--out <path>', 'a file, or a folder for neo4j; stdout when left out').argParser(
      presentArgument,
    ),
    new Option('--access <kind>', 'assignments of users: direct ones, or those through groups too')
      .choices(['direct', 'effective'])
      .default('direct'),
    new Option('--names <style>', 'of opengraph: some properties also by the names of older searches')
      .choices(['snake', 'camel'])
      .default('snake'),
    new Option(
      '--admin-edges',
      'of opengraph: an edge to each user, group, application or device that an administrator may change',
    ).default(false),
  ],
  schema: z
    .object({
      format: z.enum(FORMATS),
      out: z.string().optional(),
      access: z.enum(['direct', 'effective']),
      names: z.enum(['snake', 'camel']),
      adminEdges: z.boolean(),
    })
    .transform(({ format, out, access, names, adminEdges }) => ({ format, out, access, names, adminEdges })),
  needsSink: false,
  isLocal: true,
  body: async (...given) => (await import('./bodies/graph.ts')).runGraph(...given),
});
