//! `[ownership]` and `[protect]`: who may publish, and how that is proven, as written and as meant.
//!
//! A change is judged by these settings as they stand in the base commit, never by those it brings
//! along. What weakens a check ([`Ownership::weak_points`]) is named in every report, so that it is
//! seen. This file refuses to know how a proof is checked.

mod written;

use serde::Deserialize;

pub(super) use written::{Written, WrittenProtect};

/// What a change has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// Every touched namespace is proven.
    Proof,
    /// Whoever may push a branch to the repository may propose any namespace; people review.
    Review,
}

/// A way to prove a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The forge says who opened the pull request, and from whose repository.
    PrAuthor,
    /// The forge says that the branch lives in a repository of the organisation.
    HeadOwner,
    /// A signed statement beside the entry.
    ProofFile,
    /// An SSH-signed commit.
    CommitSignature,
    /// A DNS record that names an account.
    DnsAccount,
    /// The owners file of the namespace, or accounts of a rule.
    OwnersFile,
    /// The author that a commit claims; proves nothing by itself.
    CommitAuthor,
}

impl Method {
    /// The word of settings and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrAuthor => "pr-author",
            Self::HeadOwner => "head-owner",
            Self::ProofFile => "proof-file",
            Self::CommitSignature => "commit-signature",
            Self::DnsAccount => "dns-account",
            Self::OwnersFile => "owners-file",
            Self::CommitAuthor => "commit-author",
        }
    }
}

/// Whether the numeric id of an account is pinned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PinIds {
    /// A namespace of an account needs a pin.
    Require,
    /// A pin that is there must match.
    #[default]
    Use,
    /// Pins are not looked at.
    Off,
}

/// What a CNAME on the way to a record means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cname {
    /// It is followed and named in the report.
    #[default]
    Follow,
    /// It may lead only to names of the same registrable domain.
    SameDomain,
    /// It refutes the record.
    Deny,
}

/// Where the keys of a domain are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeySource {
    /// The TXT records at the apex.
    Dns,
    /// The well-known document.
    Http,
}

/// An account of a forge. The id is what counts; the login is for people.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Host of the forge, such as `github.com`.
    #[serde(default = "github")]
    pub forge: String,
    /// Numeric id on that forge.
    pub id: u64,
    /// Login at the time of writing.
    #[serde(default)]
    pub login: Option<String>,
}

fn github() -> String {
    "github.com".to_owned()
}

/// A rule for namespaces, written by maintainers; the first that matches holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// A namespace, or one with `.*` at its end for everything below it.
    pub namespace: String,
    /// The ways that are accepted, any of them.
    pub methods: Vec<Method>,
    /// Accounts that may publish.
    #[serde(default)]
    pub accounts: Vec<Account>,
    /// E-mail addresses or names of commit authors, `*` for any text; only with `commit-author`.
    #[serde(default)]
    pub authors: Vec<String>,
}

impl Rule {
    /// Whether the rule is about `namespace`. Case does not matter.
    pub fn is_about(&self, namespace: &str) -> bool {
        let (rule, name) = (self.namespace.to_ascii_lowercase(), namespace.to_ascii_lowercase());
        match rule.strip_suffix(".*") {
            Some(above) => name.strip_prefix(above).is_some_and(|rest| rest.starts_with('.')),
            None => rule == name || rule == "*",
        }
    }
}

/// `[ownership]` as meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ownership {
    /// What a change has to show; decided by the forge's event when absent.
    pub trust: Option<Trust>,
    /// The branch that is published; the forge's default branch when absent.
    pub branch: Option<String>,
    /// Most namespaces that one change may touch.
    pub max_namespaces: usize,
    /// Most paths that one change may touch.
    pub max_paths: usize,
    /// Base URLs of registries that mirrored entries may come from without a maintainer's word.
    pub mirrors: Vec<String>,
    /// Days that a change waits which brings a namespace's first server; 0 for none.
    pub new_namespace_days: u32,
    /// Ways to prove `io.github.<login>`.
    pub github_methods: Vec<Method>,
    /// Whether numeric ids are pinned.
    pub pin_ids: PinIds,
    /// Whether a branch of this repository itself counts as its author's.
    pub same_repo: bool,
    /// Ways to prove a domain.
    pub domain_methods: Vec<Method>,
    /// Where keys are looked up, in this order.
    pub sources: Vec<KeySource>,
    /// Whether keys in DNS reach the names below their domain.
    pub dns_subdomains: bool,
    /// Whether a proof may be made out to any registry.
    pub allow_any_audience: bool,
    /// Oldest proof that is accepted, in days; 0 for no limit.
    pub max_proof_age_days: u32,
    /// Fingerprints of keys that prove nothing.
    pub blocked_keys: Vec<String>,
    /// Addresses of resolvers, or `system`.
    pub resolvers: Vec<String>,
    /// How many resolvers have to agree.
    pub quorum: usize,
    /// Milliseconds for one try of one resolver.
    pub try_ms: u64,
    /// Milliseconds for a lookup in all.
    pub total_ms: u64,
    /// What a CNAME means.
    pub cname: Cname,
    /// Milliseconds for the well-known document in all.
    pub http_total_ms: u64,
    /// Whether the well-known document may live on a private address.
    pub allow_private: bool,
    /// Rules by namespace.
    pub rules: Vec<Rule>,
    /// Path patterns that only maintainers change, besides the built-in ones.
    pub protect: Vec<String>,
}

impl Default for Ownership {
    fn default() -> Self {
        Written::default().plain()
    }
}

impl Ownership {
    /// The first rule about a namespace.
    pub fn rule(&self, namespace: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.is_about(namespace))
    }

    /// Settings that make a check weaker than its default, one sentence each.
    pub fn weak_points(&self) -> Vec<String> {
        let mut weak = Vec::new();
        let mut say = |when: bool, what: &str| {
            if when {
                weak.push(what.to_owned());
            }
        };
        say(
            self.same_repo,
            "[ownership.github] same_repo = \"trust\": who may push here counts as the author",
        );
        say(
            self.allow_private,
            "[ownership.http] allow_private = true: private addresses are asked for keys",
        );
        say(
            self.allow_any_audience,
            "[ownership.domain] allow_any_audience = true: proofs made for no registry in particular pass",
        );
        say(self.quorum < 2, "[ownership.dns] quorum = 1: one resolver decides");
        say(
            self.pin_ids == PinIds::Off,
            "[ownership.github] pin_ids = \"off\": a renamed account's login is enough",
        );
        for rule in self.rules.iter().filter(|r| r.methods.contains(&Method::CommitAuthor)) {
            weak.push(format!(
                "rule for {}: a commit's author is believed, which anybody can write",
                rule.namespace
            ));
        }
        weak
    }
}
