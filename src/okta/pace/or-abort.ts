/**
 * Returns the promise's outcome, or throws the signal's reason as soon as it fires. The promise's rejection is handled
 * either way.
 */
export async function orAbort<T>(turn: Promise<T>, signal: AbortSignal, onAbort?: () => void): Promise<T> {
  const left = Promise.withResolvers<never>();
  const leave = (): void => {
    onAbort?.();
    left.reject(asError(signal.reason));
  };
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([turn, left.promise]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('stopped');
}
