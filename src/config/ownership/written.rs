//! The shape of `[ownership]` and `[protect]` in the file, with the defaults.

use serde::Deserialize;
use toml::Spanned;

use super::super::{Reader, Visibility};
use super::{Cname, KeySource, Method, Ownership, PinIds, Rule, Trust};

/// `[ownership]` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct Written {
    trust: Option<Trust>,
    branch: Option<String>,
    max_namespaces_per_change: usize,
    max_paths_per_change: usize,
    new_namespace_days: u32,
    mirrors: Vec<String>,
    github: WrittenGithub,
    domain: WrittenDomain,
    dns: WrittenDns,
    http: WrittenHttp,
    #[serde(rename = "rule")]
    rules: Vec<Spanned<Rule>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenGithub {
    methods: Vec<Method>,
    pin_ids: PinIds,
    same_repo: SameRepo,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum SameRepo {
    #[default]
    Deny,
    Trust,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenDomain {
    methods: Vec<Method>,
    sources: Vec<KeySource>,
    dns_subdomains: bool,
    allow_any_audience: bool,
    max_proof_age_days: u32,
    blocked_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenDns {
    resolvers: Spanned<Vec<String>>,
    quorum: Spanned<usize>,
    try_ms: u64,
    total_ms: u64,
    cname: Cname,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WrittenHttp {
    total_ms: u64,
    allow_private: bool,
}

/// `[protect]` as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in crate::config) struct WrittenProtect {
    paths: Vec<String>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            trust: None,
            branch: None,
            max_namespaces_per_change: 20,
            max_paths_per_change: 500,
            new_namespace_days: 0,
            mirrors: vec!["https://registry.modelcontextprotocol.io".to_owned()],
            github: WrittenGithub::default(),
            domain: WrittenDomain::default(),
            dns: WrittenDns::default(),
            http: WrittenHttp::default(),
            rules: Vec::new(),
        }
    }
}

impl Default for WrittenGithub {
    fn default() -> Self {
        Self {
            methods: vec![Method::PrAuthor, Method::ProofFile],
            pin_ids: PinIds::Use,
            same_repo: SameRepo::Deny,
        }
    }
}

impl Default for WrittenDomain {
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

impl Default for WrittenDns {
    fn default() -> Self {
        let public = ["1.1.1.1", "8.8.8.8", "9.9.9.9"];
        Self {
            resolvers: Spanned::new(0..0, public.map(str::to_owned).to_vec()),
            quorum: Spanned::new(0..0, 2),
            try_ms: 2000,
            total_ms: 5000,
            cname: Cname::Follow,
        }
    }
}

impl Default for WrittenHttp {
    fn default() -> Self {
        Self { total_ms: 10_000, allow_private: false }
    }
}

impl Written {
    /// The settings, after reporting those that cannot be meant.
    pub(in crate::config) fn mean(
        self,
        protect: WrittenProtect,
        visibility: Visibility,
        reader: &mut Reader,
    ) -> Ownership {
        let count = self.dns.resolvers.get_ref().len();
        for text in self.dns.resolvers.get_ref().iter().filter(|text| !is_resolver(text)) {
            reader.say(
                self.dns.resolvers.span(),
                "/ownership/dns/resolvers",
                format!("{text:?} is not the address of a resolver"),
                "write an IP address, one with a port such as \"9.9.9.9:53\", or \"system\""
                    .to_owned(),
            );
        }
        let quorum = *self.dns.quorum.get_ref();
        if quorum == 0 || quorum > count {
            reader.say(
                self.dns.quorum.span(),
                "/ownership/dns/quorum",
                format!("{quorum} of {count} resolvers can never agree"),
                format!("write a number from 1 to {count}"),
            );
        }
        for rule in &self.rules {
            let named = rule.get_ref();
            let authors = named.methods.contains(&Method::CommitAuthor);
            let (what, instead) = if named.methods.is_empty() {
                ("the rule accepts no method, so nobody can ever publish", "name a method")
            } else if authors == named.authors.is_empty() {
                ("commit-author and authors belong together", "write both, or neither")
            } else if authors && visibility == Visibility::Public {
                (
                    "commit-author proves nothing in a public registry",
                    "remove it; anybody can write any author into a commit",
                )
            } else {
                continue;
            };
            reader.say(rule.span(), "/ownership/rule", what.to_owned(), instead.to_owned());
        }
        let mut meant = self.plain();
        meant.protect = protect.paths;
        if meant.quorum == 0 || meant.quorum > count {
            meant.quorum = count.max(1); // the strictest that can be
        }
        meant
    }

    pub(super) fn plain(self) -> Ownership {
        Ownership {
            trust: self.trust,
            branch: self.branch,
            max_namespaces: self.max_namespaces_per_change,
            max_paths: self.max_paths_per_change,
            new_namespace_days: self.new_namespace_days,
            mirrors: self.mirrors,
            github_methods: self.github.methods,
            pin_ids: self.github.pin_ids,
            same_repo: self.github.same_repo == SameRepo::Trust,
            domain_methods: self.domain.methods,
            sources: self.domain.sources,
            dns_subdomains: self.domain.dns_subdomains,
            allow_any_audience: self.domain.allow_any_audience,
            max_proof_age_days: self.domain.max_proof_age_days,
            blocked_keys: self.domain.blocked_keys,
            resolvers: self.dns.resolvers.into_inner(),
            quorum: self.dns.quorum.into_inner(),
            try_ms: self.dns.try_ms,
            total_ms: self.dns.total_ms,
            cname: self.dns.cname,
            http_total_ms: self.http.total_ms,
            allow_private: self.http.allow_private,
            rules: self.rules.into_iter().map(Spanned::into_inner).collect(),
            protect: Vec::new(),
        }
    }
}

fn is_resolver(text: &str) -> bool {
    text == "system"
        || text.parse::<std::net::IpAddr>().is_ok()
        || text.parse::<std::net::SocketAddr>().is_ok()
}
