/** A tenant beside the table. */
import { useQuery } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { TenantRow } from '../../host/types';
import { Button } from '../../parts/Button';
import { Id } from '../../parts/Figures';
import { Peek } from '../../parts/Sheet';
import { Failed, Skeleton } from '../../parts/States';
import { SubscriptionCards } from './Subscriptions';
import { TenantFigures } from './TenantFigures';
import styles from './Tenant.module.css';

interface Props {
  row: TenantRow;
  onClose: () => void;
  onOpen: () => void;
}

export function TenantPeek({ row, onClose, onOpen }: Props) {
  const tenant = useQuery(reads.tenant(useHost(), row.id));
  return (
    <Peek
      title={row.name}
      subtitle={
        <>
          <Id id={row.id} /> {row.tenantId ? `· tenant ${row.tenantId}` : null}
        </>
      }
      onClose={onClose}
    >
      <TenantFigures row={row} open={tenant.data?.open} small />
      {tenant.error ? (
        <Failed error={asDeskError(tenant.error)} onRetry={() => void tenant.refetch()} small />
      ) : null}
      {tenant.data ? <SubscriptionCards subscriptions={tenant.data.subscriptions} /> : null}
      {tenant.isPending ? <Skeleton lines={4} /> : null}
      <div className={styles.peekAction}>
        <Button onPress={onOpen}>Open the tenant</Button>
      </div>
    </Peek>
  );
}
