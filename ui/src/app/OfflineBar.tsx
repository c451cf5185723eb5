/** Said once, above everything, while Stripe cannot be reached. Everything stays readable. */
import { WifiOff } from 'lucide-react';
import { asOfWords } from '../words/times';
import { useNow } from './host';
import { useStatus, useZone } from './reads';
import styles from './OfflineBar.module.css';

export function OfflineBar() {
  const status = useStatus();
  const zone = useZone();
  const now = useNow();
  if (status?.online !== false) return null;
  const asOf = status.completeAsOf;
  return (
    <div className={styles.bar} role="status">
      <WifiOff size={14} aria-hidden />
      <span>
        Stripe cannot be reached.{' '}
        {asOf === null
          ? 'What is already loaded can be read.'
          : `Everything can be read, as of ${asOfWords(asOf, zone, now)}.`}
      </span>
    </div>
  );
}
