/** A walk through every screen, for those who look at each: axe, and the README's pictures. */
import * as screens from './screens.mjs';
import { KEY } from './webdriver.mjs';

/** What the system says about light and dark, as the app is told. */
export const THEMES = { light: { GTK_THEME: 'Adwaita' }, dark: { GTK_THEME: 'Adwaita:dark' } };

/** The screens before there is any account; ends on the first. */
export async function walkFirstRun(session, visit) {
  await session.find(screens.button('Explore a sample company'));
  await visit('first-run');
  await session.click(screens.button('Connect Stripe'));
  await session.find(screens.field('Restricted key'));
  await visit('connect');
  await session.click(screens.button('Back'));
  await session.click(screens.button('Restore it'));
  await session.find(screens.heading('Restore a backup'));
  await visit('restore');
  await session.click(screens.button('Back'));
}

/** Every screen of open books. */
export async function walk(session, visit) {
  await session.find(screens.heading('Overview'));
  await session.find("//main//*[contains(text(), 'MRR')]");
  await visit('overview');
  await walkTenants(session, visit);
  await walkUsage(session, visit);
  await walkInvoices(session, visit);
  await walkLog(session, visit);
  await screens.go(session, 'Settings');
  await session.find(screens.heading('Accounts'));
  await screens.whole(session);
  await visit('settings');
  await walkSheets(session, visit);
}

async function walkTenants(session, visit) {
  await screens.go(session, 'Tenants');
  await screens.sort(session, 'MRR');
  const all = await screens.count(session);
  await visit('tenants');
  await session.run("document.querySelector('[role=grid]').focus()");
  await session.keys('j ');
  await session.find('//aside');
  await visit('tenant-peek');
  await session.keys(KEY.escape);
  await session.gone('//aside');
  await screens.search(session, 'Search tenants', 'no such tenant anywhere', 0);
  await session.find(screens.button('Clear the filter'));
  await visit('tenants-filtered-to-nothing');
  await screens.search(session, 'Search tenants', '', all);
  const name = await session.text(screens.cell(1, 1));
  await session.click(screens.cell(1, 1));
  await session.find(screens.heading(name));
  await session.find("//main//*[contains(text(), 'Subscription')]");
  await visit('tenant');
  for (const [tab, screen] of [
    ['Refunds & disputes', 'tenant-refunds'],
    ['Credit', 'tenant-credit'],
  ]) {
    await session.click(`//*[@role='tab'][starts-with(normalize-space(), '${tab}')]`);
    await session.find("//*[@role='tabpanel']//*[self::table or self::h2]");
    await screens.whole(session);
    await visit(screen);
  }
}

async function walkUsage(session, visit) {
  await screens.go(session, 'Usage');
  await screens.count(session);
  await visit('usage');
  await session.click(screens.cell(1, 1));
  await session.find("//main//*[@role='slider']//*[name()='polyline']");
  await screens.whole(session);
  await visit('tenant-usage');
  await screens.go(session, 'Usage');
  await session.click("//nav[@aria-label='Parts of usage']/a[2]");
  await session.find("(//main//*[@role='slider'])[4]");
  await screens.whole(session);
  await visit('usage-together');
  await session.click("//nav[@aria-label='Parts of usage']/a[3]");
  await session.find("//main//table");
  await screens.whole(session);
  await visit('usage-imports');
  await session.click(`//header${screens.button('Import usage')}`);
  await session.find(screens.inSheet('Choose a file'));
  await visit('usage-import');
  await session.keys(KEY.escape);
  await session.gone("//*[@role='dialog']");
}

async function walkInvoices(session, visit) {
  await screens.go(session, 'Invoices & credits');
  await screens.count(session);
  await visit('invoices');
  await session.click(screens.button('State'));
  await session.find("//*[@role='dialog'][@aria-label='State']");
  await visit('invoices-filter');
  await session.keys(KEY.escape);
  await session.gone("//*[@role='dialog']");
  await session.click(`//header${screens.button('Export')}`);
  await session.find(screens.inSheet('Export'));
  await visit('export');
  await session.keys(KEY.escape);
  await session.gone("//*[@role='dialog']");
  await session.click(screens.cell(1, 1));
  await session.find("//main//*[contains(text(), 'Lines')]");
  await screens.whole(session);
  await visit('invoice');
}

async function walkLog(session, visit) {
  await screens.go(session, 'Log');
  await session.find("//*[@role='grid']");
  await screens.ready(session);
  await visit('log');
  await session.click("//nav[@aria-label='Parts of the log']/a[2]");
  await session.find("//*[@aria-label='Changed elsewhere'][not(.//*[@aria-busy='true'])]");
  await visit('changed-elsewhere');
}

async function walkSheets(session, visit) {
  await session.click("//footer//button[starts-with(@aria-label, 'Completeness')]");
  await session.find("//*[@role='dialog']//table");
  await visit('completeness');
  await session.keys(KEY.escape);
  await session.gone("//*[@role='dialog']");
  await session.click("//footer//button[contains(., 'loaded')]");
  await session.find("//*[@role='dialog']");
  await visit('sync');
  await session.keys(KEY.escape);
  await session.gone("//*[@role='dialog']");
  await session.keys('k', KEY.control);
  await session.find("//*[@role='dialog']//input");
  await visit('palette');
  await session.keys(KEY.escape);
  await session.gone("//*[@role='dialog']");
  await session.keys('?');
  await session.find("//*[@role='dialog']");
  await visit('help');
  await session.keys(KEY.escape);
  await session.gone("//*[@role='dialog']");
}

/** Waits until everything stands as it stays: nothing moves, the font is there, it is drawn. */
export async function settled(session) {
  await session.runAsync(`
    const drawn = () => new Promise((resolve) => { requestAnimationFrame(() => resolve()); });
    await document.fonts.ready;
    await drawn();
    const ends = (animation) => animation.effect?.getTiming().iterations !== Infinity;
    const moving = document.getAnimations().filter(ends);
    await Promise.allSettled(moving.map((animation) => animation.finished));
    await drawn();
    await drawn();`);
}
