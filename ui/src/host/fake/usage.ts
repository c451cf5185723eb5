/** The fake desk's usage: rows, charts, plans, imports. */
import type { Host } from '../host';
import type * as T from '../types';
import type { Company } from './company';

const ALLOWED: Readonly<Record<string, number>> = {
  free: 50,
  starter: 500,
  professional: 2000,
};
const NAMES = ['Free', 'Starter', 'Professional', 'Enterprise'];
const LIMITS: Readonly<Record<string, [string, string, string]>> = {
  Free: ['50', '1', '1'],
  Starter: ['500', '5', '3'],
  Professional: ['2000', '20', '10'],
  Enterprise: ['contract', 'contract', 'contract'],
};

function standingOf(share: number): T.UsageStanding {
  if (share > 1) return 'over';
  if (share === 1) return 'reached';
  return share >= 0.8 ? 'near' : 'within';
}

function usageRow(tenant: T.TenantRow, rank: number): T.UsageRow {
  const plan = tenant.plan?.toLowerCase() ?? null;
  const allowed = plan === null ? null : (ALLOWED[plan] ?? null);
  const share = ((rank * 37) % 113) / 100;
  const used = allowed === null ? rank * 3 : Math.round(allowed * share);
  const state = allowed === null ? 'unknown' : standingOf(used / allowed);
  return {
    id: tenant.id,
    name: tenant.name,
    tenantId: tenant.tenantId,
    plan,
    unmapped: false,
    periodStart: '2026-11-01',
    periodEnd: '2026-11-30',
    allowance: allowed === null ? null : String(allowed),
    unlimited: false,
    used: String(used),
    unbillable: '4.5',
    remaining: allowed === null ? null : String(allowed - used),
    basisPoints: allowed === null ? null : Math.floor((used / allowed) * 10_000),
    state,
    overage: allowed === null ? null : String(Math.max(0, used - allowed)),
    overageAmount: null,
    lastAt: null,
    runsOut: state === 'near' ? '2026-11-24' : null,
  };
}

const sortKeys: Record<T.UsageSort, (row: T.UsageRow) => number | string> = {
  percent: (row) => row.basisPoints ?? -1,
  state: (row) => row.state,
  plan: (row) => row.plan ?? '',
  name: (row) => row.name.toLowerCase(),
  used: (row) => Number(row.used ?? -1),
  remaining: (row) => Number(row.remaining ?? -1e9),
  overage: (row) => Number(row.overage ?? -1),
  runs_out: (row) => row.runsOut ?? '9999',
};

const place = (at: number): T.ChartPlace => ({
  left: 400 + at * 200,
  top: 160,
  width: 200,
  height: 2400,
  x: 600 + at * 200,
  y: 1800 - at * 50,
  title: `${at + 1} Nov 2026`,
  values: [
    { name: 'So far', value: String((at + 1) * 87) },
    { name: 'Limit', value: '2,000' },
  ],
});

/** A drawing of a few shapes; what is no shape of a chart must not reach the page. */
export function chartOf(title: string, form: T.ChartForm): T.Chart {
  const places = Array.from({ length: 22 }, (_, at) => place(at));
  const [wide, high] = [form.width * 10, form.height * 10];
  return {
    svg:
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}"><title>x</title>` +
      '<script>document.title = "taken"</script>' +
      `<line stroke="#27272A" stroke-width="15" x1="400" y1="600" x2="${wide - 1200}" y2="600"/>` +
      '<polyline fill="none" stroke="#3D5BD9" stroke-width="20" onclick="x()" ' +
      `points="${places.map((one) => `${one.x},${one.y}`).join(' ')}"/>` +
      '<text x="80" y="600" dy="0.5ex" font-size="120" fill="#55555F">2,000 &lt;b&gt;</text></svg>',
    width: form.width,
    height: form.height,
    title,
    sentence: 'Alder used 1,911 of 2,000 AI credits (95 %) by 22 November.',
    places,
    columns: [
      { heading: 'Day', number: false },
      { heading: 'So far', number: true },
    ],
    rows: places.map((one) => [one.title, one.values[0]?.value ?? '']),
  };
}

function plansOf(confirmed: boolean): T.Plans {
  return {
    plans: NAMES.map((name) => ({
      key: name.toLowerCase(),
      versions: [
        {
          from: null,
          current: true,
          name,
          limits: ['ai_credit', 'seats_in_use', 'mailboxes'].map((usageType, at) => ({
            usageType,
            limit: LIMITS[name]?.[at] ?? 'contract',
            atLimit: 'let_pass',
            prices: [],
          })),
          features: name === 'Free' ? [] : ['ai'],
          nearPercent: 80,
          onChange: 'higher_at_once',
          trialPercent: 100,
          pausePercent: 0,
          afterEnd: 'period_end',
          rules: ['A higher allowance counts at once, a lower one from the next period.'],
        },
      ],
    })),
    prices: NAMES.slice(0, 3).map((product, at) => ({
      id: `price_${product.toLowerCase()}`,
      product,
      label: null,
      currency: 'USD',
      interval: 'month',
      subscriptions: 12 * (at + 1),
      standing: confirmed ? 'confirmed' : 'proposed',
      plan: product.toLowerCase(),
      because: confirmed ? null : 'its product’s name',
    })),
    unconfirmed: confirmed ? 0 : 3,
    changes: [],
  };
}

const FILE: T.UsageFile = {
  columns: ['customer', 'credits', 'at', 'note'],
  rows: [
    ['cus_R8s000001Qd', '12.5', '2026-11-02T09:00:00Z', ''],
    ['cus_R8s000002Qd', 'twelve', '2026-11-02T10:00:00Z', 'typed by hand'],
  ],
  source: 'files',
  mapping: [
    { name: 'tenant', value: 'customer' },
    { name: 'quantity', value: 'credits' },
    { name: 'time', value: 'at' },
  ],
  remembered: false,
  fields: [
    { name: 'tenant', what: 'Tenant' },
    { name: 'quantity', what: 'Quantity' },
    { name: 'time', what: 'Time' },
    { name: 'key', what: 'Key of the record' },
  ],
};

function importedOf(request: T.UsageImportRequest): T.UsageImported {
  return {
    applied: request.apply,
    batch: request.apply ? 2 : null,
    sameContentAs: null,
    source: 'files',
    mapping: request.mapping,
    rows: 1200,
    records: 1198,
    repeated: 0,
    aside: 1,
    refused: 1,
    tenants: 240,
    firstAt: 1_793_487_600,
    lastAt: 1_795_340_460,
    findings: [
      {
        line: 3,
        column: 'credits',
        value: 'twelve',
        kind: 'bad_number',
        refuses: true,
        what: 'Not a number',
        advice: 'Write it with a point and without separators',
      },
    ],
    findingCounts: [{ kind: 'bad_number', refuses: true, what: 'Not a number', count: 1 }],
    sha256: 'b1946ac92492d2347c6235b4d2611184',
    words: request.apply ? '1,198 records came in.' : '1,198 records would come in, 1 is refused.',
  };
}

type Ask = <Answer>(name: string, args: unknown[], make: () => Answer) => Promise<Answer>;

type UsageHost = Pick<
  Host,
  | 'usageTenants'
  | 'usageTenant'
  | 'usageChart'
  | 'usageOverview'
  | 'usageOpen'
  | 'usageImport'
  | 'usageBatches'
  | 'usageReverse'
  | 'plans'
  | 'mapPrices'
>;

/** The part of the desk that answers about usage. */
export function usageHost(data: Company, read: Ask, answer: Ask): UsageHost {
  const rows = data.tenants.map(usageRow);
  let confirmed = false;
  let reversed: number | null = null;
  return {
    usageTenants: (query) => read('usageTenants', [query], () => pageOf(rows, query)),
    usageTenant: (id, usageType) =>
      read('usageTenant', [id, usageType], () => tenantUsage(rows, id)),
    usageChart: (id, form) =>
      read('usageChart', [id, form], () => chartOf('AI credits used by Alder', form)),
    usageOverview: (form) =>
      read('usageOverview', [form], () => ({
        within: 180,
        near: 21,
        reached: 1,
        over: 4,
        unknown: 33,
        used: '61,204',
        overage: '1,480',
        empty: rows.length === 0,
        distribution: chartOf('Share of the allowance that tenants used', form),
        nearest: chartOf('Tenants nearest their limit', form),
        trend: chartOf('AI credits used by month', form),
        unused: chartOf('Allowance left unused, by plan', form),
      })),
    usageOpen: (path, source) => read('usageOpen', [path, source], () => FILE),
    usageImport: (path, request, progress) =>
      answer('usageImport', [path, request], () => {
        progress({ rows: 600 });
        return importedOf(request);
      }),
    usageBatches: () =>
      read('usageBatches', [], () =>
        rows.length === 0
          ? []
          : [
              {
                batch: 1,
                source: 'files',
                sourceKind: 'file',
                name: 'november.csv',
                importedAt: 1_795_340_460,
                rows: 1200,
                records: 1198,
                repeated: 0,
                aside: 1,
                refused: 1,
                firstAt: 1_793_487_600,
                lastAt: 1_795_340_460,
                reversedAt: reversed,
              },
            ],
      ),
    usageReverse: (batch) =>
      answer('usageReverse', [batch], () => {
        reversed = 1_795_340_460;
        return { batch, records: 1198, aside: 1, tenants: 240, leftOutElsewhere: [] };
      }),
    plans: () => read('plans', [], () => plansOf(confirmed)),
    mapPrices: (mapping, write) =>
      answer('mapPrices', [mapping, write], () => {
        confirmed = confirmed || mapping.proposed;
        return { written: write, words: ['3 prices stand for their plans.'], entry: 43 };
      }),
  };
}

function pageOf(
  rows: readonly T.UsageRow[],
  query: Parameters<Host['usageTenants']>[0],
): T.UsagePage {
  const { filter, sort, direction, first, count } = query;
  const passing = rows.filter(
    (row) =>
      row.name.toLowerCase().includes(filter.text.toLowerCase()) &&
      (filter.states.length === 0 || filter.states.includes(row.state)) &&
      (filter.plans.length === 0 || filter.plans.includes(row.plan ?? 'none')),
  );
  const key = sortKeys[sort];
  const sign = direction === 'ascending' ? 1 : -1;
  passing.sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0));
  return { total: passing.length, first, rows: passing.slice(first, first + count) };
}

function tenantUsage(rows: readonly T.UsageRow[], id: string): T.TenantUsage {
  const row = rows.find((one) => one.id === id) ?? rows[0];
  if (!row) throw new Error('The fake company has tenants');
  return {
    row,
    usageType: 'ai_credit',
    level: false,
    asOf: '2026-11-22',
    nearPercent: 80,
    sentence: `${row.name} used ${row.used} of ${row.allowance} AI credits.`,
    parts: [
      { kind: 'plan', quantity: row.allowance, words: 'Plan Professional', number: null },
      { kind: 'top_up', quantity: '0', words: 'Extra credits', number: 7 },
    ],
    limitSteps: [],
    days: [],
    register: [],
    earlier: [
      {
        start: '2026-10-01',
        end: '2026-10-31',
        allowance: row.allowance,
        unlimited: false,
        used: '1418',
        overage: '0',
        overageAmount: null,
        state: 'within',
        days: [],
      },
    ],
    changes: [],
    forecast: {
      points: [],
      low: '2310',
      expected: '2494.731203',
      high: '2661',
      runsOut: '2026-11-24',
      fewData: false,
      sentence: 'At this pace the limit is reached on 24 November.',
    },
  };
}
