/** What the simulated account itself says, read with plain requests; and what a file says. */

/** Every object of a list, newest first. */
export async function everything(account, list, parameters = {}) {
  const objects = [];
  for (;;) {
    const query = new URLSearchParams({ limit: '100', ...parameters });
    if (objects.length > 0) query.set('starting_after', objects.at(-1).id);
    const answer = await fetch(`${account.baseUrl}/v1/${list}?${query}`, {
      headers: { authorization: `Bearer ${account.secretKey}` },
    });
    const page = await answer.json();
    if (!answer.ok) throw new Error(`${list}: ${page.error.message}`);
    objects.push(...page.data);
    if (!page.has_more) return objects;
  }
}

/** One object, by its address below /v1/. */
export async function one(account, address) {
  const answer = await fetch(`${account.baseUrl}/v1/${address}`, {
    headers: { authorization: `Bearer ${account.secretKey}` },
  });
  const object = await answer.json();
  if (!answer.ok) throw new Error(`${address}: ${object.error.message}`);
  return object;
}

/** Changes something by a request of its own, as a person in the dashboard does. */
export async function change(account, address, fields) {
  const answer = await fetch(`${account.baseUrl}/v1/${address}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${account.secretKey}` },
    body: new URLSearchParams(fields),
  });
  const object = await answer.json();
  if (!answer.ok) throw new Error(`${address}: ${object.error.message}`);
  return object;
}

/** Every customer: those of a test clock are in no list but their clock's. */
export async function everyCustomer(account) {
  const clocks = await everything(account, 'test_helpers/test_clocks');
  const lists = [everything(account, 'customers')];
  for (const clock of clocks) {
    lists.push(everything(account, 'customers', { test_clock: clock.id }));
  }
  return (await Promise.all(lists)).flat();
}

/** Sums of `amount(row)` by `currency(row)`, in minor units, as text that compares exactly. */
export function sums(rows, currency, amount) {
  const byCurrency = {};
  for (const row of rows) {
    const code = currency(row).toUpperCase();
    byCurrency[code] = (byCurrency[code] ?? 0n) + BigInt(amount(row));
  }
  return Object.fromEntries(
    Object.entries(byCurrency)
      .map(([code, sum]) => [code, String(sum)])
      .sort(),
  );
}

/** The rows of a CSV file (RFC 4180), each an object by its headings. */
export function rowsOf(text) {
  const [headings, ...rows] = cells(text);
  return rows.map((row) => Object.fromEntries(headings.map((name, at) => [name, row[at]])));
}

function cells(text) {
  const rows = [];
  let row = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/g)) {
    if (end === '' && row.length === 0 && quoted === undefined && plain === '') break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}
