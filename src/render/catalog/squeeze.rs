//! Takes out of a built-in template what a browser does not need: line breaks between tags, quotes around
//! plain attributes, and the end tags that HTML lets authors omit.
//!
//! A registry has thousands of pages, and all have the same frame. The templates stay as people write them,
//! and each is squeezed once, so that a page costs nothing. Where a line break between tags matters,
//! a template has a space.

/// End tags that can always be omitted in our templates: of list items, and of the parts of tables.
const ENDS: [&str; 9] =
    ["</li>", "</dt>", "</dd>", "</td>", "</th>", "</tr>", "</thead>", "</body>", "</html>"];

/// What ends a paragraph that is right before it.
const AFTER_P: [&str; 11] = [
    "<p",
    "<pre",
    "<div",
    "<ul",
    "<ol",
    "<h2",
    "<details",
    "</div>",
    "</li>",
    "</header>",
    "</section>",
];

/// Values that are letters and digits, or a moment: this program makes them.
const MADE: [&str; 5] = [".iso", "row.hue", "row.letter", "tab.id", "it.tabs.check"];

/// Begins a path below the site's root. Paths are percent-encoded, so none has a space.
const ROOT: &str = "{{ page.root }}";

/// Squeezes an HTML template. Lines keep their numbers, because messages name them.
pub(super) fn squeeze(template: &str) -> String {
    let mut text = template.replace("</p>\n", "</p>\u{0}");
    text = joined(&text);
    for end in ENDS {
        text = text.replace(end, "");
    }
    unquoted(&text)
}

/// Puts line breaks between tags into comments of the template, and drops the end tags of paragraphs.
fn joined(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['\n', '\0']) {
        let (line, next) = (&rest[..at], &rest[at + 1..]);
        let ends = ['>', '}'].into_iter().any(|c| line.ends_with(c));
        let between = ends && next.starts_with(['<', '{']);
        let closes = rest[at..].starts_with('\0') && AFTER_P.iter().any(|it| next.starts_with(it));
        out.push_str(if closes { line.strip_suffix("</p>").unwrap_or(line) } else { line });
        out.push_str(if between { "{#\n#}" } else { "\n" });
        rest = next;
    }
    out + rest
}

/// Drops the quotes around values that are plain.
fn unquoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("=\"") {
        let (before, value) = (&rest[..=at], &rest[at + 2..]);
        let Some(end) = value.find('"') else { break };
        let plain = is_plain(&value[..end]);
        out.push_str(before);
        out.push_str(if plain { &value[..end] } else { &rest[at + 1..=at + 2 + end] });
        rest = &value[end + 1..];
    }
    out + rest
}

/// Whether a value of an attribute needs no quotes: plain letters, what is made of them, or a path below the
/// root without a query.
fn is_plain(value: &str) -> bool {
    let is_path = value.starts_with(ROOT);
    let mut fixed = String::new();
    let mut rest = value.strip_prefix(ROOT).unwrap_or(value);
    while let Some((before, (name, after))) =
        rest.split_once("{{ ").and_then(|(before, rest)| Some((before, rest.split_once(" }}")?)))
        && (is_path || MADE.iter().any(|made| name.ends_with(made)))
    {
        fixed.push_str(before);
        rest = after;
    }
    fixed.push_str(rest);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "-_./:#".contains(c);
    !value.is_empty() && !value.contains("namespace_page") && fixed.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use super::squeeze;

    #[test]
    fn what_a_browser_does_not_need_is_left_out_and_lines_keep_their_numbers() {
        let text = "<ul class=\"a\">\n{% for x in y %}\n<li id=\"a b\"><p>{{ x }}</p>\n</li>\n{% endfor %}\n</ul>\n";
        let squeezed = squeeze(text);
        assert_eq!(
            squeezed.replace("{#\n#}", ""),
            "<ul class=a>{% for x in y %}<li id=\"a b\"><p>{{ x }}{% endfor %}</ul>\n"
        );
        assert_eq!(squeezed.lines().count(), text.lines().count());
    }

    #[test]
    fn what_means_something_stays() {
        for text in [
            "<p>one\n<b>two</b></p><i>x</i>\n",
            "<pre><code>{\n  \"a\": 1\n}</code></pre>",
            "<a href=\"{{ it.url }}\" title=\"a b\">x</a>",
            "<a href=\"{{ page.root }}{{ it.namespace_page }}\">x</a>",
            "{% if a == \"b\" %}<p class=\"c{% if d in [\"e\"] %} f{% endif %}\">x</p>{% endif %}",
        ] {
            assert_eq!(squeeze(text), text);
        }
        for (text, squeezed) in [
            (
                "<a href=\"{{ page.root }}{{ it.json }}\" rel=\"x\">x</a>",
                "<a href={{ page.root }}{{ it.json }} rel=x>x</a>",
            ),
            (
                "<time class=\"c{{ row.hue }}\" datetime=\"{{ it.updated.iso }}\">x</time>",
                "<time class=c{{ row.hue }} datetime={{ it.updated.iso }}>x</time>",
            ),
        ] {
            assert_eq!(squeeze(text), squeezed);
        }
    }
}
