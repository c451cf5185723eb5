/** Starts the app, the simulated account and the command line, and looks after what they leave. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { Session, until } from './webdriver.mjs';

const APP = process.env.METERDESK_APP;
export const CLI = process.env.METERDESK_CLI;
const SHOTS = new URL('./shots/', import.meta.url).pathname;

/** A first load of a small sample company, on a busy machine. */
export const LOAD_MS = 300_000;

/** An empty data folder and a folder to save into; both go with the test. */
export function folders(test) {
  const top = mkdtempSync(join(tmpdir(), 'meterdesk-'));
  test.after(() => rmSync(top, { recursive: true, force: true }));
  const made = { top, data: join(top, 'data'), saved: join(top, 'saved') };
  mkdirSync(made.data);
  mkdirSync(made.saved);
  return made;
}

/** The driver now and then loses an app that has just started; it is started anew so often. */
const ATTEMPTS = 3;

/**
 * Opens the app on `places`. When something is waited for in vain, a picture of the window and the
 * app's log stay in shots/.
 */
export async function open(test, places, environment = {}) {
  const opened = {};
  test.after(() => close(opened, places));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await launch(opened, places, environment);
      opened.session.onMissing = () => keepEvidence(test, opened.session, places);
      return opened.session;
    } catch (error) {
      await close(opened, places);
      if (attempt === ATTEMPTS) throw error;
      test.diagnostic(`the window did not open at attempt ${attempt}: ${error.message}`);
    }
  }
}

async function launch(opened, places, environment) {
  const port = await freePort();
  opened.driver = spawn('WebKitWebDriver', [`--port=${port}`, '--host=127.0.0.1'], {
    env: {
      ...process.env,
      TAURI_WEBVIEW_AUTOMATION: 'true',
      METERDESK_DATA_DIR: places.data,
      METERDESK_TEST_SAVE_DIR: places.saved,
      METERDESK_LOG: 'debug',
      ...environment,
    },
    stdio: 'ignore',
  });
  const address = `http://127.0.0.1:${port}`;
  await until(
    async () => (await fetch(`${address}/status`)).ok,
    'WebKitWebDriver did not answer',
  );
  opened.session = await Session.open(address, APP);
  const ready = 'return location.protocol === "tauri:" && document.readyState === "complete"';
  await until(() => opened.session.run(ready), 'the page did not load');
}

async function close(opened, places) {
  await opened.session?.close().catch(() => {});
  opened.session = undefined;
  if (opened.driver) await ended(opened.driver);
  // The driver does not always end the app, and single-instance would send the next window to one
  // that is still open.
  for (const id of running(places)) process.kill(id, 'SIGTERM');
  await until(() => running(places).length === 0, 'the app did not end');
}

/** The app's processes that work on that data folder. */
function running(places) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        const [program] = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0');
        return program === APP && readFileSync(`/proc/${id}/environ`, 'utf8').includes(places.data);
      } catch {
        return false; // It ended meanwhile.
      }
    });
}

async function ended(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill();
  await exit;
}

async function keepEvidence(test, session, places) {
  mkdirSync(SHOTS, { recursive: true });
  const name = test.name.replaceAll(/[^\w]+/g, '-');
  try {
    writeFileSync(join(SHOTS, `${name}.png`), await session.screenshot());
    writeFileSync(join(SHOTS, `${name}.html`), await session.source());
  } catch (error) {
    writeFileSync(join(SHOTS, `${name}.txt`), String(error));
  }
  writeFileSync(join(SHOTS, `${name}.log`), logs(places));
}

/** Everything the app logged. */
export function logs(places) {
  const folder = join(places.data, 'logs');
  let files = [];
  try {
    files = readdirSync(folder);
  } catch {
    return '';
  }
  return files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
}

/**
 * A simulated account over HTTP; answers what it printed: its address and keys. With `--steered`,
 * `wish` has it do something and answers what came of it.
 */
export async function simulator(test, ...options) {
  const child = spawn(CLI, ['--json', 'simulator', 'serve', '--port', '0', ...options], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  test.after(() => ended(child));
  const waiting = [];
  const gone = new Promise((_resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)));
  });
  gone.catch(() => {}); // It ends with the test, too.
  createInterface(child.stdout).on('line', (line) => waiting.shift()?.(JSON.parse(line)));
  const told = () => {
    const line = new Promise((resolve) => {
      waiting.push(resolve);
    });
    return Promise.race([line, gone]);
  };
  const account = await told();
  const wish = async (what) => {
    const answer = told();
    child.stdin.write(`${JSON.stringify(what)}\n`);
    const done = await answer;
    if (done.error) throw new Error(`${JSON.stringify(what)}: ${done.error}`);
    return done;
  };
  return { ...account, wish };
}

/** Runs the command line and gives its JSON document. */
export function commandLine(words, environment = {}) {
  const done = spawnSync(CLI, ['--json', ...words], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (done.status !== 0) throw new Error(`meterdesk-cli ${words.join(' ')}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}

/** A port of this machine that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
