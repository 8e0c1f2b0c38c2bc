// The install tabs of a server's page. Without this script each tab is a section that opens, and the
// other clients are a list. The first part is pure; the second touches the page. The build puts the text
// that all pages share in front, as SHARED.

(() => {
  const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
  const number = (digits) => [...digits].reduce((sum, digit) => sum * 64 + DIGITS.indexOf(digit), 0);

  // Puts a packed text together: ~ and five digits copy from the dictionary, ~. ends a field, ~~ is ~.
  const expand = (packed, dictionary) => packed.replace(/~(?:([~.])|(...)(..))/g, (_, sign, at, length) => (
    sign ? { '~': '~', '.': '\x01' }[sign] : dictionary.substr(number(at), number(length))));

  // A number that differs from that of another dictionary, as a rule.
  function check(dictionary) {
    let sum = 0x811c9dc5;
    for (let i = 0; i < dictionary.length; i += 4) {
      let word = 0;
      for (let j = 3; j >= 0; j -= 1) word = (word << 8) | (dictionary.charCodeAt(i + j) || 0);
      sum = Math.imul(sum ^ word, 0x01000193);
    }
    return (sum >>> 0).toString(16);
  }

  // The dictionary of a page whose first tabs have these texts.
  const dictionaryOf = (shared, texts) => shared + texts.join('').replace(/[^\0-\x7f]/g, '');

  // Clients, each with its ways to install, each a list of [kind, text].
  function clientsOf(text) {
    const clients = [];
    for (const field of text.split('\x01').slice(0, -1)) {
      const [kind, value] = [field[0], field.slice(1)];
      if (kind === 't') clients.push({ label: value, ways: [] });
      else if (kind === 'i') clients.at(-1).id = value;
      else if (kind === 'w') clients.at(-1).ways.push([[kind, value]]);
      else clients.at(-1).ways.at(-1).push([kind, value]);
    }
    return clients;
  }

  if (typeof module === 'object') { module.exports = { expand, check, dictionaryOf, clientsOf }; return; }

  const store = (how, ...client) => { try { return localStorage[how]('client', ...client); } catch { return null; } };
  const windows = /win/i.test(navigator.userAgentData?.platform || navigator.platform);
  const code = (text, kind = {}) => make('pre', kind, make('code', {}, text));
  const line = (text) => code(text, { class: 'line' });
  const details = (name, summary, ...children) => make('details', { class: name }, make('summary', {}, ...summary), ...children);

  // One way to install in a client, as the template writes those of the first clients.
  function way(fields, alone) {
    const box = make('div', { class: 'way' });
    const of = (kind) => fields.filter((field) => field[0] === kind).map((field) => field[1]);
    const [[method], [detail], [path], [snippet]] = ['w', 'd', 'f', 'x'].map(of);
    if (!alone) box.append(make('h3', {}, detail ? `${method} (${detail})` : method));
    const urls = of('h');
    const links = of('a').map((label, i) => make('a', { class: i ? 'button quiet' : 'button', href: urls[i], ...(urls[i].startsWith('http') && { rel: 'nofollow' }) }, label));
    if (links.length > 0) box.append(make('p', { class: 'open' }, ...links));
    fields.forEach(([kind, text], i) => {
      if (kind !== 'c') return;
      box.append(make('p', { class: 'step' }, 'Run in a terminal:'));
      const [next, other] = fields[i + 1] || [];
      if (next !== 'p') { box.append(line(text)); return; }
      const shells = [details('shell', ['sh, bash, zsh'], line(text)), details('shell', ['PowerShell'], line(other))];
      shells[1].dataset.shell = 'windows';
      shells[0].open = true;
      box.append(...shells);
    });
    if (path && (links.length > 0 || of('c').length > 0)) box.append(details('file', [`or in ${path}`], code(snippet)));
    else if (path) box.append(make('p', { class: 'step' }, 'In ', make('code', {}, path), ':'), code(snippet));
    const known = [...document.querySelectorAll('.install > .note')].map((note) => note.textContent);
    box.append(...of('n').filter((note) => !known.includes(note)).map((note) => make('p', { class: 'note' }, note)));
    return box;
  }

  // The other clients: a list of buttons, and what the chosen one needs.
  function others(list, tabs) {
    const texts = [...tabs.querySelectorAll('.way .open a, .way pre code')].map((node) => node.getAttribute('href') || node.textContent);
    const dictionary = dictionaryOf(SHARED, texts);
    if (check(dictionary) !== list.dataset.check) return; // an operator's template: the list stays
    const place = make('div', { class: 'client', 'aria-live': 'polite' });
    const buttons = clientsOf(expand(list.dataset.more, dictionary)).map(({ id, label, ways }) => {
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
    list.previousElementSibling.remove();
    list.replaceChildren(...buttons.map((button) => make('li', {}, button)));
    list.after(place);
    return buttons;
  }

  // Opens the shell of the reader's system, keeps words whole, and adds links to other editions.
  function finish(within) {
    for (const shell of within.querySelectorAll('.shell')) {
      shell.open = windows === (shell.dataset.shell === 'windows');
    }
    for (const words of within.querySelectorAll('.line code')) {
      words.replaceChildren(...words.textContent.split(/(?<= )/).map((word) => make('span', {}, word)));
    }
    for (const link of within.querySelectorAll('[data-twin]')) {
      const twin = make('a', { class: 'button quiet' }, `${link.textContent} Insiders`);
      twin.href = link.getAttribute('href').replace(/^[^:]*/, link.dataset.twin);
      link.after(twin);
    }
  }

  // The sections become tabs, and the client that the reader chose last is open.
  function tabs(box) {
    const all = [...box.children];
    const bar = make('div', { class: 'tablist', role: 'tablist', 'aria-label': 'Clients' });
    const list = box.querySelector('[data-more]');
    const more = (list && others(list, box)) || [];
    finish(box);
    const buttons = all.map((tab, i) => {
      const body = tab.querySelector('.tab-body');
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
  document.querySelectorAll('[data-tabs]').forEach(tabs);
})();
