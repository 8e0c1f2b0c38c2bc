//! Server names: a reverse-DNS namespace, a slash and a name part.
//!
//! [`ServerName::parse`] accepts what the official registry accepts. Entries of this registry must pass the
//! `strict` checks too, because a name becomes a path and a claim of ownership.

use std::fmt;

use super::grammar::{InvalidName, is_device, is_route, is_word};
use super::punycode;

crate::text::display_as_str!(ServerName, Namespace<'_>);

/// A server name that the official registry would accept, such as `com.example/weather`.
///
/// It has exactly one slash, and both parts begin and end with a letter or digit, so that no part is
/// ever `.` or `..`. Case is kept and matters; order is that of the bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerName {
    text: Box<str>,
    slash: usize,
}

impl ServerName {
    /// Longest name accepted, in bytes (JSON Schema of `server.json`).
    pub const MAX: usize = 200;

    /// Reads a name; the rule is that of the official registry's semantic validation.
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let why = match text.split_once('/') {
            _ if text.is_empty() => "is empty",
            None => "has no slash; the form is namespace/name",
            Some((_, name)) if name.contains('/') => "has more than one slash",
            Some(("", _) | (_, "")) => "has an empty half; the form is namespace/name",
            Some((namespace, _)) if namespace.len() < 2 || !is_word(namespace, b".-") => {
                "has an invalid namespace: write at least two letters, digits, dots or hyphens, with a letter or digit at both ends"
            }
            Some((_, name)) if name.len() < 2 || !is_word(name, b"._-") => {
                "has an invalid part after the slash: write at least two letters, digits, dots, hyphens or underscores, with a letter or digit at both ends"
            }
            Some(_) if text.len() > Self::MAX => "is longer than 200 characters",
            Some((namespace, _)) => {
                return Ok(Self { text: text.into(), slash: namespace.len() });
            }
        };
        Err(InvalidName::new(why))
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The half before the slash.
    pub fn namespace(&self) -> Namespace<'_> {
        Namespace(&self.text[..self.slash])
    }

    /// The half after the slash.
    pub fn name(&self) -> &str {
        &self.text[self.slash + 1..]
    }

    /// What is wrong with the name part for an own entry (length, `..`, device names), if anything.
    pub fn strict_fault(&self) -> Option<InvalidName> {
        let why = match self.name() {
            name if name.len() > 100 => "has a name part of more than 100 characters",
            name if name.contains("..") => "has two dots in a row in its name part",
            name if is_device(name) => "has a name part that Windows takes for a device",
            _ => return None,
        };
        Some(InvalidName::new(why))
    }

    /// Whether the name part is the name of a route.
    pub fn is_reserved(&self) -> bool {
        is_route(self.name())
    }
}

impl fmt::Debug for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.text)
    }
}

/// Names under github.com that are not accounts anybody could prove, each with its source.
/// Organisations of the code host itself (`github`, `actions`, `dependabot`) are accounts like others.
const NOBODY: &[&str] = &[
    "apps",          // github.com/apps/<app>: docs.github.com, "Sharing your GitHub App"
    "enterprises", // github.com/enterprises/<enterprise>: docs.github.com, "About enterprise accounts"
    "ghost",       // the author of everything whose account was deleted: github.com/ghost says so
    "login",       // github.com/login/oauth: docs.github.com, "Authorizing OAuth apps"
    "marketplace", // github.com/marketplace: docs.github.com, "About GitHub Marketplace"
    "notifications", // github.com/notifications: docs.github.com, "Managing notifications from your inbox"
    "organizations", // github.com/organizations/<organisation>/settings: docs.github.com, "Registering a GitHub App"
    "orgs", // github.com/orgs/<organisation>: docs.github.com, "Viewing your organization's members and teams"
    "settings", // github.com/settings/profile: docs.github.com, "Personalizing your profile"
];

/// The first half of a name, which belongs to its owner: a reversed domain, or `io.github.<login>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Namespace<'a>(&'a str);

impl<'a> Namespace<'a> {
    /// The namespace's text.
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// The account name of an `io.github.<login>` namespace.
    pub fn github_login(self) -> Option<&'a str> {
        let (prefix, login) = (self.0.get(..10)?, self.0.get(10..)?);
        prefix.eq_ignore_ascii_case("io.github.").then_some(login)
    }

    /// The domain that the namespace reverses, in lower case.
    pub fn domain(self) -> String {
        let labels: Vec<&str> = self.0.split('.').rev().collect();
        labels.join(".").to_ascii_lowercase()
    }

    /// The namespace with its punycode labels as people see them; `None` when it has none.
    pub fn decoded(self) -> Option<String> {
        punycode::decoded(self.0)
    }

    /// Whether the namespace belongs to a domain that is reserved for examples (RFC 2606).
    pub fn is_for_examples(self) -> bool {
        let domain = self.domain();
        let is = |name: &str| domain == name || domain.ends_with(&format!(".{name}"));
        ["example", "example.com", "example.net", "example.org"].into_iter().any(is)
    }

    /// What is wrong with the namespace for an own entry, if anything.
    pub fn strict_fault(self) -> Option<InvalidName> {
        let labels: Vec<&str> = self.0.split('.').collect();
        let wrong_label = labels.iter().find_map(|label| match label {
            _ if label.len() > 63 || !is_word(label, b"-") => Some(format!(
                "has the label {label:?}; a label is 1 to 63 letters, digits and inner hyphens"
            )),
            _ => punycode::fault(&label.to_ascii_lowercase())
                .map(|why| format!("has the label {label:?}, which {why}")),
        });
        let why = match wrong_label {
            _ if labels.len() < 2 => {
                "has one label; a namespace is a reversed domain such as com.example"
            }
            _ if self.0.len() > 253 || labels.len() > 127 => "is longer than a domain can be",
            Some(why) => return Some(InvalidName(why)),
            // The first label of the namespace is the last of the domain.
            None if labels[0].bytes().all(|b| b.is_ascii_digit()) => {
                "begins with a number, so it reverses no domain"
            }
            None if is_device(self.0) => "begins with a label that Windows takes for a device",
            None => login_fault(self.github_login()?)?,
        };
        Some(InvalidName::new(why))
    }
}

fn login_fault(login: &str) -> Option<&'static str> {
    if login.contains('.') {
        Some("has more than three labels; an account namespace is io.github.<login>")
    } else if login.len() > 39 || !is_word(login, b"-") || login.contains("--") {
        Some("does not name an account: 1 to 39 letters, digits and single inner hyphens")
    } else if NOBODY.iter().any(|name| name.eq_ignore_ascii_case(login)) {
        Some("names an account that nobody can own")
    } else {
        None
    }
}
