//! Who can own a namespace: an account of github.com, a domain, or nobody.
//!
//! `check` refuses a namespace that nobody can own, and `proof` never finds it proven. Rules in the
//! settings may still open it.

use super::{Domain, ServerName};

/// What a namespace is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// An account of github.com, by its login in lower case.
    GitHub(String),
    /// A domain.
    Domain(Domain),
    /// Nothing that anybody can own, and why.
    Nobody(String),
}

impl Holder {
    /// What to do about a namespace that nobody can own.
    pub const INSTEAD: &str = "use a namespace of a domain or account of yours, or ask a maintainer for an [[ownership.rule]]";

    /// Returns what `namespace` is.
    pub fn of(namespace: &str) -> Self {
        let Ok(name) = ServerName::parse(&format!("{namespace}/xx")) else {
            return Self::Nobody("it is not a namespace".to_owned());
        };
        let namespace = name.namespace();
        if let Some(fault) = namespace.strict_fault() {
            return Self::Nobody(format!("it {fault}"));
        }
        if let Some(login) = namespace.github_login() {
            return Self::GitHub(login.to_ascii_lowercase());
        }
        let domain = match Domain::of(namespace) {
            Ok(domain) => domain,
            Err(fault) => return Self::Nobody(format!("its domain {fault}")),
        };
        let why = match &domain {
            _ if domain.is_special_use() => "is a domain for special use, which nobody owns",
            _ if !domain.is_listed() => "ends in no known top-level domain",
            _ if domain.is_public_suffix() => {
                "is a public suffix, below which strangers have their domains"
            }
            _ => return Self::Domain(domain),
        };
        Self::Nobody(format!("{domain} {why}"))
    }

    /// Why nobody can own the namespace, as a sentence without its full stop; `None` if somebody can.
    pub fn refusal(&self) -> Option<String> {
        match self {
            Self::Nobody(why) => Some(format!("nobody can own this namespace: {why}")),
            Self::GitHub(_) | Self::Domain(_) => None,
        }
    }

    /// Whether a proof of `domain` can count for the namespace at all. The settings decide whether the
    /// keys of a domain reach names below it.
    #[cfg(feature = "proof")]
    pub fn can_be_proven_by(&self, domain: &Domain) -> bool {
        match self {
            Self::GitHub(login) => domain.as_str() == format!("{login}.github.io"),
            Self::Domain(own) => domain.reaches(own),
            Self::Nobody(_) => false,
        }
    }
}
