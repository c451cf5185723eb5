/** The palette: go to a screen, act, or find a tenant or an invoice. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CornerDownLeft } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { useHost } from '../app/host';
import { reads } from '../app/reads';
import type { Hit } from '../host/types';
import styles from './Palette.module.css';
import type { Shortcut } from './shortcuts';
import { useAvailableShortcuts, useRegistry } from './useShortcut';
import { keyWords } from './words';

interface Entry {
  id: string;
  group: string;
  title: string;
  detail: string;
  keys: string | undefined;
  run: () => void;
}

const KIND_WORDS: Readonly<Record<string, string>> = { tenant: 'Tenants', invoice: 'Invoices' };

function matches(title: string, typed: string): boolean {
  const text = title.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function Palette({ onClose }: { onClose: () => void }) {
  const base = useId();
  const host = useHost();
  const registry = useRegistry();
  const navigate = useNavigate();
  const shortcuts = useAvailableShortcuts();
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const text = typed.trim();
  const hits = useQuery(reads.search(host, text));

  const asAct = (one: Shortcut): Entry => ({
    id: one.id,
    group: one.group === 'Go to' ? 'Go to' : 'Act',
    title: one.title,
    detail: '',
    keys: one.keys[0],
    run: () => registry.run(one.id),
  });
  const asHit = (hit: Hit): Entry => ({
    id: hit.id,
    group: KIND_WORDS[hit.kind] ?? 'Found',
    title: hit.title,
    detail: hit.detail,
    keys: undefined,
    run: () =>
      void navigate(
        hit.kind === 'invoice'
          ? { to: '/invoices/$id', params: { id: hit.id } }
          : { to: '/tenants/$id', params: { id: hit.id } },
      ),
  });
  const acts = shortcuts.filter((one) => one.palette && matches(one.title, text)).map(asAct);
  const found = text.length > 1 ? (hits.data ?? []).map(asHit) : [];
  const entries = [...acts, ...found];
  const current = Math.min(at, Math.max(0, entries.length - 1));

  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setAt(Math.min(current + 1, entries.length - 1));
    else if (event.key === 'ArrowUp') setAt(Math.max(current - 1, 0));
    else if (event.key === 'Enter') run(entries[current]);
    else return;
    event.preventDefault();
  };

  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className={styles.overlay ?? ''}
    >
      <Modal className={styles.modal ?? ''}>
        <Dialog className={styles.dialog ?? ''} aria-label="Go to, act, search">
          <input
            // The palette is opened to type in it.
            ref={(field) => field?.focus()}
            className={styles.field}
            role="combobox"
            aria-expanded="true"
            aria-controls={`${base}-list`}
            aria-activedescendant={entries.length > 0 ? `${base}-${current}` : undefined}
            aria-label="Go to, act, search tenants and invoices"
            placeholder="Go to, act, search tenants and invoices"
            spellCheck={false}
            maxLength={200}
            value={typed}
            onChange={(event) => {
              setTyped(event.target.value);
              setAt(0);
            }}
            onKeyDown={keyDown}
          />
          <div role="listbox" id={`${base}-list`} aria-label="Results" className={styles.list}>
            {entries.map((entry, place) => (
              <PaletteLine
                key={`${entry.group} ${entry.id}`}
                id={`${base}-${place}`}
                entry={entry}
                heading={entries[place - 1]?.group === entry.group ? null : entry.group}
                active={place === current}
                onPoint={() => setAt(place)}
                onRun={() => run(entry)}
              />
            ))}
            {entries.length === 0 ? (
              <p className={styles.none}>
                {hits.isFetching ? 'Searching' : `Nothing holds “${text}”`}
              </p>
            ) : null}
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface LineProps {
  id: string;
  entry: Entry;
  heading: string | null;
  active: boolean;
  onPoint: () => void;
  onRun: () => void;
}

function PaletteLine({ id, entry, heading, active, onPoint, onRun }: LineProps) {
  const place = (element: HTMLElement | null) => {
    if (active) element?.scrollIntoView?.({ block: 'nearest' });
  };
  return (
    <>
      {heading === null ? null : (
        <div role="presentation" className={styles.group}>
          {heading}
        </div>
      )}
      {/* The field has the focus and the keys; a line only takes the pointer. */}
      <div
        ref={place}
        role="option"
        id={id}
        tabIndex={-1}
        aria-selected={active}
        className={styles.entry}
        onPointerMove={active ? undefined : onPoint}
        onPointerUp={onRun}
      >
        <span className={styles.title}>{entry.title}</span>
        <span className={styles.detail}>{entry.detail}</span>
        {entry.keys ? <kbd className={styles.key}>{keyWords(entry.keys)}</kbd> : null}
        {active ? <CornerDownLeft size={12} aria-hidden /> : null}
      </div>
    </>
  );
}
