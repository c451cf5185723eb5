/** An invoice's page: lines in words, sums, payments, what differs, dates. */
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import { asDeskError } from '../../host/errors';
import type { Invoice as Answer } from '../../host/types';
import { useShortcut } from '../../keys/useShortcut';
import { Id, Moment } from '../../parts/Figures';
import { Mark } from '../../parts/Mark';
import { Page, PageBody } from '../../parts/Page';
import { Failed, Skeleton } from '../../parts/States';
import { invoiceState } from '../../words/states';
import { CreditNotes } from '../CreditNotes';
import { History } from '../History';
import { InStripe } from '../InStripe';
import lists from '../Lists.module.css';
import { InvoiceMoney } from '../money/InvoiceMoney';
import { Section } from '../Section';
import { Payments } from '../Payments';
import { Lines } from './Lines';
import styles from './Invoice.module.css';

const route = getRouteApi('/invoices/$id');

function Aside({ invoice }: { invoice: Answer }) {
  const { row } = invoice;
  return (
    <div className={styles.aside}>
      <Section title="Tenant">
        {row.customer ? (
          <Link to="/tenants/$id" params={{ id: row.customer }} className={lists.link}>
            {row.tenant}
          </Link>
        ) : (
          <p>{row.tenant}</p>
        )}
      </Section>
      <Section title="Dates">
        <dl className={styles.facts}>
          {invoice.dates.map(([label, at]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <Moment at={at} />
              </dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="How it is collected">
        <dl className={styles.facts}>
          {invoice.details.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Section title="Against the invoice before">
        {invoice.differences.length === 0 ? (
          <p className={styles.quiet}>
            {invoice.previous ? 'Nothing differs.' : 'There is none before this one.'}
          </p>
        ) : (
          <ul>
            {invoice.differences.map((difference) => (
              <li key={difference} data-copyable>
                {difference}
              </li>
            ))}
          </ul>
        )}
        {invoice.previous ? (
          <Link to="/invoices/$id" params={{ id: invoice.previous }} className={lists.link}>
            Show the invoice before
          </Link>
        ) : null}
      </Section>
    </div>
  );
}

function Loaded({ invoice }: { invoice: Answer }) {
  return (
    <div className={styles.columns}>
      <div>
        <Section title="Lines">
          <Lines invoice={invoice} />
        </Section>
        <Section title="Payments">
          {invoice.payments.length === 0 ? (
            <p className={styles.quiet}>Nothing was tried or paid yet.</p>
          ) : (
            <Payments payments={invoice.payments} />
          )}
        </Section>
        {invoice.creditNotes.length > 0 ? (
          <Section title="Credit notes">
            <CreditNotes notes={invoice.creditNotes} />
          </Section>
        ) : null}
        <InvoiceMoney
          id={invoice.row.id}
          paid={invoice.payments.some(({ outcome }) => outcome === 'succeeded')}
        />
        <Section title="History">
          <History versions={invoice.versions} />
        </Section>
      </div>
      <Aside invoice={invoice} />
    </div>
  );
}

export function Invoice() {
  const { id } = route.useParams();
  const host = useHost();
  const navigate = useNavigate();
  const invoice = useQuery(reads.invoice(host, id));
  const { data, error } = invoice;
  useShortcut('back', () => void navigate({ to: '/invoices', search: {} }));
  return (
    <Page
      title={data ? (data.row.number ?? 'Draft') : 'Invoice'}
      parent={
        <Link to="/invoices" className={styles.parent}>
          Invoices /
        </Link>
      }
      count={
        data ? (
          <span className={styles.state}>
            <Mark {...invoiceState(data.row.status, data.row.pastDue)} />
            <Id id={id} short />
          </span>
        ) : undefined
      }
      actions={data ? <InStripe url={data.dashboardUrl} /> : null}
    >
      <PageBody label="Invoice">
        {error ? (
          <Failed
            error={asDeskError(error)}
            onRetry={() => void invoice.refetch()}
            small={data !== undefined}
          />
        ) : null}
        {invoice.isPending ? <Skeleton lines={8} /> : null}
        {data ? <Loaded invoice={data} /> : null}
      </PageBody>
    </Page>
  );
}
