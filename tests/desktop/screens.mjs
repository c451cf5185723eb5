/** What a person does in the window, in the words of the screens. */
import assert from 'node:assert/strict';

import { LOAD_MS } from './meterdesk.mjs';
import { KEY, until } from './webdriver.mjs';

/** A text as an XPath literal. */
const literal = (text) => (text.includes("'") ? `"${text}"` : `'${text}'`);

/** A button whose words begin so; a shortcut may stand behind them. */
export const button = (name) =>
  `//button[starts-with(normalize-space(), ${literal(name)}) or @aria-label=${literal(name)}]`;

/** The same inside the open sheet. */
export const inSheet = (name) => `//*[@role='dialog']${button(name)}`;

/** A field by its label. */
export const field = (label) =>
  `//input[@aria-label=${literal(label)} or @id=//label[normalize-space()=${literal(label)}]/@for]`;

export const heading = (title) =>
  `//*[self::h1 or self::h2][starts-with(normalize-space(), ${literal(title)})]`;

/** The rows of the table that are drawn. */
export const ROWS = "//*[@role='grid']//*[@role='row'][@data-rank]";

/** A cell of a row that is drawn; both count from 1. */
export const cell = (row, column) => `(${ROWS})[${row}]/*[@role='gridcell'][${column}]`;

/** Goes to a screen by the rail. */
export async function go(session, name) {
  await session.click(`//nav//a[normalize-space()=${literal(name)}]`);
  await session.find(heading(name));
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

/** Waits until the status line says that everything is there. */
export async function loaded(session) {
  await session.find("//footer[contains(., 'Complete, loaded')]", LOAD_MS);
}

/** The count beside the title, once it says `expected`, or once it says anything. */
export async function count(session, expected) {
  const place = '//h1/following-sibling::span[1]';
  const number = (text) => Number(text.replaceAll(/[^0-9]/g, ''));
  if (expected === undefined) return number(await session.text(place));
  await until(
    async () => number((await session.texts(place))[0] ?? '') === expected,
    `the count did not become ${expected}`,
  );
  return expected;
}

/** Ticks choices of a filter and closes it. */
export async function filter(session, chip, ...choices) {
  await session.click(button(chip));
  for (const choice of choices) {
    await session.click(`//*[@role='dialog']//label[normalize-space()=${literal(choice)}]`);
  }
  await session.keys(KEY.escape);
  await session.gone(`//*[@role='dialog'][@aria-label=${literal(chip)}]`);
}

/** Sorts by a column's heading. */
export async function sort(session, column) {
  await session.click(`//*[@role='columnheader']${button(column)}`);
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
