/** A tenant's page: figures, and behind tabs all that is known. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { MovementView, Tenant as Answer } from '../../host/types';
import { useShortcut } from '../../keys/useShortcut';
import { Button } from '../../parts/Button';
import { cx } from '../../parts/cx';
import { Id } from '../../parts/Figures';
import { Page, PageBody } from '../../parts/Page';
import { Failed, Note, Skeleton } from '../../parts/States';
import { InStripe } from '../InStripe';
import { countWords } from '../../words/numbers';
import { History } from '../History';
import { Payments } from '../Payments';
import { TenantCredit, TenantGivenBack, useGivenBack } from '../money/TenantMoney';
import { MOST_LISTED } from '../TooMany';
import { StatementSheet } from '../export/StatementSheet';
import { Details } from './Details';
import { Recent } from './Recent';
import { SubscriptionCards } from './Subscriptions';
import { TenantFigures } from './TenantFigures';
import { TenantInvoices } from './TenantInvoices';
import { TenantUsage } from '../usage/TenantUsage';
import styles from './Tenant.module.css';

const route = getRouteApi('/tenants/$id');

const TABS = [
  ['subscription', 'Subscription'],
  ['usage', 'Usage'],
  ['invoices', 'Invoices'],
  ['payments', 'Payments'],
  ['refunds', 'Refunds & disputes'],
  ['credit', 'Credit'],
  ['history', 'History'],
  ['details', 'Details'],
] as const;

function countOfTab(tenant: Answer, givenBack: number, tab: string): string {
  if (tab === 'invoices') return countWords(tenant.invoices);
  const lists: Record<string, number> = {
    payments: tenant.payments.length,
    refunds: givenBack,
    credit: tenant.creditNotes.length,
    history: tenant.versions.length,
  };
  const count = lists[tab];
  if (count === undefined || count === 0) return '';
  return count >= MOST_LISTED ? `${MOST_LISTED}+` : countWords(count);
}

function Panels({ tenant, givenBack }: { tenant: Answer; givenBack: MovementView[] }) {
  return (
    <>
      <TabPanel id="subscription" className={styles.panel ?? ''}>
        <TenantFigures row={tenant.row} open={tenant.open} />
        <div className={styles.columns}>
          <div>
            <SubscriptionCards subscriptions={tenant.subscriptions} />
          </div>
          <Recent tenant={tenant} givenBack={givenBack} />
        </div>
      </TabPanel>
      <TabPanel id="usage" className={styles.panel ?? ''}>
        <TenantUsage id={tenant.row.id} />
      </TabPanel>
      <TabPanel id="invoices" className={cx(styles.panel, styles.tablePanel)}>
        <TenantInvoices id={tenant.row.id} name={tenant.row.name} />
      </TabPanel>
      <TabPanel id="payments" className={styles.panel ?? ''}>
        <Payments payments={tenant.payments} withInvoice />
      </TabPanel>
      <TabPanel id="refunds" className={styles.panel ?? ''}>
        <TenantGivenBack id={tenant.row.id} />
      </TabPanel>
      <TabPanel id="credit" className={styles.panel ?? ''}>
        <TenantCredit tenant={tenant} />
      </TabPanel>
      <TabPanel id="history" className={styles.panel ?? ''}>
        <History versions={tenant.versions} />
      </TabPanel>
      <TabPanel id="details" className={styles.panel ?? ''}>
        <Details tenant={tenant} />
      </TabPanel>
    </>
  );
}

function TenantTabs({ tenant }: { tenant: Answer }) {
  const navigate = useNavigate();
  const tab = route.useSearch().tab ?? 'subscription';
  const givenBack = useGivenBack(tenant.row.id);
  const choose = (next: string) =>
    void navigate({
      to: '/tenants/$id',
      params: { id: tenant.row.id },
      search: { tab: next },
      replace: true,
    });
  return (
    <Tabs
      className={styles.tabs ?? ''}
      selectedKey={TABS.some(([id]) => id === tab) ? tab : 'subscription'}
      onSelectionChange={(key) => choose(String(key))}
    >
      <TabList className={styles.tabList ?? ''} aria-label="About this tenant">
        {TABS.map(([id, words]) => (
          <Tab key={id} id={id} className={styles.tab ?? ''}>
            {words} {countOfTab(tenant, givenBack.length, id)}
          </Tab>
        ))}
      </TabList>
      {tenant.row.deleted ? (
        <Note meaning="near">
          This customer was deleted at Stripe. What was known before is kept here.
        </Note>
      ) : null}
      <Panels tenant={tenant} givenBack={givenBack} />
    </Tabs>
  );
}

export function Tenant() {
  const { id } = route.useParams();
  const host = useHost();
  const navigate = useNavigate();
  const tenant = useQuery(reads.tenant(host, id));
  const [exporting, setExporting] = useState(false);
  const { data, error } = tenant;
  useShortcut('back', () => void navigate({ to: '/tenants', search: {} }));
  useShortcut('export', () => setExporting(true), data !== undefined);
  return (
    <Page
      title={data?.row.name ?? 'Tenant'}
      parent={
        <Link to="/tenants" className={styles.parent}>
          Tenants /
        </Link>
      }
      count={
        data ? (
          <span className={styles.ids}>
            <Id id={id} short />
            {data.row.tenantId ? `· tenant ${data.row.tenantId}` : null}
          </span>
        ) : undefined
      }
      actions={
        data ? (
          <>
            <InStripe url={data.dashboardUrl} />
            <Button shortcut="e" onPress={() => setExporting(true)}>
              Statement
            </Button>
          </>
        ) : null
      }
    >
      {data ? <TenantTabs tenant={data} /> : null}
      {error && !data ? (
        <PageBody label="Tenant">
          <Failed error={asDeskError(error)} onRetry={() => void tenant.refetch()} />
        </PageBody>
      ) : null}
      {tenant.isPending ? (
        <PageBody label="Tenant">
          <Skeleton lines={8} />
        </PageBody>
      ) : null}
      {exporting && data ? (
        <StatementSheet tenant={data.row} onClose={() => setExporting(false)} />
      ) : null}
    </Page>
  );
}
