//! Which ways are open to a namespace.
//!
//! A rule that maintainers wrote comes first; then what the namespace is: an account of github.com, or
//! a domain that somebody can own. Whatever is neither is closed unless a rule opens it.

use crate::config::{Account, Method, Ownership};
use crate::model::ServerName;

use super::domain::Domain;

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
    /// Whether a proof of `domain` may speak for the namespace at all; whether the domain's keys reach
    /// that far down is for the settings to say.
    pub(super) fn may_be_spoken_for_by(&self, domain: &Domain) -> bool {
        match self {
            Self::GitHub(login) => domain.as_str() == format!("{login}.github.io"),
            Self::Domain(own) => domain.reaches(own),
            Self::Nobody(_) => false,
        }
    }
}

/// The ways open to a namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy<'a> {
    /// What the namespace is.
    pub holder: Holder,
    /// The ways, in the order in which they are tried: those that cost nothing first.
    pub methods: Vec<Method>,
    /// Accounts that a rule names.
    pub accounts: &'a [Account],
    /// Commit authors that a rule names.
    pub authors: &'a [String],
    /// Whether a rule decided.
    pub by_rule: bool,
}

/// The order in which ways are tried: without a network, then with.
const ORDER: [Method; 7] = [
    Method::PrAuthor,
    Method::HeadOwner,
    Method::OwnersFile,
    Method::CommitAuthor,
    Method::ProofFile,
    Method::CommitSignature,
    Method::DnsAccount,
];

/// The ways open to `namespace` under these settings.
pub fn policy<'a>(settings: &'a Ownership, namespace: &str) -> Policy<'a> {
    let holder = holder(namespace);
    let rule = settings.rule(namespace);
    let open: &[Method] = match (rule, &holder) {
        (Some(rule), _) => &rule.methods,
        (None, Holder::GitHub(_)) => &settings.github_methods,
        (None, Holder::Domain(_)) => &settings.domain_methods,
        (None, Holder::Nobody(_)) => &[],
    };
    // A domain's owners file is itself judged before it counts, so it opens its own way. That of an
    // account only pins the account's id.
    let owned = rule.is_none() && matches!(holder, Holder::Domain(_));
    let holds = |method: &Method| open.contains(method) || (*method == Method::OwnersFile && owned);
    Policy {
        holder,
        methods: ORDER.into_iter().filter(holds).collect(),
        accounts: rule.map_or(&[], |rule| &rule.accounts),
        authors: rule.map_or(&[], |rule| &rule.authors),
        by_rule: rule.is_some(),
    }
}

/// What a namespace is.
pub(super) fn holder(namespace: &str) -> Holder {
    let nobody = |why: String| Holder::Nobody(why);
    let Ok(name) = ServerName::parse(&format!("{namespace}/xx")) else {
        return nobody("it is not a namespace".to_owned());
    };
    let namespace = name.namespace();
    if let Some(fault) = namespace.strict_fault() {
        return nobody(format!("it {fault}"));
    }
    if let Some(login) = namespace.github_login() {
        return Holder::GitHub(login.to_ascii_lowercase());
    }
    match Domain::parse(&namespace.domain()) {
        Err(fault) => nobody(format!("its domain {fault}")),
        Ok(domain) if domain.is_special_use() => {
            nobody(format!("{} is a domain for special use, which nobody owns", domain.as_str()))
        }
        Ok(domain) if !domain.is_listed() => {
            nobody(format!("{} ends in no known top-level domain", domain.as_str()))
        }
        Ok(domain) if domain.is_public_suffix() => nobody(format!(
            "{} is a public suffix, below which strangers have their domains",
            domain.as_str()
        )),
        Ok(domain) => Holder::Domain(domain),
    }
}
