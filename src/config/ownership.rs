//! `[ownership]` and `[protect]`: who may publish, and how that is proven.
//!
//! A change is judged by the settings of the base commit, never by those in the change itself. Every
//! report names the settings that weaken a check ([`Ownership::weak_points`]). How a proof is checked is
//! not known here.

use serde::Deserialize;

use super::problems::Problems;

/// Who may read the registry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// The members of an organisation. Search engines and crawlers are asked to stay away.
    #[default]
    Private,
    /// Everybody.
    Public,
}

/// What a change has to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trust {
    /// Every touched namespace is proven.
    Proof,
    /// Anyone who may push a branch to the repository may propose any namespace; people review.
    Review,
}

/// A way to prove a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// The forge reports who opened the pull request, and from whose repository.
    PrAuthor,
    /// The forge reports that the branch is in a repository of the organisation.
    HeadOwner,
    /// A signed statement beside the entry.
    ProofFile,
    /// An SSH-signed commit.
    CommitSignature,
    /// A DNS record that names an account.
    DnsAccount,
    /// The owners file of the namespace, or accounts of a rule.
    OwnersFile,
    /// The author that a commit claims. It proves nothing on its own.
    CommitAuthor,
}

impl Method {
    /// Returns the word that settings and reports use.
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

/// Whether a branch of this repository itself counts as its author's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameRepo {
    /// It does not.
    #[default]
    Deny,
    /// It does.
    Trust,
}

/// `[ownership]`, with `[protect]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct Ownership {
    /// What a change has to show; decided by the forge's event when absent.
    pub trust: Option<Trust>,
    /// The branch that is published; the forge's default branch when absent.
    pub branch: Option<String>,
    /// Most namespaces that one change may touch.
    #[serde(rename = "max_namespaces_per_change")]
    pub max_namespaces: usize,
    /// Most paths that one change may touch.
    #[serde(rename = "max_paths_per_change")]
    pub max_paths: usize,
    /// Waiting period, in days, for the first server of a namespace; 0 for none.
    pub new_namespace_days: u32,
    /// Base URLs of registries that mirrored entries may come from without a maintainer's approval.
    pub mirrors: Vec<String>,
    /// How accounts of GitHub are proven.
    pub github: GithubSettings,
    /// How domains are proven.
    pub domain: DomainSettings,
    /// How DNS is asked.
    pub dns: DnsSettings,
    /// How the well-known document is fetched.
    pub http: HttpSettings,
    /// Rules by namespace.
    #[serde(rename = "rule")]
    pub rules: Vec<Rule>,
    /// Path patterns that only maintainers change, besides the built-in ones: `[protect] paths`.
    #[serde(skip)]
    pub protect: Vec<String>,
}

/// `[ownership.github]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct GithubSettings {
    /// Ways to prove `io.github.<login>`.
    pub methods: Vec<Method>,
    /// Whether numeric ids are pinned.
    pub pin_ids: PinIds,
    /// Whether a branch of this repository itself counts as its author's.
    pub same_repo: SameRepo,
}

/// `[ownership.domain]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DomainSettings {
    /// Ways to prove a domain.
    pub methods: Vec<Method>,
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
}

/// `[ownership.dns]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct DnsSettings {
    /// Addresses of resolvers, or `system`.
    pub resolvers: Vec<String>,
    /// How many resolvers have to agree.
    pub quorum: usize,
    /// Milliseconds for one try of one resolver.
    pub try_ms: u64,
    /// Milliseconds for a whole lookup.
    pub total_ms: u64,
    /// What a CNAME means.
    pub cname: Cname,
}

/// `[ownership.http]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct HttpSettings {
    /// Milliseconds for fetching the well-known document.
    pub total_ms: u64,
    /// Whether the well-known document may be on a private address.
    pub allow_private: bool,
}

impl Default for Ownership {
    fn default() -> Self {
        Self {
            trust: None,
            branch: None,
            max_namespaces: 20,
            max_paths: 500,
            new_namespace_days: 0,
            mirrors: vec![super::OFFICIAL_REGISTRY.to_owned()],
            github: GithubSettings::default(),
            domain: DomainSettings::default(),
            dns: DnsSettings::default(),
            http: HttpSettings::default(),
            rules: Vec::new(),
            protect: Vec::new(),
        }
    }
}

impl Default for GithubSettings {
    fn default() -> Self {
        let methods = vec![Method::PrAuthor, Method::ProofFile];
        Self { methods, pin_ids: PinIds::Use, same_repo: SameRepo::Deny }
    }
}

impl Default for DomainSettings {
    fn default() -> Self {
        Self {
            methods: vec![Method::ProofFile, Method::CommitSignature],
            sources: vec![KeySource::Dns, KeySource::Http],
            dns_subdomains: true,
            allow_any_audience: false,
            max_proof_age_days: 0,
            blocked_keys: Vec::new(),
        }
    }
}

impl Default for DnsSettings {
    fn default() -> Self {
        let resolvers = ["1.1.1.1", "8.8.8.8", "9.9.9.9"].map(str::to_owned).to_vec();
        Self { resolvers, quorum: 2, try_ms: 2000, total_ms: 5000, cname: Cname::Follow }
    }
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { total_ms: 10_000, allow_private: false }
    }
}

impl Ownership {
    /// Returns the first rule about a namespace.
    pub fn rule(&self, namespace: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.is_about(namespace))
    }

    /// Returns the settings that make a check weaker than its default, in one sentence each.
    pub fn weak_points(&self) -> Vec<String> {
        let settings = [
            (
                self.github.same_repo == SameRepo::Trust,
                "[ownership.github] same_repo = \"trust\": anyone who may push here counts as the author",
            ),
            (
                self.http.allow_private,
                "[ownership.http] allow_private = true: private addresses are asked for keys",
            ),
            (
                self.domain.allow_any_audience,
                "[ownership.domain] allow_any_audience = true: proofs made for no registry in particular pass",
            ),
            (self.dns.quorum < 2, "[ownership.dns] quorum = 1: one resolver decides"),
            (
                self.github.pin_ids == PinIds::Off,
                "[ownership.github] pin_ids = \"off\": a renamed account's login is enough",
            ),
        ];
        let weak = settings.iter().filter(|(is_weak, _)| *is_weak);
        let claims = self.rules.iter().filter(|rule| rule.methods.contains(&Method::CommitAuthor));
        let claims = claims.map(|rule| {
            let namespace = &rule.namespace;
            format!("rule for {namespace}: a commit's author is believed, which anybody can write")
        });
        weak.map(|(_, what)| (*what).to_owned()).chain(claims).collect()
    }

    /// Reports the settings that cannot work, and replaces an impossible quorum with the strictest one.
    pub(super) fn validate(&mut self, visibility: Visibility, problems: &mut Problems) {
        let count = self.dns.resolvers.len();
        for text in self.dns.resolvers.iter().filter(|text| !is_resolver(text)) {
            let message = format!("{text:?} is not the address of a resolver");
            let help = "write an IP address, one with a port such as \"9.9.9.9:53\", or \"system\"";
            problems.add("/ownership/dns/resolvers", message, help);
        }
        if self.dns.quorum == 0 || self.dns.quorum > count {
            let message = format!("{} of {count} resolvers can never agree", self.dns.quorum);
            let help = format!("write a number from 1 to {count}");
            problems.add("/ownership/dns/quorum", message, help);
            self.dns.quorum = count.max(1);
        }
        for (i, rule) in self.rules.iter().enumerate() {
            let authors = rule.methods.contains(&Method::CommitAuthor);
            let (what, instead) = if rule.methods.is_empty() {
                ("the rule accepts no method, so nobody can ever publish", "name a method")
            } else if authors == rule.authors.is_empty() {
                ("commit-author and authors belong together", "write both, or neither")
            } else if authors && visibility == Visibility::Public {
                let instead = "remove it; anybody can write any author into a commit";
                ("commit-author proves nothing in a public registry", instead)
            } else {
                continue;
            };
            problems.add(format!("/ownership/rule/{i}"), what, instead);
        }
    }
}

fn is_resolver(text: &str) -> bool {
    text == "system"
        || text.parse::<std::net::IpAddr>().is_ok()
        || text.parse::<std::net::SocketAddr>().is_ok()
}
