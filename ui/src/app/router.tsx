/** Which address shows which screen. The address stands behind a hash: the page is one file. */
import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  type RouterHistory,
} from '@tanstack/react-router';
import { Invoice } from '../screens/invoice/Invoice';
import { Invoices } from '../screens/invoices/Invoices';
import { Elsewhere } from '../screens/log/Elsewhere';
import { Log } from '../screens/log/Log';
import { Overview } from '../screens/overview/Overview';
import { Settings } from '../screens/settings/Settings';
import { Tenant } from '../screens/tenant/Tenant';
import { Tenants } from '../screens/tenants/Tenants';
import { Imports } from '../screens/usage/Imports';
import { Usage } from '../screens/usage/Usage';
import { UsageTogether } from '../screens/usage/UsageTogether';
import { ConnectAnother } from '../screens/first-run/ConnectAnother';
import { Frame } from './Frame';
import { NotFound } from './NotFound';
import { daysSearch, invoicesSearch, logSearch, tenantsSearch, usageSearch } from './search';

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound });

const overview = createRoute({ getParentRoute: () => root, path: '/', component: Overview });
const tenants = createRoute({
  getParentRoute: () => root,
  path: '/tenants',
  validateSearch: tenantsSearch,
  component: Tenants,
});
const tenant = createRoute({
  getParentRoute: () => root,
  path: '/tenants/$id',
  validateSearch: (given: Record<string, unknown>): { tab?: string | undefined } => ({
    tab: typeof given['tab'] === 'string' ? given['tab'] : undefined,
  }),
  component: Tenant,
});
const invoices = createRoute({
  getParentRoute: () => root,
  path: '/invoices',
  validateSearch: invoicesSearch,
  component: Invoices,
});
const invoice = createRoute({
  getParentRoute: () => root,
  path: '/invoices/$id',
  component: Invoice,
});
const usage = createRoute({
  getParentRoute: () => root,
  path: '/usage',
  validateSearch: usageSearch,
  component: Usage,
});
const usageTogether = createRoute({
  getParentRoute: () => root,
  path: '/usage/overview',
  component: UsageTogether,
});
const usageImports = createRoute({
  getParentRoute: () => root,
  path: '/usage/imports',
  component: Imports,
});
const log = createRoute({
  getParentRoute: () => root,
  path: '/log',
  validateSearch: logSearch,
  component: Log,
});
const elsewhere = createRoute({
  getParentRoute: () => root,
  path: '/log/elsewhere',
  validateSearch: daysSearch,
  component: Elsewhere,
});
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: Settings,
});
const connect = createRoute({
  getParentRoute: () => root,
  path: '/connect',
  component: ConnectAnother,
});

const routeTree = root.addChildren([
  overview,
  tenants,
  tenant,
  usage,
  usageTogether,
  usageImports,
  invoices,
  invoice,
  log,
  elsewhere,
  settings,
  connect,
]);

export function makeRouter(history: RouterHistory = createHashHistory()) {
  return createRouter({ routeTree, history, defaultPreload: false, scrollRestoration: false });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
