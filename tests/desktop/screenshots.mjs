/**
 * Takes pictures of the sample company, light and dark, into $METERDESK_SHOTS: those that the
 * README shows, or with METERDESK_SHOTS_ALL every screen. `cargo xtask screenshots [--all]`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { folders, open } from './meterdesk.mjs';
import { openSample } from './screens.mjs';
import { THEMES, settled, walk, walkFirstRun } from './walk.mjs';

const out = process.env.METERDESK_SHOTS;
const every = process.env.METERDESK_SHOTS_ALL !== undefined;
const SHOWN = [
  ...['first-run', 'overview', 'tenants', 'tenant', 'usage', 'tenant-usage', 'invoices', 'invoice'],
  ...['log', 'completeness'],
];

test('pictures of every screen', async (t) => {
  const places = folders(t);
  mkdirSync(out, { recursive: true });
  let bare = true;
  for (const [theme, environment] of Object.entries(THEMES)) {
    await t.test(theme, async (inner) => {
      const session = await open(inner, places, environment);
      const visit = async (screen) => {
        if (!every && !SHOWN.includes(screen)) return;
        await settled(session);
        writeFileSync(join(out, `${screen}-${theme}.png`), await session.screenshot());
      };
      if (bare) {
        await walkFirstRun(session, visit);
        await openSample(session);
        bare = false;
      }
      await walk(session, visit);
    });
  }
});
