//! What the registry says about an entry beside what its author says.

use serde::Deserialize;

/// Key of what only the registry itself writes; see [`is_meta_key`].
const RESERVED: &str = "io.modelcontextprotocol";

/// The words for how risky an entry is.
pub const RISKS: [&str; 4] = ["low", "medium", "high", "critical"];

/// Whether `key` may be a registry's own key in `_meta`: a reversed domain, a slash and a word, outside of what
/// the protocol keeps for itself.
pub fn is_meta_key(key: &str) -> bool {
    key.split_once('/').is_some_and(|(prefix, name)| is_meta_prefix(prefix) && is_word(name))
}

/// Whether `key` may be a key of anybody else in `_meta`: like a registry's own, or a reversed domain alone.
pub fn is_other_key(key: &str) -> bool {
    is_meta_key(key) || is_meta_prefix(key)
}

/// Whether `prefix` is a reversed domain that may be the first half of a key of `_meta`.
pub fn is_meta_prefix(prefix: &str) -> bool {
    let rest = prefix.strip_prefix(RESERVED);
    prefix.contains('.')
        && is_word(prefix)
        && !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a text has only letters, digits and `-._`, and at least one of them.
pub fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

/// What the registry says about an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Annotations {
    /// Members of `_meta` under keys of others, in the order of the files: the key and compact JSON.
    pub members: Vec<(Box<str>, Box<str>)>,
    /// What is under the registry's own key.
    pub own: Option<OwnAnnotations>,
}

/// What is under the registry's own key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnAnnotations {
    /// The key as the file has it.
    pub key: Box<str>,
    /// The object as compact JSON.
    pub text: Box<str>,
    /// Whether the version's file has it, and not the server's.
    pub is_of_version: bool,
    /// The same, typed.
    pub fields: AnnotationFields,
    /// Whether the review has expired.
    pub is_expired: bool,
}

/// The well-known fields. Days are texts such as `2027-01-31`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AnnotationFields {
    /// The person or team that answers for the entry here.
    pub owner: Option<String>,
    /// Where to reach them.
    pub contact: Option<String>,
    /// The registry's word for how far the entry is supported.
    pub tier: Option<String>,
    /// One of [`RISKS`].
    pub risk: Option<String>,
    /// When it was reviewed.
    pub review: Option<Review>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Who allowed it.
    pub approval: Option<Approval>,
    /// The report of a scanner.
    pub scan: Option<Scan>,
}

/// When an entry was reviewed, and until when that counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Review {
    /// The day of the review.
    pub date: String,
    /// The last day on which it counts.
    #[serde(default)]
    pub expires: Option<String>,
}

/// Who allowed an entry, and when.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Approval {
    /// Who.
    pub by: String,
    /// The day.
    pub date: String,
}

/// The report of a scanner.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Scan {
    /// Where it is.
    pub link: String,
    /// SHA-256 of the report: `sha256:` and 64 digits.
    #[serde(default)]
    pub digest: Option<String>,
    /// The day of the scan.
    pub date: String,
}

impl Annotations {
    /// Puts what `version` says over what is said about all versions, key by key.
    #[must_use]
    pub fn overlaid(mut self, version: Self) -> Self {
        for (key, text) in version.members {
            match self.members.iter_mut().find(|(known, _)| *known == key) {
                Some(member) => member.1 = text,
                None => self.members.push((key, text)),
            }
        }
        self.own = version.own.or(self.own);
        self
    }

    /// Whether they say nothing.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.own.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_reversed_domain_and_a_word() {
        for key in ["com.example/tier", "com.example.a-b/x_y.z", "io.modelcontextprotocols/x"] {
            assert!(is_meta_key(key), "{key}");
        }
        let reserved = ["io.modelcontextprotocol/x", "io.modelcontextprotocol.registry/official"];
        for key in ["tier", "com/tier", "com.example/", "com.example/a/b", "com.example/a b", ""] {
            assert!(!is_meta_key(key), "{key}");
        }
        assert!(reserved.iter().all(|key| !is_other_key(key)));
        assert!(is_other_key("com.example") && !is_meta_key("com.example"));
        assert!(!is_other_key("tier") && !is_other_key("io.modelcontextprotocol"));
    }

    #[test]
    fn a_version_wins_key_by_key() {
        let member = |key: &str, text: &str| (key.into(), text.into());
        let own = |key: &str| Some(OwnAnnotations { key: key.into(), ..OwnAnnotations::default() });
        let server =
            Annotations { members: vec![member("a", "1"), member("b", "2")], own: own("s") };
        let version = Annotations { members: vec![member("c", "3"), member("a", "4")], own: None };
        let both = server.clone().overlaid(version);
        assert_eq!(both.members, [member("a", "4"), member("b", "2"), member("c", "3")]);
        assert_eq!(both.own, own("s"));
        assert_eq!(server.overlaid(Annotations { own: own("v"), ..both }).own, own("v"));
    }
}
