/** A state: a shape with a word, never a lone colour. */
import { Check } from 'lucide-react';
import type { Meaning, StateWords } from '../words/states';
import { cx } from './cx';
import styles from './Mark.module.css';

export function Shape({ meaning }: { meaning: Meaning }) {
  if (meaning === 'done') {
    return <Check className={styles.check} size={12} strokeWidth={2.5} aria-hidden />;
  }
  return <span className={cx(styles.shape, styles[meaning])} aria-hidden />;
}

/** "■ Past due", "○ Trial", "✓ Paid". */
export function Mark({ words, meaning }: StateWords) {
  return (
    <span className={cx(styles.mark, styles[`${meaning}Text`])}>
      <Shape meaning={meaning} />
      {words}
    </span>
  );
}
