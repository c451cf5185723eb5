/** A small WebDriver client: the part of the standard that driving one window needs. */

/** The key under which the standard sends an element's reference. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** How long to wait for something to appear: nothing here asserts speed, and machines get busy. */
const PATIENCE_MS = 90_000;

/** How long a field may take to show what was typed, before it is typed again. */
const KEPT_MS = 3_000;

/** How long a script in the page may take. */
const SCRIPT_MS = 120_000;

/** How long the driver may take for one answer. */
const ANSWER_MS = 150_000;

/** How long the app may take to open its window. */
const OPENED_MS = 60_000;

/** Keys that are no letters, as the standard names them. */
export const KEY = {
  delete: '\uE017',
  enter: '\uE007',
  escape: '\uE00C',
  tab: '\uE004',
  down: '\uE015',
  end: '\uE010',
  control: '\uE009',
};

/** Asks until `question` answers something true, and gives that. Says `why` when it never does. */
export async function until(question, why, patienceMs = PATIENCE_MS) {
  const started = Date.now();
  let last;
  for (;;) {
    try {
      const answer = await question();
      if (answer) return answer;
    } catch (error) {
      last = error;
    }
    if (Date.now() - started > patienceMs) {
      throw new Error(`${why}, even after ${patienceMs / 1000} s`, { cause: last });
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/** One open window. */
export class Session {
  #address;
  /** Called once with what was waited for in vain, before the test fails. */
  onMissing = async () => {};

  constructor(address) {
    this.#address = address;
  }

  /** As `until`, and keeps evidence when it was in vain. */
  async until(question, why, patienceMs) {
    try {
      return await until(question, why, patienceMs);
    } catch (error) {
      await this.onMissing(error);
      throw error;
    }
  }

  /** Opens the app through the driver at `driver`, e.g. `http://127.0.0.1:4444`. */
  static async open(driver, app) {
    const capabilities = { 'webkitgtk:browserOptions': { binary: app, args: [] } };
    const body = { capabilities: { alwaysMatch: capabilities } };
    const opened = await request('POST', `${driver}/session`, body, OPENED_MS);
    const session = new Session(`${driver}/session/${opened.sessionId}`);
    await session.#send('POST', '/timeouts', { script: SCRIPT_MS });
    return session;
  }

  #send(method, path, body) {
    return request(method, `${this.#address}${path}`, body);
  }

  close() {
    return this.#send('DELETE', '');
  }

  /** Goes to an address of the page. */
  navigate(url) {
    return this.#send('POST', '/url', { url });
  }

  /** Runs `body`, a function's body, in the page; `values` are its `arguments`. */
  run(body, ...values) {
    return this.#send('POST', '/execute/sync', { script: body, args: values });
  }

  /** As `run`, for a body that awaits and returns. */
  async runAsync(body, ...values) {
    const script = `
      const answer = arguments[arguments.length - 1];
      const values = Array.prototype.slice.call(arguments, 0, -1);
      (async function (...arguments_) { ${body} })(...values).then(
        (value) => answer({ value }),
        (error) => answer({ error: String((error && error.message) || JSON.stringify(error)) }),
      );`;
    const { value, error } = await this.#send('POST', '/execute/async', { script, args: values });
    if (error !== undefined) throw new Error(error);
    return value;
  }

  /** The elements that an XPath finds now. */
  async all(xpath) {
    const found = await this.#send('POST', '/elements', { using: 'xpath', value: xpath });
    return found.map((reference) => reference[ELEMENT]);
  }

  /** Waits for an element and gives it. */
  find(xpath, patienceMs) {
    return this.until(async () => (await this.all(xpath))[0], `nothing was found at ${xpath}`, patienceMs);
  }

  /** Waits until nothing is at `xpath`. */
  gone(xpath, patienceMs) {
    return this.until(
      async () => (await this.all(xpath)).length === 0,
      `something stayed at ${xpath}`,
      patienceMs,
    );
  }

  /**
   * Brings an element into sight and says whether it stays where it is: what is above it may still
   * be loading, and a click would land where the element was.
   */
  #stands(element) {
    const body = `
      const place = () => JSON.stringify(arguments_[0].getBoundingClientRect());
      const drawn = () => new Promise((resolve) => { requestAnimationFrame(() => resolve()); });
      arguments_[0].scrollIntoView({ block: 'nearest', inline: 'nearest' });
      await drawn();
      const before = place();
      await drawn();
      await drawn();
      return place() === before;`;
    return this.runAsync(body, { [ELEMENT]: element });
  }

  /** Clicks what is at `xpath`, once it is there, stands still and can be clicked. */
  click(xpath, patienceMs) {
    return this.until(
      async () => {
        const [element] = await this.all(xpath);
        if (!element || !(await this.#stands(element))) return false;
        await this.#send('POST', `/element/${element}/click`, {});
        return true;
      },
      `nothing could be clicked at ${xpath}`,
      patienceMs,
    );
  }

  /** The text of what is at `xpath`, once it can be read: what still fades in has none. */
  text(xpath, patienceMs) {
    return this.until(
      async () => (await this.texts(xpath))[0],
      `no text was found at ${xpath}`,
      patienceMs,
    );
  }

  /** The texts of everything at `xpath`, now. */
  async texts(xpath) {
    const texts = [];
    for (const element of await this.all(xpath)) {
      texts.push(await this.#send('GET', `/element/${element}/text`));
    }
    return texts;
  }

  /**
   * Types into the field at `xpath`, in place of what is there, as a person does: selects it, then
   * presses keys. The driver's own "clear" changes the field behind the page's back, and the page
   * may put the old text back before the new one comes. A field that the page draws anew meanwhile
   * is typed into again.
   */
  async type(xpath, text) {
    await this.until(async () => {
      const [element] = await this.all(xpath);
      if (!element) return false;
      const field = { [ELEMENT]: element };
      await this.run('arguments[0].focus(); arguments[0].select();', field);
      await this.#send('POST', `/element/${element}/value`, { text: text || KEY.delete });
      const kept = async () => (await this.run('return arguments[0].value', field)) === text;
      return until(kept, `it did not keep “${text}”`, KEPT_MS);
    }, `nothing could be typed into ${xpath}`);
  }

  /** Presses keys wherever the focus is; with `held`, that key is held meanwhile. */
  keys(text, held) {
    const press = (value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ];
    const actions = [...text].flatMap(press);
    if (held) {
      actions.unshift({ type: 'keyDown', value: held });
      actions.push({ type: 'keyUp', value: held });
    }
    return this.#send('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** The page's source as it stands. */
  source() {
    return this.run('return document.documentElement.outerHTML');
  }

  /** A picture of the window, PNG bytes. */
  async screenshot() {
    return Buffer.from(await this.#send('GET', '/screenshot'), 'base64');
  }
}

async function request(method, address, body, patienceMs = ANSWER_MS) {
  const answer = await fetch(address, {
    method,
    headers: body ? { 'content-type': 'application/json' } : {},
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(patienceMs),
  });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}
