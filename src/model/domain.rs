//! Domains: how one is written, what of it can be registered, and which names a proof of it covers.
//!
//! A domain comes from a namespace or a proof file, so its text is checked before it is looked up: it has
//! one spelling, is not an address, and holds nothing that a URL or a resolver would misread.

use super::{InvalidName, Namespace, punycode};

crate::text::display_as_str!(Domain);

/// Most characters of a domain (RFC 1035, section 2.3.4, without the root dot).
const MAX: usize = 253;

/// Most characters of a label.
const MAX_LABEL: usize = 63;

/// Top-level names under which nobody can register a domain (RFC 6761 and its followers; `internal` by
/// resolution of ICANN).
const SPECIAL: &[&str] =
    &["localhost", "local", "internal", "test", "invalid", "onion", "arpa", "alt"];

/// A domain in lower case: two or more ASCII labels, no root dot, no address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(Box<str>);

impl Domain {
    /// Reads a domain in either case. The error ends the sentence "`text` …".
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let lower = text.to_ascii_lowercase();
        let last = lower.rsplit('.').next().unwrap_or_default();
        let why = match text.chars().find(|c| !c.is_ascii_alphanumeric() && !"-.".contains(*c)) {
            _ if text.is_empty() => "is empty".to_owned(),
            Some(_) if !text.is_ascii() => match ascii_form(text) {
                Some(ascii) => format!("holds letters beyond ASCII; write it as {ascii}"),
                None => "holds characters beyond ASCII; write it in punycode (xn--…)".to_owned(),
            },
            Some(c) => {
                let hint = if "/:@?#".contains(c) { "; write the bare domain" } else { "" };
                format!("holds {c:?}, which no domain does{hint}")
            }
            None if text.ends_with('.') => "ends with a dot; leave it out".to_owned(),
            None if text.len() > MAX => format!("is longer than {MAX} characters"),
            None => match lower.split('.').find_map(label_fault) {
                Some(why) => why,
                None if is_number(last) => "ends with a number, as addresses do".to_owned(),
                None if last.len() == lower.len() => {
                    "has one label; a domain has two or more, such as example.com".to_owned()
                }
                None => return Ok(Self(lower.into())),
            },
        };
        Err(InvalidName(why))
    }

    /// The domain that a namespace reverses.
    pub fn of(namespace: Namespace<'_>) -> Result<Self, InvalidName> {
        Self::parse(&namespace.domain())
    }

    /// The domain's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part that can be registered: one label more than the public suffix. `None` if the domain is
    /// itself a public suffix.
    pub fn registrable(&self) -> Option<&str> {
        psl::domain_str(&self.0)
    }

    /// Whether the domain is a public suffix, below which anyone can register: such as `com`, `co.uk` or
    /// `github.io`. It proves nothing for the names below it.
    pub fn is_public_suffix(&self) -> bool {
        self.registrable().is_none()
    }

    /// Whether the public suffix list (as compiled in) knows the ending. Without it, what is
    /// registrable is a guess: two labels.
    pub fn is_listed(&self) -> bool {
        psl::suffix(self.0.as_bytes()).is_some_and(|suffix| suffix.is_known())
    }

    /// Whether nobody can register the domain.
    pub fn is_special_use(&self) -> bool {
        is_special(&self.0)
    }

    /// Whether a record of this domain in DNS may count for `other`: it is the same domain, or a parent
    /// by whole labels that is not above the registrable part.
    ///
    /// A document over HTTP counts for its own domain only; callers compare for that.
    pub fn reaches(&self, other: &Self) -> bool {
        let at_least = |least: &str| *least == *self.0 || is_below(&self.0, least);
        self == other || (is_below(&other.0, &self.0) && other.registrable().is_some_and(at_least))
    }
}

/// Whether `text` has the labels of `parent` at its end, and more.
fn is_below(text: &str, parent: &str) -> bool {
    text.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
}

fn label_fault(label: &str) -> Option<String> {
    match label {
        "" => Some("has an empty label".to_owned()),
        _ if label.len() > MAX_LABEL => {
            Some(format!("has a label of more than {MAX_LABEL} characters"))
        }
        _ if label.starts_with('-') || label.ends_with('-') => {
            Some(format!("has the label {label:?}, which begins or ends with a hyphen"))
        }
        _ => punycode::fault(label).map(|why| format!("has the label {label:?}, which {why}")),
    }
}

/// Whether a name ends in a label of [`SPECIAL`].
pub(super) fn is_special(name: &str) -> bool {
    SPECIAL.contains(&name.rsplit('.').next().unwrap_or_default())
}

/// Whether a URL whose host ends in this label holds an address: decimal, or hexadecimal with `0x` (WHATWG
/// URL, "ends in a number").
pub(super) fn is_number(label: &str) -> bool {
    let hexadecimal = |rest: &str| rest.bytes().all(|b| b.is_ascii_hexdigit());
    label.bytes().all(|b| b.is_ascii_digit()) || label.strip_prefix("0x").is_some_and(hexadecimal)
}

/// Returns the punycode form of a domain with letters beyond ASCII, if it is known without the tables of
/// IDNA: letters and digits only, in lower case.
fn ascii_form(text: &str) -> Option<String> {
    let label = |label: &str| {
        if label.is_ascii() {
            return Some(label.to_owned());
        }
        let plain = label.chars().all(|c| c.is_alphanumeric() || c == '-');
        let coded = punycode::encode(label).filter(|_| plain)?;
        Some(format!("{}{coded}", punycode::PREFIX))
    };
    let labels: Option<Vec<String>> = text.to_lowercase().split('.').map(label).collect();
    let ascii = labels?.join(".");
    Domain::parse(&ascii).is_ok().then_some(ascii)
}

#[cfg(test)]
mod tests;
