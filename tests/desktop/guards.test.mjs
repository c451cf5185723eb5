/** What the page may not do: reach the network, call what is not listed, leave. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { folders, open } from './meterdesk.mjs';

test('the page has no network and no command that is not listed', async (t) => {
  const session = await open(t, folders(t));
  let asked = 0;
  const server = createServer((_request, answer) => {
    asked += 1;
    answer.setHeader('access-control-allow-origin', '*').end('reached');
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  const address = `http://127.0.0.1:${server.address().port}`;

  const roads = {
    fetch: 'await fetch(arguments_[0])',
    XMLHttpRequest: `await new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('GET', arguments_[0]);
      request.onload = resolve;
      request.onerror = () => reject(new Error('refused'));
      request.send();
    })`,
    image: `await new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = resolve;
      image.onerror = () => reject(new Error('refused'));
      image.src = arguments_[0];
    })`,
    script: `await new Promise((resolve, reject) => {
      const script = document.createElement('script');
      script.onload = resolve;
      script.onerror = () => reject(new Error('refused'));
      script.src = arguments_[0];
      document.head.append(script);
    })`,
    WebSocket: `await new Promise((resolve, reject) => {
      const socket = new WebSocket(arguments_[0].replace('http', 'ws'));
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error('refused'));
    })`,
    EventSource: `await new Promise((resolve, reject) => {
      const source = new EventSource(arguments_[0]);
      source.onopen = resolve;
      source.onerror = () => reject(new Error('refused'));
    })`,
  };
  for (const [road, body] of Object.entries(roads)) {
    await t.test(`${road} is refused`, async () => {
      await assert.rejects(session.runAsync(body, address), 'it must not succeed');
      assert.equal(asked, 0, 'and nothing was asked');
    });
  }

  const commands = [
    'no_such_command',
    'plugin:opener|open_url',
    'plugin:opener|open_path',
    'plugin:dialog|open',
    'plugin:dialog|save',
    'plugin:event|listen',
    'plugin:window|close',
    'plugin:webview|create_webview_window',
    'plugin:app|version',
  ];
  for (const command of commands) {
    await t.test(`${command} is refused`, async () => {
      const call = 'await window.__TAURI_INTERNALS__.invoke(arguments_[0], { url: arguments_[1] })';
      await assert.rejects(session.runAsync(call, command, address), /not allowed|not found/i);
    });
  }

  await t.test('an address outside Stripe’s dashboard is not opened', async () => {
    const call = "await window.__TAURI_INTERNALS__.invoke('open_in_dashboard', { url: arguments_[0] })";
    await assert.rejects(session.runAsync(call, address), /forbidden/);
  });

  await t.test('a file that nobody picked is not written', async () => {
    const call = "await window.__TAURI_INTERNALS__.invoke('diagnostics', { path: '/tmp/taken' })";
    await assert.rejects(session.runAsync(call), /forbidden/);
  });

  await t.test('the window stays on its own page', async () => {
    await session.run('location.href = arguments[0]', address);
    await session.run('window.open(arguments[0])', address);
    // A navigation that was let through would be under way by then.
    await session.runAsync('await new Promise((resolve) => { setTimeout(resolve, 300); })');
    assert.equal(await session.run('return location.protocol'), 'tauri:');
    assert.equal(asked, 0, 'nothing was asked');
  });

  await t.test('an inline script and eval do not run', async () => {
    const body = `const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.head.append(script);
      return window.ranInline === true;`;
    assert.equal(await session.run(body), false);
  });
});
