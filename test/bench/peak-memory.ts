/** Preloaded into a measured process: tells its largest resident set, in KiB, on descriptor 3 when it ends. */
import { existsSync, readFileSync, writeSync } from 'node:fs';

const STATUS = '/proc/self/status';

/** Linux counts the parent's memory into `maxRSS` of what it starts: the kernel's own figure of this process does not. */
function peakKibibytes(): number {
  const [, peak] = existsSync(STATUS) ? (/VmHWM:\s+(\d+)/.exec(readFileSync(STATUS, 'utf8')) ?? []) : [];
  return peak === undefined ? process.resourceUsage().maxRSS : Number(peak);
}

process.on('exit', () => writeSync(3, String(peakKibibytes())));
