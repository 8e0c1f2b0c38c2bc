//! Which methods a namespace may use.
//!
//! A rule of the maintainers comes first, then the kind of namespace: an account of github.com or a domain.
//! Any other namespace has no method unless a rule names one.

use crate::config::{Account, Method, Ownership};
use crate::model::Holder;

/// The methods that a namespace may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy<'a> {
    /// What the namespace is.
    pub holder: Holder,
    /// The methods in the order in which they are tried: those that cost nothing first.
    pub methods: Vec<Method>,
    /// Accounts that a rule names.
    pub accounts: &'a [Account],
    /// Commit authors that a rule names.
    pub authors: &'a [String],
}

/// The order in which methods are tried: those without a network first.
const ORDER: [Method; 7] = [
    Method::PrAuthor,
    Method::HeadOwner,
    Method::OwnersFile,
    Method::CommitAuthor,
    Method::ProofFile,
    Method::CommitSignature,
    Method::DnsAccount,
];

/// Returns the methods that `namespace` may use under these settings.
pub fn policy<'a>(settings: &'a Ownership, namespace: &str) -> Policy<'a> {
    let holder = Holder::of(namespace);
    let rule = settings.rule(namespace);
    let open: &[Method] = match (rule, &holder) {
        (Some(rule), _) => &rule.methods,
        (None, Holder::GitHub(_)) => &settings.github.methods,
        (None, Holder::Domain(_)) => &settings.domain.methods,
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
    }
}
