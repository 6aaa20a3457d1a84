// Looks at a page as a person does, in a headless Chromium: node browser.js PAGE.html [FOLDER]
//
// Prints one line for each thing that is not as it should be.  With FOLDER, screenshots are put
// there.  It speaks the browser's own protocol over a pipe, so that nothing else is needed.
'use strict';
const { spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const page = path.resolve(process.argv[2]);
const folder = process.argv[3];
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'migc-browser-'));
const browser = spawn('chromium', ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars',
    '--no-first-run', '--disable-extensions', '--remote-debugging-pipe', `--user-data-dir=${profile}`],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'], env: { ...process.env, HOME: profile } });

let wrong = 0;
function complain(text) {
    wrong++;
    console.log(text);
}

// ------------------------------------------------------------------ the protocol

let next = 0, rest = '', session;
const waiting = new Map();
const listeners = new Map();

browser.stdio[4].on('data', bytes => {
    const messages = (rest + bytes).split('\0');
    rest = messages.pop();
    for (const message of messages.map(text => JSON.parse(text))) {
        if (message.id) {
            const { resolve, reject } = waiting.get(message.id);
            waiting.delete(message.id);
            message.error ? reject(new Error(message.error.message)) : resolve(message.result);
        } else if (listeners.has(message.method))
            listeners.get(message.method)(message.params);
    }
});

function send(method, params = {}) {
    const id = ++next;
    browser.stdio[3].write(JSON.stringify({ id, method, params, sessionId: session }) + '\0');
    return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

async function ask(expression) {
    const answer = await send('Runtime.evaluate', { expression, returnByValue: true });
    if (answer.exceptionDetails)
        complain(`${expression}: ${answer.exceptionDetails.text}`);
    return answer.result.value;
}

async function load() {
    const loaded = new Promise(resolve => listeners.set('Page.loadEventFired', resolve));
    await send('Page.navigate', { url: 'file://' + page });
    await loaded;
}

// ---------------------------------------------------------------------- the looks

async function take(name) {
    if (!folder)
        return;
    const image = await send('Page.captureScreenshot', { format: 'png' });
    fs.writeFileSync(path.join(folder, name + '.png'), Buffer.from(image.data, 'base64'));
}

async function look(width, height, scheme) {
    await send('Emulation.setDeviceMetricsOverride',
        { width, height, deviceScaleFactor: 1, mobile: width < 500 });
    await send('Emulation.setEmulatedMedia',
        { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await load();
    await ask("document.querySelectorAll('details').forEach(d => { d.open = true })");
    const wide = await ask('document.scrollingElement.scrollWidth');
    if (wide > width)
        complain(`at ${width} pixels the page is ${wide} wide`);
    await take(`${scheme}-${width}`);
    return ask('getComputedStyle(document.body).backgroundColor');
}

async function search() {
    const all = await ask("document.querySelectorAll('.item').length");
    const name = await ask("document.querySelector('.item h3').firstChild.data.trim()");
    await ask("document.getElementById('search').focus()");
    await send('Input.insertText', { text: name });
    const seen = await ask("[...document.querySelectorAll('.item')].filter(i => i.offsetHeight > 0).length");
    if (!(seen >= 1) || seen > all)
        complain(`the search for ${name} finds ${seen} of ${all}`);
    await send('Input.insertText', { text: ' surely-nowhere' });
    if (await ask("[...document.querySelectorAll('.item')].some(i => i.offsetHeight > 0)"))
        complain('the search finds what is nowhere');
    await take('search');
    await ask("document.getElementById('search').select()");
    await send('Input.insertText', { text: '' });
    await ask("document.getElementById('search').value = ''; document.getElementById('search').dispatchEvent(new Event('input'))");
    if (all !== await ask("[...document.querySelectorAll('.item')].filter(i => i.offsetHeight > 0).length"))
        complain('without a search, not all is shown');
}

async function follow() {
    const links = await ask("[...document.querySelectorAll('.drawing a')].map(a => a.getAttribute('href') || a.getAttribute('xlink:href'))");
    for (const link of links) {
        const found = await ask(`(() => { const t = document.getElementById(${JSON.stringify(link.slice(1))});
            return t ? t.querySelector('h3').textContent : null })()`);
        if (!found)
            complain(`the drawing links to ${link}, which is nowhere`);
    }
    if (!links.length)
        return;
    const place = await ask("(() => { const a = document.querySelector('.drawing a'); a.scrollIntoView(); const r = a.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()");
    for (const type of ['mousePressed', 'mouseReleased'])
        await send('Input.dispatchMouseEvent', { type, x: place[0], y: place[1], button: 'left', clickCount: 1 });
    if (!await ask("/^#t\\d+$/.test(location.hash) && !!document.querySelector(':target')"))
        complain('a click on the drawing goes nowhere');
    await take('clicked');
}

async function main() {
    const { targetInfos } = await send('Target.getTargets');
    const target = targetInfos.find(t => t.type === 'page') ||
        await send('Target.createTarget', { url: 'about:blank' });
    session = (await send('Target.attachToTarget', { targetId: target.targetId, flatten: true })).sessionId;
    listeners.set('Runtime.consoleAPICalled', p => complain('console: ' + JSON.stringify(p.args)));
    listeners.set('Runtime.exceptionThrown', p => complain('exception: ' + p.exceptionDetails.text));
    listeners.set('Log.entryAdded', p => complain('log: ' + p.entry.text));
    listeners.set('Page.javascriptDialogOpening', p => complain('a dialog opens: ' + p.message));
    for (const domain of ['Page', 'Runtime', 'Log'])
        await send(domain + '.enable');
    const light = await look(1200, 1000, 'light');
    const dark = await look(1200, 1000, 'dark');
    if (light === dark)
        complain(`light and dark are both ${light}`);
    await look(360, 740, 'dark');
    await look(360, 740, 'light');
    await look(1200, 1000, 'light');
    await search();
    await follow();
    const printed = await send('Page.printToPDF', {});
    if (folder)
        fs.writeFileSync(path.join(folder, 'page.pdf'), Buffer.from(printed.data, 'base64'));
}

main().catch(error => complain(error.message)).finally(() => {
    browser.on('exit', () => {
        fs.rmSync(profile, { recursive: true, force: true });
        process.exit(wrong ? 1 : 0);
    });
    browser.kill();
});
