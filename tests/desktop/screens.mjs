/** What a person does in the window, in the words of the screens. */
import assert from 'node:assert/strict';

import { LOAD_MS } from './meterdesk.mjs';
import { KEY } from './webdriver.mjs';

/** A text as an XPath literal. */
export const literal = (text) => (text.includes("'") ? `"${text}"` : `'${text}'`);

/** A button whose words begin so; a shortcut may stand behind them. */
export const button = (name) =>
  `//button[starts-with(normalize-space(), ${literal(name)}) or @aria-label=${literal(name)}]`;

/** The open sheet. */
export const SHEET = "//*[@role='dialog']";

/** The same inside the open sheet. */
export const inSheet = (name) => `${SHEET}${button(name)}`;

/** A field by its label. */
export const field = (label) =>
  `//input[@aria-label=${literal(label)} or @id=//label[normalize-space()=${literal(label)}]/@for]`;

/** The same inside the open sheet. */
export const inSheetField = (label) => `${SHEET}${field(label)}`;

export const heading = (title) =>
  `//*[self::h1 or self::h2][starts-with(normalize-space(), ${literal(title)})]`;

/** The table, once it shows the rows of its filter and order, and none from before. */
export const GRID = "//*[@role='grid'][@aria-busy='false']";

/** The rows of the table that are drawn. */
const ROWS = `${GRID}//*[@role='row'][@data-rank]`;

/** A cell of a row that is drawn; both count from 1. */
export const cell = (row, column) => `(${ROWS})[${row}]/*[@role='gridcell'][${column}]`;

/** A figure or a fact of a page, with its value. */
export const figure = (label, value) =>
  `//main//div[dt[normalize-space()=${literal(label)}]]/dd[normalize-space()='${value}']`;

/** The state of what a page is about, in one of these words. */
export const mark = (...words) =>
  `//header//span[${words.map((one) => `normalize-space()=${literal(one)}`).join(' or ')}]`;

/** Goes to an address of the page, such as `/tenants/cus_1`. */
export async function show(session, address) {
  await session.run('location.hash = arguments[0]', `#${address}`);
}

/** Closes the open sheet. */
export async function closeSheet(session) {
  await session.keys(KEY.escape);
  await session.gone(SHEET);
}

/** Chooses the one thing that a filter lets pass. */
export async function filterOne(session, chip, choice) {
  await session.click(button(chip));
  const option = `//*[@role='dialog']//*[@role='radio' or self::label][normalize-space()=${literal(choice)}]`;
  await session.click(option);
  await session.keys(KEY.escape);
  await session.gone(`//*[@role='dialog'][@aria-label=${literal(chip)}]`);
  await ready(session);
}

/** Goes to a screen by the rail. */
export async function go(session, name) {
  await session.click(`//nav//a[normalize-space()=${literal(name)}]`);
  await session.find(heading(name));
}

/** Waits until nothing on the screen is loading any more. */
export async function whole(session) {
  await session.find("//main[not(.//*[@aria-busy='true'])]");
}

/** Opens the sample company from the first screen and waits for its first load. */
export async function openSample(session) {
  await session.click(button('Explore a sample company'));
  await loaded(session);
}

/** Connects the account behind `key`, as the screens ask for it; gives the recovery key. */
export async function connect(session, key, passphrase) {
  await session.click(button('Connect Stripe'));
  await session.type(field('Restricted key'), key);
  await session.click(button('Check the key'));
  await session.find(heading(''));
  await session.find(field('Name of the company, on exports and statements'));
  if (passphrase) {
    await session.type(field('Passphrase'), passphrase);
    await session.type(field('The same again'), passphrase);
  }
  await session.click(`${button('Connect ')}[not(contains(., 'Stripe'))]`);
  const recoveryKey = await session.text("//*[@data-testid='recovery-key']", LOAD_MS);
  await session.click("//label[contains(., 'I have stored it')]");
  await session.click(button('Open the books'));
  return recoveryKey;
}

/** Waits until the status line says that everything is there that the key may read. */
export async function loaded(session) {
  const whole = "contains(., 'Complete, loaded') or contains(., ' without 1 list')";
  await session.find(`//footer[${whole}]`, LOAD_MS);
}

/** Waits until the table shows what was asked for last. */
export async function ready(session) {
  await session.find(GRID);
}

/** How many rows the table has, as it says and as the title says; `expected`, when given. */
export async function count(session, expected) {
  const read = `
    const [grid] = document.querySelectorAll('[role=grid][aria-busy=false]');
    const said = document.querySelector('h1')?.nextElementSibling?.textContent ?? '';
    return [Number(grid?.getAttribute('aria-rowcount')) - 1, Number(said.replace(/[^0-9]/g, ''))];`;
  let rows;
  await session.until(
    async () => {
      const [inTable, inTitle] = await session.run(read);
      rows = inTable;
      return inTable === inTitle && (expected ?? inTable) === inTable;
    },
    `the count did not become ${expected ?? 'the title’s'}`,
  );
  return rows;
}

/** Searches the table, and waits until it has `expected` rows. */
export async function search(session, label, text, expected) {
  await session.type(field(label), text);
  await count(session, expected);
}

/** Ticks choices of a filter and closes it. */
export async function filter(session, chip, ...choices) {
  await session.click(button(chip));
  for (const choice of choices) {
    const box = `//*[@role='dialog']//label[normalize-space()=${literal(choice)}]`;
    await session.click(box);
    await session.find(`${box}[@data-selected]`);
  }
  await session.keys(KEY.escape);
  await session.gone(`//*[@role='dialog'][@aria-label=${literal(chip)}]`);
  await ready(session);
}

/** Sorts by a column's heading. */
export async function sort(session, column) {
  const heading = `//*[@role='columnheader'][${button(column).slice(2)}]`;
  await session.click(`${heading}/button`);
  await session.find(`${heading}[@aria-sort]`);
  await ready(session);
}

/** Exports what is on the screen; gives the file's path as the window says it. */
export async function exportShown(session) {
  await session.click(`//header${button('Export')}`);
  await session.click(`${inSheet('Export')}[not(@disabled)]`);
  await session.find("//*[@role='dialog']//*[normalize-space()='Exported']", LOAD_MS);
  const path = await session.text("//*[@role='dialog']//dt[normalize-space()='File']/../dd");
  assert.ok(path.startsWith('/'), `the window says where the file is, not “${path}”`);
  await session.click(inSheet('Close'));
  await session.gone("//*[@role='dialog']");
  return path;
}
