// The page: copy buttons, pictures, and the start of the search. Every page works without a script.
// The build puts the path of the file of icons in front, as ICONS.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const [svg, use] = ['svg', 'use'].map((tag) => document.createElementNS('http://www.w3.org/2000/svg', tag));
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${ROOT}${ICONS}#${name}`);
  svg.append(use);
  return svg;
}

// Adds a copy button to each code in `within` that is made for copying.
function copies(within = document) {
  if (!navigator.clipboard) return;
  const said = document.querySelector('#said') || make('p', { id: 'said', class: 'hide', role: 'status' });
  document.body.append(said);
  for (const code of within.querySelectorAll('[data-copy], .way pre code, .start pre code')) {
    if (code.closest('.snip')) continue; // it has one
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

// Makes of the link to a badge the text for a readme.
function badges() {
  for (const link of document.querySelectorAll('[data-badge]')) {
    const badge = link.dataset.badge + new URL(link.href).pathname.slice(ROOT.length);
    const name = document.querySelector('.head .id code').textContent;
    const text = `[![MCP registry: ${name}](${badge})](${badge.replace(/[^/]*$/, '')})`;
    link.replaceWith(make('details', { class: 'badge' }, make('summary', {}, 'Badge'), make('pre', {}, make('code', { 'data-copy': '' }, text))));
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
  badges();
  copies();
  search();
  near();
}
