//! Entries of managed settings: one URL, one command or one name.

use serde::{Deserialize, Serialize};

use super::super::install::quote;
use super::super::install::variables::{Piece, Template};

/// One entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum AllowRow {
    /// A URL; `*` matches any text.
    #[serde(rename = "serverUrl")]
    Url(String),
    /// The words of a command, all of them.
    #[serde(rename = "serverCommand")]
    Command(Vec<String>),
    /// The name that a configuration gives to a server.
    #[serde(rename = "serverName")]
    Name(String),
}

impl AllowRow {
    /// Whether `url` is one of those that the entry names.
    pub fn is_url(&self, url: &str) -> bool {
        matches!(self, Self::Url(pattern) if is_like(pattern, &canonical(url)))
    }

    /// Whether everything that `other` names is named by this entry too.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Url(pattern), Self::Url(url)) => is_like(pattern, url),
            (one, other) => one == other,
        }
    }

    /// Returns the entry as one text. Texts have the order of the entries and take less memory.
    ///
    /// After a digit for the kind comes each word, with two NUL at its end; a NUL in a word is followed by
    /// an SOH, so that it sorts behind the end and before every other character.
    pub(super) fn key(&self) -> Box<str> {
        let (kind, words) = match self {
            Self::Url(url) => ('0', std::slice::from_ref(url)),
            Self::Command(words) => ('1', words.as_slice()),
            Self::Name(name) => ('2', std::slice::from_ref(name)),
        };
        let mut key = String::from(kind);
        for word in words {
            key.push_str(&word.replace('\0', "\0\u{1}"));
            key.push_str("\0\0");
        }
        key.into_boxed_str()
    }

    /// Reads a text that [`AllowRow::key`] made.
    pub(super) fn of_key(key: &str) -> Self {
        let (kind, mut rest) = key.split_at(key.len().min(1));
        let mut words = vec![String::new()];
        // The last word is empty: it would begin behind the last end.
        while let (Some((part, after)), Some(word)) = (rest.split_once('\0'), words.last_mut()) {
            word.push_str(part);
            rest = after.get(1..).unwrap_or_default();
            match after.starts_with('\0') {
                true => words.push(String::new()),
                false => word.push('\0'),
            }
        }
        words.pop();
        match kind {
            "1" => Self::Command(words),
            "0" => Self::Url(words.concat()),
            _ => Self::Name(words.concat()),
        }
    }

    /// Returns the entry as a person reads it: the URL, the name, or the command as a line.
    pub fn shown(&self) -> String {
        match self {
            Self::Url(text) | Self::Name(text) => text.clone(),
            Self::Command(words) => {
                let words: Vec<String> = words.iter().map(|word| quote::posix(word)).collect();
                words.join(" ")
            }
        }
    }

    pub(super) fn json(&self) -> String {
        match self {
            Self::Url(url) => format!("{{\"serverUrl\": {}}}", quote::json(url)),
            Self::Name(name) => format!("{{\"serverName\": {}}}", quote::json(name)),
            Self::Command(words) => {
                let words: Vec<String> = words.iter().map(|word| quote::json(word)).collect();
                format!("{{\"serverCommand\": [{}]}}", words.join(", "))
            }
        }
    }
}

/// Stands for a slot while a pattern is made.
const HOLE: char = '\0';

/// The URL as an entry names it; `None` when no entry can.
///
/// A slot in the host becomes `*.` before the labels that follow it, of which there must be two; a
/// slot behind it ends the path with `*` at the last slash before. Clients support no other forms.
pub(super) fn pattern(url: &Template) -> Option<String> {
    let parts = url.0.iter().map(|part| match part {
        Piece::Fixed(text) => text.clone(),
        Piece::Slot(_) => HOLE.to_string(),
    });
    let url = canonical(&parts.collect::<String>());
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let mut pattern = format!("{scheme}://");
    match host.rfind(HOLE) {
        None => pattern.push_str(host),
        Some(hole) => {
            let after = host[hole..].split_once('.')?.1;
            if after.split('.').filter(|label| !label.is_empty()).count() < 2 {
                return None;
            }
            pattern.push_str("*.");
            pattern.push_str(after);
        }
    }
    if let Some(port) = port {
        pattern.push(':');
        pattern.push_str(if port.contains(HOLE) { "*" } else { port });
    }
    match path.find(HOLE) {
        None => pattern.push_str(path),
        Some(hole) => {
            let keep = path[..hole].rfind('/').map_or("/", |slash| &path[..=slash]);
            pattern.push_str(keep);
            pattern.push('*');
        }
    }
    Some(pattern)
}

/// Scheme and host in lower case, and a slash before a query.
fn canonical(url: &str) -> String {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |at| start + at);
    let slash = if url[end..].starts_with(['?', '#']) { "/" } else { "" };
    url[..end].to_ascii_lowercase() + slash + &url[end..]
}

/// Whether `text` is `pattern` with its asterisks replaced.
fn is_like(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match text.find(piece) {
            Some(at) => text = &text[at + piece.len()..],
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::super::super::install::variables::Slots;
    use super::*;
    use crate::model::Input;

    #[test]
    fn templates_become_the_forms_that_clients_know() {
        for (template, expected) in [
            ("https://A.example/Mcp", Some("https://a.example/Mcp")),
            ("https://{r}.a.example/w/{x}/mcp", Some("https://*.a.example/w/*")),
            ("https://api-{r}.eu.a.example/mcp", Some("https://*.eu.a.example/mcp")),
            ("https://a.example/mcp?key={k}", Some("https://a.example/*")),
            ("https://A.example?key={k}", Some("https://a.example/*")),
            ("http://127.0.0.1:{port}/mcp", Some("http://127.0.0.1:*/mcp")),
            ("https://{tenant}.example/mcp", None),
            ("https://{host}/mcp", None),
        ] {
            let open = |slots: &mut Slots, name: &str| slots.slot(name, &Input::default());
            let text = Slots::default().replace(template, open);
            assert_eq!(pattern(&text).as_deref(), expected, "{template}");
        }
    }

    proptest::proptest! {
        #[test]
        fn keys_have_the_order_of_the_entries(
            a in proptest::collection::vec("[\\x00-\\x02a\"]{0,3}", 0..4),
            b in proptest::collection::vec("[\\x00-\\x02a\"]{0,3}", 0..4),
        ) {
            let rows = |words: &[String]| {
                let one = words.concat();
                [AllowRow::Command(words.to_vec()), AllowRow::Url(one.clone()), AllowRow::Name(one)]
            };
            for one in rows(&a) {
                assert_eq!(AllowRow::of_key(&one.key()), one);
                for other in rows(&b) {
                    assert_eq!(one.key().cmp(&other.key()), one.cmp(&other), "{one:?} {other:?}");
                }
            }
        }
    }

    #[test]
    fn patterns_name_what_they_should() {
        for (pattern, url, named) in [
            ("https://a.example/*", "https://A.example/b/c", true),
            ("https://*.a.example/b", "https://x.y.a.example/b", true),
            ("https://*.a.example/b", "https://a.example/b", false),
            ("https://a.example", "https://a.example.evil", false),
            ("http://127.0.0.1:*/mcp", "http://127.0.0.1:8/mcp", true),
        ] {
            assert_eq!(AllowRow::Url(pattern.to_owned()).is_url(url), named, "{pattern} {url}");
        }
    }
}
