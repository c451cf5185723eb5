/** What stands where data would stand: nothing, nothing that passes, a failure. */
import type { ReactNode } from 'react';
import type { DeskError } from '../host/types';
import { Button } from './Button';
import { cx } from './cx';
import { Id } from './Figures';
import { Shape } from './Mark';
import styles from './States.module.css';

interface EmptyProps {
  title: string;
  /** Why there is nothing. */
  why: ReactNode;
  /** The one next step. */
  action?: ReactNode;
}

export function Empty({ title, why, action }: EmptyProps) {
  return (
    <div className={styles.place}>
      <h2 className={styles.title}>{title}</h2>
      <div className={styles.why}>{why}</div>
      {action ? <div className={styles.action}>{action}</div> : null}
    </div>
  );
}

interface FailedProps {
  error: DeskError;
  onRetry?: () => void;
  /** A line above data that is still there, rather than a place of its own. */
  small?: boolean;
}

/** What failed, why, what to do, and Stripe's request id. */
export function Failed({ error, onRetry, small }: FailedProps) {
  return (
    <div role="alert" className={cx(small ? styles.line : styles.place)}>
      <p className={styles.failed}>
        <Shape meaning="over" /> {error.what}
      </p>
      <p className={styles.why}>
        {sentence(error.why)} {sentence(error.next)}
      </p>
      {error.requestId ? (
        <p className={styles.request}>
          Request <Id id={error.requestId} />
        </p>
      ) : null}
      {onRetry ? (
        <div className={styles.action}>
          <Button small={small ?? false} onPress={onRetry}>
            Try again
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function sentence(text: string): string {
  if (text === '') return '';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

interface NoteProps {
  meaning: 'near' | 'over' | 'done' | 'within';
  children: ReactNode;
}

/** A sentence on a ground of its meaning. */
export function Note({ meaning, children }: NoteProps) {
  return (
    <div className={cx(styles.note, styles[meaning])}>
      <span className={styles.noteMark} aria-hidden>
        <Shape meaning={meaning} />
      </span>
      <div>{children}</div>
    </div>
  );
}

/** Grey bars in the place of lines, after a moment. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  return (
    <div className={styles.skeletons} aria-busy="true" aria-label="Loading" role="status">
      {Array.from({ length: lines }, (_, at) => (
        <span key={at} className={styles.skeleton} style={{ width: `${78 - ((at * 17) % 45)}%` }} />
      ))}
    </div>
  );
}
