import { emptyAnswer, htmlAnswer } from '../answer.ts';
import type { ServerAnswer, Reply } from '../answer.ts';
import type { Fault } from '../faults.ts';
import { problem } from './problems.ts';

/** `html` and `not-json` come with a 200; the four statuses with JSON, an empty body or HTML. */
export const OKTA_FAULTS = [
  '500',
  '502',
  '503',
  '504',
  'reset',
  'hang',
  'truncated',
  'html',
  'not-json',
  '429',
] as const;

export type OktaFaultKind = (typeof OKTA_FAULTS)[number];

export function faultOutcome(fault: Fault<OktaFaultKind>, makeRightReply: () => Reply): Reply {
  switch (fault.kind) {
    case 'reset':
    case 'hang':
      return { kind: fault.kind };
    case 'truncated':
      return truncated(makeRightReply());
    case 'html':
      return { kind: 'answer', answer: htmlAnswer(200) };
    case 'not-json':
      return {
        kind: 'answer',
        answer: { status: 200, body: '[{"id":"00u', headers: { 'content-type': 'application/json' } },
      };
    case '429':
      return { kind: 'answer', answer: problem(429) };
    case '500':
    case '502':
    case '503':
    case '504':
      return { kind: 'answer', answer: brokenAnswer(Number(fault.kind), fault.variation) };
  }
}

function truncated(reply: Reply): Reply {
  return 'answer' in reply ? { kind: 'truncated', answer: reply.answer } : reply;
}

function brokenAnswer(status: number, variation: number): ServerAnswer {
  if (variation % 3 === 0) return problem(status);
  return variation % 3 === 1 ? htmlAnswer(status) : emptyAnswer(status);
}
