/** A part of a page under its title. */
import type { ReactNode } from 'react';
import styles from './Section.module.css';

interface Props {
  title: string;
  children: ReactNode;
}

export function Section({ title, children }: Props) {
  return (
    <section className={styles.section} aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}
