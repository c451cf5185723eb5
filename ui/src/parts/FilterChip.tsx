/** A filter as a chip: dashed while it lets everything pass, filled while it does not. */
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { cx } from './cx';
import styles from './FilterChip.module.css';

interface ChipProps {
  label: string;
  /** What it lets pass, in words; null: everything. */
  value: string | null;
  onClear: () => void;
  /** The choices. */
  children: ReactNode;
}

export function FilterChip({ label, value, onClear, children }: ChipProps) {
  return (
    <span className={cx(styles.chip, value !== null && styles.on)}>
      <DialogTrigger>
        <Button className={styles.press ?? ''}>
          {value === null ? label : `${label}: ${value}`}
        </Button>
        <Popover className={styles.menu ?? ''} placement="bottom start" offset={4}>
          <Dialog className={styles.dialog ?? ''} aria-label={label}>
            {children}
          </Dialog>
        </Popover>
      </DialogTrigger>
      {value === null ? null : (
        <Button className={styles.clear ?? ''} aria-label={`Clear ${label}`} onPress={onClear}>
          <X size={12} aria-hidden />
        </Button>
      )}
    </span>
  );
}

/** A chip that is on or off, with nothing to choose. */
export function ToggleChip(props: { label: string; on: boolean; onChange: (on: boolean) => void }) {
  const { label, on, onChange } = props;
  return (
    <span className={cx(styles.chip, on && styles.on)}>
      <button
        type="button"
        className={styles.press}
        aria-pressed={on}
        onClick={() => onChange(!on)}
      >
        {label}
      </button>
    </span>
  );
}
