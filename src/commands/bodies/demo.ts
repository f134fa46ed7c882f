import { composeSync } from '../../compose/compose.ts';
import { openGraph } from '../../compose/graph.ts';
import { LastingParts } from '../../compose/lasting-parts.ts';
import { openAsker, readLibrary } from '../../compose/questions.ts';
import type { Cast } from '../../demo/cast.ts';
import { nextSteps } from '../../demo/next-steps.ts';
import { DEMO_QUESTIONS, tellQuestion, type AnswerRows } from '../../demo/question-scenes.ts';
import { tellScenes, type Scene } from '../../demo/scenes.ts';
import {
  INTAKE_FAULT_RATE,
  MINUTE_SECONDS,
  OKTA_FAULT_RATE,
  setStage,
  type Stage,
} from '../../demo/stage.ts';
import { tellWay } from '../../demo/way-scene.ts';
import { EXIT_DONE, EXIT_FAILED } from '../../process/failure.ts';
import { prepareCommand, type Prepared } from '../../compose/prepare.ts';
import { reportLines } from '../../process/report-text.ts';
import type { RunEnd } from '../../ports/report.ts';
import { sync } from '../../sync/sync.ts';
import type { World } from '../../process/world.ts';
import { tellRunFailure } from './run-end.ts';
import { whenStopped } from './stopped.ts';

/** The stage refuses the factors of one user and fails for two. */
const EXPECTED_GAPS = { factors: { refused: 1, unavailable: 2 } };

/** As long as `query` gives a question. */
const QUESTION_MS = 10_000;

/** Runs the main job from end to end on this machine, and shows the result. Resolves with the exit code. */
export async function runDemo(world: World): Promise<number> {
  const stage = await setStage();
  try {
    // Settings come before any output, so that wrong ones leave stdout empty.
    const prepared = prepare(stage, world);
    return await Promise.race([perform(stage, prepared), tellStop(world)]);
  } finally {
    world.err.clearStatus();
    await stage.close();
  }
}

/** Says in one line that the demo was stopped, so that nobody takes its output for the whole. */
async function tellStop(world: World): Promise<number> {
  const code = await whenStopped(world);
  const signal = world.stoppedBy();
  if (signal !== undefined)
    world.err.write(`demo stopped by ${signal} before its end; nothing is left behind\n`);
  return code;
}

async function perform(stage: Stage, prepared: Prepared): Promise<number> {
  const { world } = prepared;
  await world.out(asText(opening(stage)));
  const end = await runSync(prepared);
  const scenes = [
    ...tellScenes(stage.cast, (id) => stage.intake.latestByUid().get(id)),
    readWay(prepared, stage.cast),
  ];
  const shown = scenes.flatMap(({ lines }) => ['', ...lines]);
  await world.out(asText([...shown, '', 'The report of the run', '', ...reportLines(end.report)]));
  tellRunFailure(end, world);
  const answers = await askQuestions(prepared, stage);
  const told = answers.flatMap(({ lines }) => ['', ...lines]);
  await world.out(asText(['', 'Two questions to the inventory that the run has left', ...told]));
  const flaws = listFlaws(end, [...scenes, ...answers], stage);
  for (const flaw of flaws) world.err.write(`error: the demo did not go as it should: ${flaw}\n`);
  if (flaws.length > 0) return EXIT_FAILED;
  await world.out(asText(['', ...nextSteps()]));
  return EXIT_DONE;
}

function opening({ org }: Stage): string[] {
  const gone = org.users.filter(({ status }) => status === 'DEPROVISIONED').length;
  return [
    '',
    'A simulated Okta org and an intake now run on this machine: no network, no account.',
    `The org has ${org.users.length} users, odd ones among them (${gone} are deactivated and left out), in ${org.groups.length} groups.`,
    `Its ${org.assets.apps.length - 1} applications are read too, and who has them (ASSETS).`,
    `${percent(OKTA_FAULT_RATE)} of Okta's answers and ${percent(INTAKE_FAULT_RATE)} of the intake's go wrong; three users' factors can never be read.`,
    `Okta's rate limits are the real ones, but a minute passes in ${MINUTE_SECONDS} seconds.`,
    '',
    'okta-ocsf sync: reading every user, delivering an event for each ...',
  ];
}

/**
 * Prepares as for the command `sync`, but takes only the way to talk from the environment: the other settings are meant
 * for a real org.
 */
function prepare(stage: Stage, world: World): Prepared {
  const { LOG_LEVEL = 'error', NO_COLOR } = world.env;
  const env = { ...stage.env, LOG_LEVEL, NO_COLOR };
  return prepareCommand({ ...world, env, err: mutedOnceStopped(world) }, { requireSink: true });
}

async function runSync(prepared: Prepared): Promise<RunEnd> {
  const lasting = new LastingParts(prepared.world);
  try {
    const { job, close } = await composeSync(prepared, lasting);
    return await sync(job).finally(close);
  } finally {
    lasting.close();
  }
}

/** The way to an application, out of the inventory that the run has left. */
function readWay({ settings, world }: Prepared, cast: Cast): Scene {
  const { graph, close } = openGraph(settings, { ...world, access: 'effective' });
  try {
    return tellWay(cast, graph);
  } finally {
    close();
  }
}

async function askQuestions({ settings, world }: Prepared, { org }: Stage): Promise<readonly Scene[]> {
  const { queries } = readLibrary(settings);
  const asker = openAsker(settings, world);
  try {
    const scenes: Scene[] = [];
    for (const asked of DEMO_QUESTIONS) {
      const query = queries.get(asked.name);
      if (query === undefined) throw new Error(`there is no question ${asked.name}`);
      const rows: AnswerRows[number][] = [];
      await asker.ask(query.question, {
        parameters: {},
        needs: new Set(),
        timeoutMs: QUESTION_MS,
        signal: world.stopping,
        onRows: async (some) => {
          for (const row of some)
            rows.push(
              Object.fromEntries(query.question.columns.map((column, at) => [column, row[at] ?? null])),
            );
        },
      });
      scenes.push(tellQuestion(asked, org, rows));
    }
    return scenes;
  } finally {
    asker.close();
  }
}

/** After a signal to stop, the result of the demo's run does not matter. */
function mutedOnceStopped({ err, stopping }: World): World['err'] {
  return {
    write: (text) => (stopping.aborted ? undefined : err.write(text)),
    setStatus: (line) => (stopping.aborted ? undefined : err.setStatus(line)),
    clearStatus: () => err.clearStatus(),
  };
}

/** The conditions that a demo must meet to have gone well. */
function listFlaws({ report }: RunEnd, scenes: readonly Scene[], { intake }: Stage): string[] {
  const { outcome, gaps, users, intake: delivered } = report;
  const isExpected = JSON.stringify(gaps) === JSON.stringify(EXPECTED_GAPS);
  const checks: readonly [boolean, string][] = [
    [outcome === 'completed_with_gaps', `the outcome is ${outcome}`],
    [isExpected, `the gaps are ${JSON.stringify(gaps)}`],
    [scenes.every(({ isTrue }) => isTrue), 'an event, the graph or an answer does not say what is true'],
    [users.emitted === users.listed, 'not every user became an event'],
    [delivered.accepted === users.emitted && delivered.pending === 0, 'not every event was confirmed'],
    [intake.latestByUid().size === users.listed, 'the intake does not hold every user'],
  ];
  return checks.flatMap(([isRight, flaw]) => (isRight ? [] : [flaw]));
}

function percent(share: number): string {
  return `${share * 100} %`;
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
