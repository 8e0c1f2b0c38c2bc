// The install tabs of a server's page. Without this script each tab is a section that opens, and the
// other clients are a list. The first part is pure; the second touches the page. The build puts the text
// that all pages share in front, as SHARED.

(() => {
  const SIGNS = '~^\\|`';
  const DIGITS = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter((sign) => !`${SIGNS}"&'<>`.includes(sign)).join('');
  const [LONG, SHORTEST] = [DIGITS.length - 1, 6];

  const ascii = (text) => text.replace(/[^\0-\x7f]/g, '');

  // Puts a packed text together. Copies are from the window: the dictionary and what was put together so
  // far. ^ and two digits say where one begins, ~ and \ how far back; then comes its length. The window is a
  // list, since slices of a text that grows would each keep a text as long as it was.
  function expand(packed, dictionary) {
    const [text, window] = [[], [...dictionary]];
    let at = 0;
    const take = (count) => {
      at += count;
      return [...packed.slice(at - count, at)].reduce((sum, digit) => sum * DIGITS.length + DIGITS.indexOf(digit), 0);
    };
    const put = (sign) => {
      text.push(sign);
      if (sign <= '\x7f') window.push(sign);
    };
    const next = (sign) => {
      if (sign === '|') return put('\x01');
      if (sign === '`') return put('"');
      if (sign === '~' && SIGNS.includes(packed[at])) return put(packed[at++]);
      const mark = '^~\\'.indexOf(sign);
      if (mark < 0) return put(sign);
      const place = take(2);
      const from = mark === 0 ? place : window.length - place - (mark - 1) * DIGITS.length ** 2;
      const length = take(1);
      const end = from + SHORTEST + (length === LONG ? LONG + take(2) : length);
      for (let i = from; i < end; i += 1) put(window[i]);
    };
    while (at < packed.length) next(packed[at++]);
    return text.join('');
  }

  // A number that differs for other texts, as a rule.
  function check(texts) {
    let sum = 0x811c9dc5;
    for (let i = 0; i < texts.length; i += 4) {
      let word = 0;
      for (let j = 3; j >= 0; j -= 1) word = (word << 8) | (texts.charCodeAt(i + j) || 0);
      sum = Math.imul(sum ^ word, 0x01000193);
    }
    return (sum >>> 0).toString(16);
  }

  // What a text adds to the page, and the clients: each with ways to install, each a list of [kind, text].
  function clientsOf(text) {
    const clients = [{ ways: [] }];
    for (const field of text.split('\x01').slice(0, -1)) {
      const [kind, value] = [field[0], field.slice(1)];
      if (kind === 't') clients.push({ label: value, ways: [] });
      else if (kind === 'i') clients.at(-1).id = value;
      else if (kind === 'w') clients.at(-1).ways.push([[kind, value]]);
      else clients.at(-1).ways.at(-1).push([kind, value]);
    }
    return clients;
  }

  // The address of a link: the object that ends it is percent-encoded (e), or in base64 (b).
  function address(kind, text) {
    if (kind === 'h') return text;
    const at = text.indexOf('{');
    const object = text.slice(at);
    const bytes = kind === 'b' ? btoa(String.fromCharCode(...new TextEncoder().encode(object))) : object;
    return text.slice(0, at) + encodeURIComponent(bytes).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  }

  if (typeof module === 'object') { module.exports = { expand, check, ascii, clientsOf, address }; return; }

  const store = (how, ...client) => { try { return localStorage[how]('client', ...client); } catch { return null; } };
  const windows = /win/i.test(navigator.userAgentData?.platform || navigator.platform);
  const spaced = (text) => text.replace(/^\t+/gm, (tabs) => '  '.repeat(tabs.length));
  const code = (text, kind = {}) => make('pre', kind, make('code', {}, spaced(text)));
  const line = (text) => code(text, { class: 'line' });
  const details = (name, summary, ...children) => make('details', { class: name }, make('summary', {}, ...summary), ...children);

  const texts = (fields, kind) => fields.filter((field) => field[0] === kind).map((field) => field[1]);

  // Links to open, for the fields of a way.
  function opening(fields) {
    const urls = fields.filter(([kind]) => 'heb'.includes(kind)).map((field) => address(...field));
    const links = texts(fields, 'a').map((label, i) => make('a', { class: i ? 'button quiet' : 'button', href: urls[i], ...(urls[i].startsWith('http') && { rel: 'nofollow' }) }, label));
    return links.length > 0 ? [make('p', { class: 'open' }, ...links)] : [];
  }

  // A command for each shell.
  function shells(posix, powershell) {
    const both = [details('shell', ['sh, bash, zsh'], line(posix)), details('shell', ['PowerShell'], line(powershell))];
    both[1].dataset.shell = 'windows';
    both[0].open = true;
    return both;
  }

  const file = (path, text, second) => (second ? [details('file', [`or in ${path}`], code(text))]
    : [make('p', {}, 'In ', make('code', {}, path), ':'), code(text)]);

  const notes = (fields) => texts(fields, 'n').map((note) => make('p', { class: 'note' }, note));

  // One way to install in a client, as the template writes those of the first clients.
  function way(fields, alone) {
    const box = make('div', { class: 'way' });
    const [[method], [detail], [command], [powershell], [path], [text]] = ['w', 'd', 'c', 'p', 'f', 'x'].map((kind) => texts(fields, kind));
    if (!alone) box.append(make('h3', {}, detail ? `${method} (${detail})` : method));
    box.append(...opening(fields));
    if (command) box.append(make('p', {}, 'Run in a terminal:'), ...(powershell ? shells(command, powershell) : [line(command)]));
    if (path) box.append(...file(path, text, box.querySelector('.open, .line')));
    box.append(...notes(fields));
    return box;
  }

  // Adds to a way of the page what is only for readers with scripts. An operator's template may have no place
  // for a part; then it comes last.
  function complete(box, fields) {
    const [[powershell], [path], [text]] = ['p', 'f', 'x'].map((kind) => texts(fields, kind));
    const command = box.querySelector('.line');
    const put = (selector, how, nodes) => {
      const place = box.querySelector(selector);
      if (place) place[how](...nodes); else box.append(...nodes);
    };
    const links = opening(fields);
    put('details, p', 'before', links);
    const summary = links.length > 0 && box.querySelector('.file > summary');
    if (summary) summary.textContent = summary.textContent.replace(/^In /, 'or in ');
    if (powershell && command) (command.closest('.snip') || command).replaceWith(...shells(command.textContent, powershell));
    if (path) put('p.file', 'replaceWith', file(path, text, command || box.querySelector('.open')));
    box.append(...notes(fields));
  }

  // The other clients: a list of buttons, and what the chosen one needs.
  function others(clients, body) {
    const place = make('div', { class: 'client', 'aria-live': 'polite' });
    const buttons = clients.map(({ id, label, ways }) => {
      const button = make('button', { type: 'button', 'aria-pressed': 'false', 'data-client': id }, label);
      button.onclick = () => {
        for (const other of buttons) other.ariaPressed = String(other === button);
        place.replaceChildren(make('h3', { class: 'hide' }, label), ...ways.map((fields) => way(fields, ways.length === 1)));
        finish(place);
        copies(place);
        store('setItem', id);
      };
      return button;
    });
    body.replaceChildren(make('ul', { class: 'clients' }, ...buttons.map((button) => make('li', {}, button))), place);
    return buttons;
  }

  // Adds what the page has packed, and returns the buttons of the other clients.
  function unpack(box) {
    const ways = [...box.querySelectorAll('.way')];
    const shown = [...box.querySelectorAll('.way .open a, .way pre code')].map((node) => node.getAttribute('href') || node.textContent);
    const own = ascii(shown.join(''));
    if (check(own) !== box.dataset.check) return []; // an operator's template: the page stays
    const [page, ...clients] = clientsOf(expand(box.dataset.more, SHARED + own));
    for (const fields of page.ways) {
      const added = ways[fields[0][1]];
      complete(added, fields);
      copies(added);
    }
    const body = box.querySelector('[data-tab=more] > div');
    return body ? others(clients, body) : [];
  }

  // Opens the shell of the reader's system, and keeps words whole.
  function finish(within) {
    for (const shell of within.querySelectorAll('.shell')) {
      shell.open = windows === (shell.dataset.shell === 'windows');
    }
    for (const words of within.querySelectorAll('.line code')) {
      words.replaceChildren(...words.textContent.split(/(?<= )/).map((word) => make('span', {}, word)));
    }
  }

  // The sections become tabs, and the client that the reader chose last is open.
  function tabs(box) {
    const all = [...box.children];
    const bar = make('div', { class: 'tablist', role: 'tablist', 'aria-label': 'Clients' });
    const more = unpack(box);
    for (const words of box.querySelectorAll('pre code')) words.textContent = spaced(words.textContent);
    finish(box);
    const buttons = all.map((tab, i) => {
      const body = tab.querySelector('div');
      Object.assign(body, { id: `tab-${i}`, role: 'tabpanel' });
      body.setAttribute('aria-labelledby', `tab-button-${i}`);
      const label = tab.querySelector('summary').textContent;
      return make('button', { type: 'button', role: 'tab', id: `tab-button-${i}`, 'aria-controls': body.id }, label);
    });
    const choose = (at) => all.forEach((tab, i) => {
      [tab.open, tab.hidden] = [i === at, i !== at];
      Object.assign(buttons[i], { ariaSelected: String(i === at), tabIndex: i === at ? 0 : -1 });
    });
    bar.append(...buttons);
    bar.addEventListener('click', ({ target }) => {
      const at = buttons.indexOf(target);
      if (at >= 0) [choose(at), all[at].dataset.tab !== 'more' && store('setItem', all[at].dataset.tab)];
    });
    bar.addEventListener('keydown', (event) => {
      const [at, count] = [buttons.indexOf(event.target), buttons.length];
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + count, Home: 0, End: count - 1 }[event.key];
      if (to !== undefined) [event.preventDefault(), choose(to % count), buttons[to % count].focus()];
    });
    box.prepend(bar);
    box.classList.add('tabbed');
    const last = store('getItem');
    const other = more.find((button) => button.dataset.client === last);
    choose(Math.max(0, other ? all.length - 1 : all.findIndex((tab) => tab.dataset.tab === last)));
    other?.click();
  }

  document.querySelectorAll('.start').forEach(finish);
  document.querySelectorAll('.tabs').forEach(tabs);
})();
