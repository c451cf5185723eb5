/** The top of a screen: title with its count, search, filters, the one primary action. */
import type { ReactNode } from 'react';
import styles from './Page.module.css';

interface PageProps {
  title: string;
  /** How many, or another word beside the title. */
  count?: ReactNode;
  /** Where it belongs: a link back. */
  parent?: ReactNode;
  actions?: ReactNode;
  /** The second row: filters, tabs. */
  below?: ReactNode;
  children: ReactNode;
}

export function Page({ title, count, parent, actions, below, children }: PageProps) {
  return (
    <>
      <header className={styles.top}>
        <div className={styles.heading}>
          {parent}
          <h1 className={styles.title} title={title}>
            {title}
          </h1>
          {count === undefined ? null : <span className={styles.count}>{count}</span>}
        </div>
        {actions ? <div className={styles.actions}>{actions}</div> : null}
      </header>
      {below}
      {children}
    </>
  );
}

/** The part of a page that scrolls. */
export function PageBody({ children, label }: { children: ReactNode; label: string }) {
  return (
    <section className={styles.body} aria-label={label} tabIndex={-1}>
      {children}
    </section>
  );
}
