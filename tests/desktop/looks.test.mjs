/** axe on every screen, in both themes, in the real window. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { folders, open } from './meterdesk.mjs';
import { openSample } from './screens.mjs';
import { THEMES, settled, walk, walkFirstRun } from './walk.mjs';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

test('axe finds nothing on any screen, light or dark', async (t) => {
  const places = folders(t);
  for (const [theme, environment] of Object.entries(THEMES)) {
    const bare = theme === 'light';
    await t.test(theme, async (inner) => {
      const session = await open(inner, places, environment);
      const dark = "return matchMedia('(prefers-color-scheme: dark)').matches";
      assert.equal(await session.run(dark), theme === 'dark', 'the window follows the system');
      const visit = (screen) => look(inner, session, `${screen}, ${theme}`);
      if (bare) {
        await walkFirstRun(session, visit);
        await openSample(session);
      }
      await walk(session, visit);
    });
  }
});

/** Goes on after a finding, so that one run shows all of them; the test fails all the same. */
async function look(test, session, screen) {
  await test.test(screen, async () => {
    if (!(await session.run('return typeof axe === "object"'))) await session.run(axe);
    await settled(session);
    // A popover stands at the end of the page, outside every landmark, while the page behind it is
    // hidden from a screen reader: the rule that all is in a landmark has no meaning there.
    const violations = await session.runAsync(
      `const open = document.querySelector('[role=dialog]') !== null;
       return (await axe.run({ rules: { region: { enabled: !open } } })).violations;`,
    );
    const findings = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${failureSummary}\n  ${html.slice(0, 200)}`),
    );
    if (findings.length > 0) assert.fail(findings.join('\n'));
  });
}
