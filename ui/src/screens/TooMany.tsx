/** Says that a list on a page was cut, and where all of it is. */
import { countWords } from '../words/numbers';
import styles from './Lists.module.css';

/** The most rows of one list that the desk gives to a page. */
export const MOST_LISTED = 200;

export function TooMany({ count, what }: { count: number; what: string }) {
  if (count < MOST_LISTED) return null;
  return (
    <p className={styles.more}>
      The newest {countWords(MOST_LISTED)} {what} are shown. An export has all of them.
    </p>
  );
}
