/** A table's filter while its address lags behind, as it does on a busy computer. */
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test } from 'vitest';
import type { TableSearch } from '../app/search';
import { ShortcutProvider } from '../keys/useShortcut';
import { SearchBox } from '../parts/SearchBox';
import { useTableView } from './useTableView';

type Search = TableSearch<{ text: string; plans: string[] }, 'name'>;
const USUAL = {
  filter: { text: '', plans: [] as string[] },
  sort: 'name' as const,
  direction: 'ascending' as const,
};

/** A screen whose address follows only when `arrive` says so. */
function slowScreen() {
  const waiting: (() => void)[] = [];
  function Screen() {
    const [search, setSearch] = useState<Search>({});
    const view = useTableView(
      search,
      USUAL,
      (next) =>
        new Promise<void>((resolve) => {
          waiting.push(() => {
            setSearch(next);
            resolve();
          });
        }),
    );
    const { filter, show } = view;
    return (
      <>
        <SearchBox
          label="Search"
          value={filter.text}
          onSearch={(text) => show({ ...filter, text })}
        />
        <button type="button" onClick={() => show({ ...filter, plans: [...filter.plans, 'Free'] })}>
          Free
        </button>
        <button type="button" onClick={() => show(USUAL.filter)}>
          Clear
        </button>
        <output>{JSON.stringify(filter)}</output>
      </>
    );
  }
  render(<Screen />, { wrapper: ShortcutProvider });
  return {
    user: userEvent.setup(),
    box: () => screen.getByRole<HTMLInputElement>('searchbox'),
    shown: () => JSON.parse(screen.getByRole('status').textContent) as object,
    asked: () => waiting.length,
    arrive: () => act(async () => waiting.shift()?.()),
  };
}

test('what is typed while the address is on its way is kept', async () => {
  const { user, box, shown, asked, arrive } = slowScreen();
  await user.type(box(), 'no such');
  await waitFor(() => expect(asked()).toBe(1));
  await user.clear(box());
  await arrive();
  expect(box().value, 'an emptied box stays empty').toBe('');
  await waitFor(() => expect(shown()).toMatchObject({ text: '' }));
  await arrive();
  expect(shown()).toMatchObject({ text: '' });
});

test('a second choice builds on the first before the address has it', async () => {
  const { user, box, shown, asked, arrive } = slowScreen();
  await user.click(screen.getByText('Free'));
  await user.type(box(), 'abc');
  await waitFor(() => expect(asked()).toBe(2));
  expect(shown()).toEqual({ text: 'abc', plans: ['Free'] });
  await arrive();
  expect(shown(), 'an address that is late changes nothing').toEqual({
    text: 'abc',
    plans: ['Free'],
  });
  await arrive();
  expect(shown()).toEqual({ text: 'abc', plans: ['Free'] });
});

test('clearing the filter empties the box, even before the address has the text', async () => {
  const { user, box, shown, asked } = slowScreen();
  await user.type(box(), 'abc');
  await waitFor(() => expect(asked()).toBe(1));
  await user.click(screen.getByText('Clear'));
  expect(box().value).toBe('');
  expect(shown()).toEqual(USUAL.filter);
});
