/** A screen that is one long table: its count, search, filters and export. */
import { type ReactNode, useState } from 'react';
import { useShortcut } from '../keys/useShortcut';
import { Button } from '../parts/Button';
import { Page } from '../parts/Page';
import { SearchBox } from '../parts/SearchBox';
import { countWords } from '../words/numbers';
import { ExportSheet, type ExportSheetProps } from './export/ExportSheet';
import styles from './TablePage.module.css';

interface Props {
  title: string;
  /** Rows that pass the filter; null: not known yet. */
  total: number | null;
  /** What is searched for. */
  text: string;
  searchLabel: string;
  onSearch: (text: string) => void;
  /** What stands above the filters: tabs. */
  above?: ReactNode;
  filters: ReactNode;
  /** What is filtered, for the export; none: there is nothing to export. */
  exported?: Omit<ExportSheetProps, 'count' | 'onClose'>;
  /** Other things that the screen can do, beside the export. */
  actions?: ReactNode;
  children: ReactNode;
}

export function TablePage(props: Props) {
  const { title, total, exported } = props;
  const [exporting, setExporting] = useState(false);
  useShortcut('export', () => setExporting(true), exported !== undefined);
  return (
    <Page
      title={title}
      count={total === null ? undefined : countWords(total)}
      actions={
        <>
          <SearchBox label={props.searchLabel} value={props.text} onSearch={props.onSearch} />
          {props.actions}
          {exported ? (
            <Button shortcut="e" onPress={() => setExporting(true)}>
              Export
            </Button>
          ) : null}
        </>
      }
      below={
        <>
          {props.above}
          <div className={styles.filters}>{props.filters}</div>
        </>
      }
    >
      {props.children}
      {exporting && exported ? (
        <ExportSheet {...exported} count={total ?? 0} onClose={() => setExporting(false)} />
      ) : null}
    </Page>
  );
}

/** Where the table stands, with what lies over or under it. */
export function TablePlace({ children }: { children: ReactNode }) {
  return <div className={styles.place}>{children}</div>;
}
