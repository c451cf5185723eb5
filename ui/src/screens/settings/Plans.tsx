/** Plans: what each allows, and what the company's prices stand for. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { PlanPriceView, Plans as Answer, PriceMapping } from '../../host/types';
import { Button } from '../../parts/Button';
import { Mark } from '../../parts/Mark';
import { Select } from '../../parts/Select';
import { Failed, Note, Skeleton } from '../../parts/States';
import { countOf } from '../../words/numbers';
import { quantityWords } from '../../words/usage';
import lists from '../Lists.module.css';
import styles from './Settings.module.css';

const NO_CHANGE: PriceMapping = { prices: [], proposed: false, removed: [] };
/** In the choice of a price's plan: sold beside a plan, and not said yet. */
const NO_PLAN = ':none';
const UNSAID = ':unsaid';

const LIMIT_WORDS: Readonly<Record<string, string>> = {
  unlimited: 'no limit',
  contract: 'by contract',
};
const limitWords = (limit: string | undefined) =>
  limit === undefined ? '–' : (LIMIT_WORDS[limit] ?? quantityWords(limit));

const currentOf = (plan: Answer['plans'][number]) =>
  plan.versions.find((one) => one.current) ?? plan.versions.at(-1);

function useMapping() {
  const host = useHost();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: Partial<PriceMapping>) =>
      host.mapPrices({ ...NO_CHANGE, ...change }, true),
    onSuccess: () => client.invalidateQueries({ queryKey: ['books'] }),
  });
}

export function Plans() {
  const plans = useQuery(reads.plans(useHost()));
  const mapping = useMapping();
  const error = mapping.error ?? plans.error;
  const proposed = plans.data?.prices.filter((price) => price.standing === 'proposed').length ?? 0;
  return (
    <>
      {error ? <Failed error={asDeskError(error)} small /> : null}
      {plans.isPending ? <Skeleton lines={6} /> : null}
      {plans.data ? <Catalogue plans={plans.data} /> : null}
      {proposed > 0 ? (
        <div className={styles.lock}>
          <p className={styles.hint}>
            {countOf(proposed, 'price')} {proposed === 1 ? 'is' : 'are'} proposed for a plan by{' '}
            {proposed === 1 ? 'its' : 'their'} product, lookup key or metadata. Until somebody
            confirms that, the allowances behind {proposed === 1 ? 'it' : 'them'} are not known.
          </p>
          <div className={styles.buttons}>
            <Button
              kind="primary"
              isDisabled={mapping.isPending}
              onPress={() => mapping.mutate({ proposed: true })}
            >
              Confirm {countOf(proposed, 'proposed price')}
            </Button>
          </div>
        </div>
      ) : null}
      {mapping.data?.written ? <Note meaning="done">{mapping.data.words.join(' ')}</Note> : null}
      {plans.data ? (
        <Prices
          plans={plans.data}
          busy={mapping.isPending}
          onMap={(change) => mapping.mutate(change)}
        />
      ) : null}
      {plans.data && plans.data.changes.length > 0 ? <Own plans={plans.data} /> : null}
    </>
  );
}

/** The catalogue as it holds today. */
function Catalogue({ plans }: { plans: Answer }) {
  return (
    <table className={lists.table} aria-label="Plans">
      <thead>
        <tr>
          <th scope="col">Plan</th>
          <th scope="col" className={lists.right}>
            AI credits a month
          </th>
          <th scope="col" className={lists.right}>
            Users
          </th>
          <th scope="col" className={lists.right}>
            Mailboxes
          </th>
          <th scope="col">Features</th>
        </tr>
      </thead>
      <tbody>
        {plans.plans.map((plan) => {
          const current = currentOf(plan);
          const limit = (type: string) =>
            limitWords(current?.limits.find((one) => one.usageType === type)?.limit);
          return (
            <tr key={plan.key} title={current?.rules.join('\n')}>
              <td>{current?.name ?? plan.key}</td>
              <td className={lists.right}>{limit('ai_credit')}</td>
              <td className={lists.right}>{limit('seats_in_use')}</td>
              <td className={lists.right}>{limit('mailboxes')}</td>
              <td className={lists.secondary}>{current?.features.join(', ') || '–'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

interface PricesProps {
  plans: Answer;
  busy: boolean;
  onMap: (change: Partial<PriceMapping>) => void;
}

const STANDINGS = {
  confirmed: { words: 'Confirmed', meaning: 'done' },
  proposed: { words: 'Proposed', meaning: 'near' },
  unmapped: { words: 'Not said', meaning: 'near' },
} as const;

const priceName = ({ product, label, interval, currency }: PlanPriceView) =>
  [product, label, interval ? `a ${interval}` : null, currency].filter(Boolean).join(', ');

function valueOf({ standing, plan }: PlanPriceView): string {
  if (standing === 'unmapped') return UNSAID;
  return plan ?? NO_PLAN;
}

/** What each price stands for; choosing confirms it. */
function Prices({ plans, busy, onMap }: PricesProps) {
  const named = plans.plans.map((plan) => ({
    value: plan.key,
    words: currentOf(plan)?.name ?? plan.key,
  }));
  const choices = [...named, { value: NO_PLAN, words: 'No plan: sold beside one' }];
  const unsaid = [...choices, { value: UNSAID, words: 'Not said yet' }];
  return (
    <table className={lists.table} aria-label="Prices">
      <thead>
        <tr>
          <th scope="col">Price</th>
          <th scope="col" className={lists.right}>
            Subscriptions
          </th>
          <th scope="col">State</th>
          <th scope="col" colSpan={2}>
            Stands for
          </th>
        </tr>
      </thead>
      <tbody>
        {plans.prices.map((price) => (
          <tr key={price.id}>
            <td title={price.id}>
              {priceName(price)}
              {price.because ? <div className={styles.hint}>{price.because}</div> : null}
            </td>
            <td className={lists.right}>{price.subscriptions}</td>
            <td className={lists.fixed}>
              <Mark {...STANDINGS[price.standing]} />
            </td>
            <td>
              <Select
                label={`Plan of ${priceName(price)}`}
                bare
                choices={price.standing === 'unmapped' ? unsaid : choices}
                value={valueOf(price)}
                onChange={(chosen) => {
                  if (chosen === UNSAID || busy) return;
                  onMap({ prices: [[price.id, chosen === NO_PLAN ? null : chosen]] });
                }}
              />
            </td>
            <td className={lists.right}>
              {price.standing === 'proposed' ? (
                <Button
                  small
                  isDisabled={busy}
                  aria-label={`Confirm ${priceName(price)}`}
                  onPress={() => onMap({ prices: [[price.id, price.plan]] })}
                >
                  Confirm
                </Button>
              ) : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const KINDS: Readonly<Record<string, string>> = {
  override: 'Override',
  top_up: 'Extra credits',
  rollover: 'Carried over',
};

/** Allowances of tenants' own, newest first. */
function Own({ plans }: { plans: Answer }) {
  return (
    <table className={lists.table} aria-label="Allowances of tenants’ own">
      <thead>
        <tr>
          <th scope="col">Tenant</th>
          <th scope="col">What</th>
          <th scope="col" className={lists.right}>
            How much
          </th>
          <th scope="col">Days</th>
          <th scope="col">Why, and who asked</th>
        </tr>
      </thead>
      <tbody>
        {plans.changes.slice(0, 50).map((one) => (
          <tr key={one.number}>
            <td>{one.tenant}</td>
            <td className={lists.fixed}>
              {KINDS[one.kind] ?? one.kind}
              {one.ended ? ', ended' : ''}
            </td>
            <td className={lists.right}>{limitWords(one.quantity)}</td>
            <td className={lists.fixed}>
              {one.from}–{one.to ?? ''}
            </td>
            <td>{[one.reason, one.requester].filter(Boolean).join(', ') || 'erased'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
