/** What moved for an invoice: given back, disputed, credited; and its money's way to the bank. */
import { useQuery } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import { Failed, Skeleton } from '../../parts/States';
import { Section } from '../Section';
import { Entries } from './Credits';
import { GivenBack, isGivenBack } from './GivenBack';
import { ToTheBank } from './ToTheBank';
import styles from './Money.module.css';

interface Props {
  id: string;
  /** Whether a payment succeeded: then its way to the bank is told, or that there is none yet. */
  paid: boolean;
}

export function InvoiceMoney({ id, paid }: Props) {
  const money = useQuery(reads.invoiceMovements(useHost(), id));
  const { data, error } = money;
  const back = data?.movements.filter(isGivenBack) ?? [];
  const credits = data?.movements.filter((one) => !isGivenBack(one)) ?? [];
  return (
    <>
      {error ? (
        <Failed
          error={asDeskError(error)}
          onRetry={() => void money.refetch()}
          small={data !== undefined}
        />
      ) : null}
      {money.isPending ? <Skeleton lines={3} /> : null}
      {back.length > 0 ? (
        <Section title="Refunds and disputes">
          <GivenBack movements={back} />
        </Section>
      ) : null}
      {credits.length > 0 ? (
        <Section title="Balance and credits">
          <Entries movements={credits} />
        </Section>
      ) : null}
      {data && (paid || data.entries.length > 0) ? (
        <Section title="To the bank">
          {data.entries.length > 0 ? (
            <ToTheBank entries={data.entries} />
          ) : (
            <p className={styles.quiet}>Stripe’s balance tells of no payment of it.</p>
          )}
        </Section>
      ) : null}
    </>
  );
}
