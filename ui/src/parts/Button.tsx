/** What can be pressed; its words name its effect. */
import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps } from 'react-aria-components';
import styles from './Button.module.css';
import { cx } from './cx';

interface Props extends Omit<ButtonProps, 'className' | 'children' | 'style'> {
  kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  small?: boolean;
  /** The shortcut that does the same. */
  shortcut?: string;
  children: ReactNode;
}

export function Button({ kind = 'plain', small, shortcut, children, ...rest }: Props) {
  return (
    <AriaButton {...rest} className={cx(styles.button, styles[kind], small && styles.small)}>
      {children}
      {shortcut ? (
        <kbd className={styles.key} aria-hidden>
          {shortcut}
        </kbd>
      ) : null}
    </AriaButton>
  );
}
