/** The tabs of a tenant's page that show what moved beside invoices and payments. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { Amount, MovementView, Tenant } from '../../host/types';
import { Money } from '../../parts/Figures';
import { Empty, Failed, Skeleton } from '../../parts/States';
import { CreditNotes } from '../CreditNotes';
import { Section } from '../Section';
import { Codes, Entries } from './Credits';
import { GivenBack, isGivenBack } from './GivenBack';
import styles from './Money.module.css';

const useMovements = (id: string) => useQuery(reads.tenantMovements(useHost(), id));

/** How many refunds and disputes there are, for the tab; nothing while that is not known. */
export function useGivenBack(id: string): MovementView[] {
  return useMovements(id).data?.filter(isGivenBack) ?? [];
}

interface LoadedProps {
  id: string;
  children: (movements: MovementView[]) => ReactNode;
}

function Loaded({ id, children }: LoadedProps) {
  const movements = useMovements(id);
  const { data, error } = movements;
  return (
    <>
      {error ? (
        <Failed
          error={asDeskError(error)}
          onRetry={() => void movements.refetch()}
          small={data !== undefined}
        />
      ) : null}
      {movements.isPending ? <Skeleton lines={4} /> : null}
      {data ? children(data) : null}
    </>
  );
}

export function TenantGivenBack({ id }: { id: string }) {
  return (
    <Loaded id={id}>
      {(movements) => {
        const back = movements.filter(isGivenBack);
        return back.length === 0 ? (
          <Empty title="No refunds or disputes" why="Nothing was given back or asked back." />
        ) : (
          <GivenBack movements={back} withInvoice />
        );
      }}
    </Loaded>
  );
}

function Balance({ balance }: { balance: Amount }) {
  const words =
    balance.minor > 0 ? 'Owed from before, added to the next invoice' : 'Account credit';
  return (
    <p className={styles.balance}>
      <span className={styles.quiet}>{words}</span>
      <Money amount={{ ...balance, minor: Math.abs(balance.minor) }} strong />
    </p>
  );
}

/** What there is of credit notes, the balance, credits and codes; nothing of what there is none. */
function Credits({ tenant, movements }: { tenant: Tenant; movements: readonly MovementView[] }) {
  const of = (...kinds: string[]) => movements.filter(({ kind }) => kinds.includes(kind));
  const { creditNotes } = tenant;
  const balance = of('balance');
  const credits = of('credit_grant', 'credit_use');
  const codes = of('promotion_code');
  if (creditNotes.length + balance.length + credits.length + codes.length === 0) {
    return (
      <Empty
        title="No credits"
        why="No credit note, no entry of the account balance and no billing credits."
      />
    );
  }
  return (
    <>
      {creditNotes.length > 0 ? (
        <Section title="Credit notes">
          <CreditNotes notes={creditNotes} />
        </Section>
      ) : null}
      {balance.length > 0 ? (
        <Section title="Account balance">
          <Entries movements={balance} withInvoice />
        </Section>
      ) : null}
      {credits.length > 0 ? (
        <Section title="Billing credits">
          <Entries movements={credits} withInvoice />
        </Section>
      ) : null}
      {codes.length > 0 ? (
        <Section title="Promotion codes of its own">
          <Codes movements={codes} />
        </Section>
      ) : null}
    </>
  );
}

export function TenantCredit({ tenant }: { tenant: Tenant }) {
  return (
    <>
      {tenant.row.balance ? <Balance balance={tenant.row.balance} /> : null}
      <Loaded id={tenant.row.id}>
        {(movements) => <Credits tenant={tenant} movements={movements} />}
      </Loaded>
    </>
  );
}
