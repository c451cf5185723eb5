/**
 * Writes the third-party notices of what is shipped: every crate that the two programs link, the C
 * libraries inside them, and every Node package that the page is built from.
 *
 * node notices.mjs OUT, from the repository's top
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TEXT = /^(licen[cs]e|copying|notice|copyright|unlicense|ofl)/i;
const SHIPPED = ['meterdesk', 'cli'];
/** Sources of C libraries that a crate's build compiles in: the folder inside the crate. */
const COMPILED_IN = { 'openssl-src': 'openssl', 'libsqlite3-sys': 'sqlcipher', 'zstd-sys': 'zstd' };

function crates() {
  const words = ['metadata', '--format-version=1', '--locked', `--filter-platform=${host()}`];
  const metadata = JSON.parse(execFileSync('cargo', words, { maxBuffer: 1 << 28 }));
  const packages = new Map(metadata.packages.map((entry) => [entry.id, entry]));
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const seen = new Set();
  const waiting = metadata.packages
    .filter((entry) => SHIPPED.includes(entry.name) && entry.source === null)
    .map((entry) => entry.id);
  while (waiting.length > 0) {
    const id = waiting.pop();
    if (seen.has(id)) continue;
    seen.add(id);
    for (const dependency of nodes.get(id).deps) {
      const linked = dependency.dep_kinds.some(({ kind }) => kind === null);
      const compiledIn = packages.get(dependency.pkg).name in COMPILED_IN;
      if (linked || compiledIn) waiting.push(dependency.pkg);
    }
  }
  return [...seen]
    .map((id) => packages.get(id))
    .filter((entry) => entry.source !== null)
    .map((entry) => notice(entry, dirname(entry.manifest_path), COMPILED_IN[entry.name]));
}

function host() {
  return /^host: (.*)$/m.exec(execFileSync('rustc', ['-vV'], { encoding: 'utf8' }))[1];
}

function nodePackages(folder) {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && !entry.dev && !entry.devOptional)
    .filter(([path]) => existsSync(join(folder, path)))
    .map(([path]) => {
      const place = join(folder, path);
      return notice(JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')), place);
    });
}

function notice(entry, folder, inner) {
  const texts = [...licences(folder), ...(inner ? licences(join(folder, inner)) : [])];
  const licence = typeof entry.license === 'string' ? entry.license : 'see its texts';
  if (texts.length === 0 && !entry.license) {
    throw new Error(`${entry.name} ${entry.version} names no licence and carries no text`);
  }
  return { name: `${entry.name} ${entry.version}`, licence, texts };
}

function licences(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((file) => file.isFile() && TEXT.test(file.name))
    .map((file) => readFileSync(join(folder, file.name), 'utf8').replaceAll('\r\n', '\n').trim());
}

/** One entry a text, with the names of everything that is under it. */
function grouped(notices) {
  const byText = new Map();
  for (const { name, texts } of notices) {
    for (const text of texts) byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  return [...byText].map(([text, names]) => `${[...new Set(names)].join(', ')}\n\n${text}\n`);
}

const [out] = process.argv.slice(2);
const notices = [...crates(), ...nodePackages('ui')].sort((a, b) => (a.name < b.name ? -1 : 1));
const rule = `\n${'='.repeat(80)}\n\n`;
const list = notices.map(({ name, licence }) => `${name}: ${licence}`).join('\n');
const head = `Meterdesk contains the following third-party work.\n\n${list}\n`;
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, [head, ...grouped(notices)].join(rule));
process.stdout.write(`${notices.length} packages\n`);
