// The page: tabs, copy buttons, pictures, and the start of the search. Every page works without a script.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.querySelector('.find .icon').cloneNode(true);
  svg.firstElementChild.setAttribute('href', `${document.body.dataset.icons}#${name}`);
  return svg;
}

// Tabs: the prepared `details` become panels, and the chosen client is stored.
function tabs(box) {
  const all = [...box.children];
  const bar = make('div', { class: 'tablist', role: 'tablist', 'aria-label': 'Clients' });
  const store = (how, ...client) => { try { return localStorage[how]('client', ...client); } catch { return null; } };
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
    if (at >= 0) [choose(at), store('setItem', all[at].dataset.tab || '')];
  });
  bar.addEventListener('keydown', (event) => {
    const [at, count] = [buttons.indexOf(event.target), buttons.length];
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + count, Home: 0, End: count - 1 }[event.key];
    if (to !== undefined) [event.preventDefault(), choose(to % count), buttons[to % count].focus()];
  });
  box.prepend(bar);
  box.classList.add('tabbed');
  choose(Math.max(0, all.findIndex((tab) => tab.dataset.tab && tab.dataset.tab === store('getItem'))));
}

function copies() {
  if (!navigator.clipboard) return;
  const said = make('p', { class: 'hide', role: 'status' });
  document.body.append(said);
  for (const code of document.querySelectorAll('[data-copy]')) {
    const button = make('button', { type: 'button', class: 'copy', 'aria-label': 'Copy' }, icon('copy'));
    const pre = code.closest('pre');
    const around = make('div', { class: 'snip' });
    if (pre) [pre.replaceWith(around), around.append(pre, button)];
    else code.after(button);
    const turn = (done) => {
      button.replaceChildren(icon(done ? 'check' : 'copy'));
      button.classList.toggle('done', done);
      said.textContent = done ? 'Copied' : '';
    };
    const done = () => { turn(true); setTimeout(turn, 1600, false); };
    const failed = () => getSelection().selectAllChildren(code);
    button.addEventListener('click', () => navigator.clipboard.writeText(code.textContent).then(done, failed));
  }
}

// Removes pictures that do not load, so that the letter on their tile is shown.
function pictures() {
  const drop = (img) => img.matches('.tile img, .rows img') && img.remove();
  document.addEventListener('error', (event) => drop(event.target), true);
  [...document.images].filter((img) => img.complete && img.naturalWidth === 0).forEach(drop);
}

if (typeof document === 'object') {
  document.documentElement.classList.add('scripted');
  pictures();
  document.querySelectorAll('[data-tabs]').forEach(tabs);
  copies();
  search();
  near();
}
