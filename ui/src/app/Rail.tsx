/** The rail: which account, which screen. */
import { Link, useNavigate } from '@tanstack/react-router';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ChevronsUpDown } from 'lucide-react';
import {
  Button,
  Header,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
} from 'react-aria-components';
import type { AccountSummary, Mode } from '../host/types';
import { cx } from '../parts/cx';
import { useHost } from './host';
import { readAnew, useAccount, useApp } from './reads';
import { useLock } from './useLock';
import styles from './Rail.module.css';

const MODE_WORDS: Record<Mode, string> = { live: 'Live', test: 'Test', sample: 'Sample' };

const shortAccount = (id: string) => (id.length > 14 ? `${id.slice(0, 7)}…${id.slice(-3)}` : id);

function Identity({ account }: { account: AccountSummary }) {
  return (
    <>
      <span className={styles.tile} aria-hidden>
        {account.entityName.charAt(0).toUpperCase() || 'M'}
      </span>
      <span className={styles.names}>
        <span className={styles.entity}>{account.entityName || account.name}</span>
        <span className={styles.mode}>
          <span className={cx(styles.modeWord, styles[account.mode])}>
            {MODE_WORDS[account.mode]}
          </span>
          {account.mode === 'sample' ? ' · made up' : ` · ${shortAccount(account.stripeAccount)}`}
        </span>
      </span>
    </>
  );
}

function AccountSwitcher() {
  const host = useHost();
  const client = useQueryClient();
  const navigate = useNavigate();
  const app = useApp();
  const account = useAccount();
  const lock = useLock();
  const change = useMutation({
    mutationFn: (name: string) => host.switchAccount(name),
    onSettled: () => readAnew(client),
    onSuccess: () => navigate({ to: '/' }),
  });
  if (!account) return null;
  const act = (key: string) => {
    if (key === ':connect') void navigate({ to: '/connect' });
    else if (key === ':lock') lock.mutate();
    else if (key !== account.name) change.mutate(key);
  };
  return (
    <MenuTrigger>
      <Button className={styles.switcher ?? ''}>
        <Identity account={account} />
        <ChevronsUpDown size={14} className={styles.chevron} aria-hidden />
      </Button>
      <Popover className={styles.popover ?? ''} placement="bottom start" offset={4}>
        <Menu className={styles.menu ?? ''} onAction={(key) => act(String(key))}>
          <MenuSection>
            <Header className={styles.menuHead ?? ''}>Accounts on this computer</Header>
            {app.accounts.map((one) => (
              <MenuItem
                key={one.name}
                id={one.name}
                textValue={`${one.entityName} ${MODE_WORDS[one.mode]}`}
                className={cx(styles.item, one.name === account.name && styles.current)}
              >
                <Identity account={one} />
              </MenuItem>
            ))}
          </MenuSection>
          <Separator className={styles.line ?? ''} />
          <MenuItem id=":connect" className={cx(styles.item, styles.plain)}>
            Connect another account
          </MenuItem>
          {account.mode === 'sample' ? null : (
            <MenuItem id=":lock" className={cx(styles.item, styles.plain)}>
              Lock the window
            </MenuItem>
          )}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

export function Rail() {
  const account = useAccount();
  return (
    <div className={styles.rail}>
      <div
        className={cx(styles.bar, account && styles[`${account.mode}Bar`])}
        title={account ? `${MODE_WORDS[account.mode]} account` : undefined}
      />
      <AccountSwitcher />
      <nav className={styles.nav} aria-label="Screens">
        <Link to="/" className={styles.link} activeOptions={{ exact: true }}>
          Overview
        </Link>
        <Link to="/tenants" className={styles.link} activeOptions={{ includeSearch: false }}>
          Tenants
        </Link>
        <Link to="/usage" className={styles.link} activeOptions={{ includeSearch: false }}>
          Usage
        </Link>
        <Link to="/invoices" className={styles.link} activeOptions={{ includeSearch: false }}>
          Invoices &amp; credits
        </Link>
        <Link to="/log" className={styles.link} activeOptions={{ includeSearch: false }}>
          Log
        </Link>
        <span className={styles.space} />
        <Link to="/settings" className={styles.link}>
          Settings
        </Link>
      </nav>
    </div>
  );
}
