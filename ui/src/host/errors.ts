/** What the desk rejects with, told apart from everything else. */
import type { DeskError } from './types';

export function isDeskError(error: unknown): error is DeskError {
  return typeof error === 'object' && error !== null && 'code' in error && 'what' in error;
}

/** Anything thrown, as an error that a person can read. */
export function asDeskError(error: unknown): DeskError {
  if (isDeskError(error)) return error;
  return {
    code: 'failed',
    what: 'Something in the window failed',
    why: error instanceof Error ? error.message : String(error),
    next: 'Try again; if it stays, save the diagnostic file in Settings',
    place: null,
    requestId: null,
  };
}
