/** Subscriptions in words: what, how many, until when, what comes. */
import { useZone } from '../../app/reads';
import type { SubscriptionView } from '../../host/types';
import { Id, Money } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Empty } from '../../parts/States';
import { subscriptionState } from '../../words/states';
import { rangeWords } from '../../words/times';
import styles from './Tenant.module.css';

function One({ subscription }: { subscription: SubscriptionView }) {
  const zone = useZone();
  const { title, status, items, notes, discounts, periodStart, periodEnd, mrr } = subscription;
  return (
    <section className={styles.subscription} aria-label={title}>
      <div className={styles.line}>
        <h2>{title}</h2>
        <Mark {...subscriptionState(status)} />
      </div>
      <dl className={styles.facts}>
        {items.map((item) => (
          <div key={item} className={styles.fact}>
            <dt>Item</dt>
            <dd>{item}</dd>
          </div>
        ))}
        {periodStart !== null && periodEnd !== null ? (
          <div className={styles.fact}>
            <dt>Period</dt>
            <dd>{rangeWords(periodStart, periodEnd, zone)}</dd>
          </div>
        ) : null}
        {discounts.map((discount) => (
          <div key={discount} className={styles.fact}>
            <dt>Discount</dt>
            <dd>{discount}</dd>
          </div>
        ))}
        {mrr ? (
          <div className={styles.fact}>
            <dt>MRR</dt>
            <dd>
              <Money amount={mrr} />
            </dd>
          </div>
        ) : null}
        {notes.map((note) => (
          <div key={note} className={styles.fact}>
            <dt>What comes</dt>
            <dd className={styles.near}>{note}</dd>
          </div>
        ))}
        <div className={styles.fact}>
          <dt>Stripe’s id</dt>
          <dd>
            <Id id={subscription.id} />
          </dd>
        </div>
      </dl>
    </section>
  );
}

export function SubscriptionCards({ subscriptions }: { subscriptions: SubscriptionView[] }) {
  if (subscriptions.length === 0) {
    return (
      <Empty
        title="No subscription"
        why="Stripe has no subscription for this tenant, not even an ended one."
      />
    );
  }
  return subscriptions.map((one) => <One key={one.id} subscription={one} />);
}
