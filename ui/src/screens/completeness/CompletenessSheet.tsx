/** How whole the books are: what was proven when, what is wrong, what a proof takes, proving. */
import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronRight } from 'lucide-react';
import { Fragment, useState } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type {
  Completeness,
  ListCompleteness,
  ProofProgress,
  ProofState,
  Proven,
  ProveRequest,
} from '../../host/types';
import { Button } from '../../parts/Button';
import { cx } from '../../parts/cx';
import { Ago, Moment } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Progress } from '../../parts/Progress';
import { Sheet } from '../../parts/Sheet';
import { Failed, Note, Skeleton } from '../../parts/States';
import { countOf, countWords } from '../../words/numbers';
import { proofMeaning, proofState, type StateWords } from '../../words/states';
import { monthWords } from '../../words/times';
import lists from '../Lists.module.css';
import { ReadBudgetBar } from './ReadBudgetBar';
import { EVERYTHING, type Proving, useProving } from './useProving';
import styles from './Completeness.module.css';

const oldest = ({ months }: ListCompleteness) =>
  months.reduce<number | null>(
    (at, month) => (at === null ? month.provenAt : Math.min(at, month.provenAt)),
    null,
  );

const sum = (list: ListCompleteness, part: (month: ListCompleteness['months'][number]) => number) =>
  list.months.reduce((all, month) => all + part(month), 0);

function ListState({ list }: { list: ListCompleteness }) {
  if (list.refused !== null) return <Mark words="Not permitted" meaning="over" />;
  if (list.months.length === 0) return <Mark words="Not loaded" meaning="near" />;
  const open = sum(list, (month) => month.open);
  const mended = sum(list, (month) => month.mended);
  return <Mark {...stateOf(list.state, open, mended)} />;
}

/** "Proven", "Proven, 1 mended", "1 difference": the state, and what the last proof found. */
function stateOf(state: ProofState, open: number, mended: number): StateWords {
  if (open > 0) return { words: countOf(open, 'difference'), meaning: 'over' };
  const { words, meaning } = proofState(state);
  return { words: mended > 0 ? `${words}, ${countWords(mended)} mended` : words, meaning };
}

interface MonthsProps {
  list: ListCompleteness;
  busy: boolean;
  onProve: (request: ProveRequest) => void;
}

function Months({ list, busy, onProve }: MonthsProps) {
  return (
    <>
      {list.months.toReversed().map((month) => (
        <tr key={month.month} className={styles.month}>
          <td title={countOf(month.objects, 'object')}>
            {month.month === 'all' ? 'The whole list' : monthWords(month.month)}
          </td>
          <td>
            <Mark {...stateOf(month.state, month.open, month.mended)} />
          </td>
          <td className={styles.secondary}>
            <Ago at={month.provenAt} />
          </td>
          <td className={lists.right}>
            <Button
              small
              isDisabled={busy}
              onPress={() =>
                onProve({
                  list: list.list,
                  month: month.month === 'all' ? null : month.month,
                  due: false,
                })
              }
            >
              Prove · {countWords(month.reads)}
            </Button>
          </td>
        </tr>
      ))}
    </>
  );
}

function Lists({ known, proving }: { known: Completeness; proving: Proving }) {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <table className={cx(lists.table, lists.dense, styles.lists)}>
      <thead>
        <tr>
          <th scope="col">List</th>
          <th scope="col">State</th>
          <th scope="col">Proven</th>
          <th scope="col" className={lists.right}>
            Reads
          </th>
        </tr>
      </thead>
      <tbody>
        {known.lists.map((list) => {
          const at = oldest(list);
          const shown = open === list.list;
          const Icon = shown ? ChevronDown : ChevronRight;
          return (
            <Fragment key={list.list}>
              <tr>
                <td>
                  <button
                    type="button"
                    className={styles.list}
                    aria-expanded={shown}
                    disabled={list.months.length === 0}
                    title={countOf(
                      sum(list, (month) => month.objects),
                      'object',
                    )}
                    onClick={() => setOpen(shown ? null : list.list)}
                  >
                    <Icon size={12} aria-hidden /> {list.words}
                  </button>
                </td>
                <td title={list.refused ? `The key needs ${list.refused}` : undefined}>
                  <ListState list={list} />
                </td>
                <td className={styles.secondary}>{at === null ? '–' : <Ago at={at} />}</td>
                <td className={lists.right}>{countWords(list.reads)}</td>
              </tr>
              {shown ? <Months list={list} busy={proving.busy} onProve={proving.prove} /> : null}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

function Running({ at }: { at: ProofProgress }) {
  const where = [at.list, at.month === null ? '' : monthWords(at.month)].filter(Boolean);
  return (
    <Progress
      label={where.length === 0 ? 'Comparing with Stripe' : `Comparing ${where.join(', ')}`}
      done={Math.min(at.done, at.of)}
      total={at.of === 0 ? null : at.of}
      words={`${countWords(at.done)} of about ${countOf(at.of, 'object')} compared`}
    />
  );
}

function Outcome({ proven }: { proven: Proven }) {
  return (
    <Note meaning={proven.open > 0 ? 'over' : 'done'}>
      {proven.words}
      <div className={styles.secondary}>
        {countOf(proven.checked, 'object')} compared in {countOf(proven.reads, 'read')}
        {proven.refused.length > 0 ? `; not permitted: ${proven.refused.join(', ')}` : ''}
      </div>
    </Note>
  );
}

function Verdict({ known }: { known: Completeness }) {
  const more = known.reasons.filter((reason) => reason !== known.words);
  return (
    <Note meaning={proofMeaning(known.state)}>
      {known.words}
      {more.length > 0 ? (
        <ul className={styles.reasons}>
          {more.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      ) : null}
      {known.whatToDo ? <p className={styles.todo}>{known.whatToDo}</p> : null}
    </Note>
  );
}

function Dates({ known }: { known: Completeness }) {
  return (
    <dl className={styles.facts}>
      <div>
        <dt>Everything proven as of</dt>
        <dd>{known.provenAt === null ? '–' : <Moment at={known.provenAt} />}</dd>
      </div>
      <div>
        <dt>Events last read</dt>
        <dd>{known.polledAt === null ? '–' : <Moment at={known.polledAt} />}</dd>
      </div>
    </dl>
  );
}

export function CompletenessSheet({ onClose }: { onClose: () => void }) {
  const host = useHost();
  const completeness = useQuery(reads.completeness(host));
  const budget = useQuery(reads.budget(host)).data;
  const proving = useProving();
  const { data, error } = completeness;
  const running = proving.progress ?? data?.running ?? null;
  const footer = running ? (
    <Button onPress={proving.stop}>Stop proving</Button>
  ) : (
    <>
      <Button
        isDisabled={proving.busy || data?.state === 'green'}
        onPress={() => proving.prove({ ...EVERYTHING, due: true })}
      >
        Prove what is due
      </Button>
      <Button
        kind="primary"
        isDisabled={proving.busy || !data}
        onPress={() => proving.prove(EVERYTHING)}
      >
        Prove everything now{data ? ` · ${countOf(data.readsForAll, 'read')}` : ''}
      </Button>
    </>
  );
  return (
    <Sheet
      title="Completeness check"
      subtitle="Each month of a list is proven by listing it again and comparing every object."
      wide
      onClose={onClose}
      footer={footer}
    >
      <div className={styles.stack}>
        {proving.error ? <Failed error={asDeskError(proving.error)} small /> : null}
        {running ? <Running at={running} /> : null}
        {proving.proven && !running ? <Outcome proven={proving.proven} /> : null}
        {error ? (
          <Failed
            error={asDeskError(error)}
            onRetry={() => void completeness.refetch()}
            small={data !== undefined}
          />
        ) : null}
        {completeness.isPending ? <Skeleton lines={10} /> : null}
        {data ? (
          <>
            <Verdict known={data} />
            <Dates known={data} />
            {budget ? <ReadBudgetBar budget={budget} /> : null}
            <Lists known={data} proving={proving} />
          </>
        ) : null}
      </div>
    </Sheet>
  );
}
