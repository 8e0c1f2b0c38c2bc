//! Owners files: who may publish for a namespace, as far as that is written into the registry.
//!
//! ```toml
//! namespace = "io.github.alice"
//! subdomains = false
//! keys = ["v=MCPv1; k=ed25519; p=…"]
//! [[account]]
//! forge = "github.com"
//! id = 1001
//! login = "alice"
//! ```
//!
//! A file counts from the base commit only; who may change it is judged like an entry.

use serde::Deserialize;

use crate::config::{Account, toml_diagnostic};
use crate::diag::{Code, Diagnostic, Finding, Pointer, SourceFile, Span};
use crate::model::Evidence;

use super::key::PublicKey;
use super::record::parse_record;

/// Most accounts or keys of one file.
const MAX_OWNERS: usize = 100;

/// A parsed owners file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    /// Accounts that may publish; for an account's namespace the pin of its id.
    pub accounts: Vec<Account>,
    /// Pinned keys; a proof must be made with one of them when there are any.
    pub keys: Vec<PublicKey>,
    /// Whether the domain's proofs reach the names below it; the settings decide when absent.
    pub subdomains: Option<bool>,
}

/// Returns the first account of an owners file as evidence.
pub(super) fn evidence_of_owners(owners: &Owners) -> Option<Evidence> {
    let account = owners.accounts.first()?;
    let subject = Some(format!("{}:{}", account.forge, account.id));
    Some(Evidence { subject, ..Evidence::by("owners-file") })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OwnersToml {
    namespace: toml::Spanned<String>,
    #[serde(default)]
    account: Vec<Account>,
    #[serde(default)]
    keys: Vec<toml::Spanned<String>>,
    subdomains: Option<bool>,
}

/// Reads the owners file of `namespace`; `path` is how messages call it.
///
/// # Errors
/// Everything that is wrong with it. A file with a fault counts for nothing.
pub fn parse_owners(path: &str, namespace: &str, text: &str) -> Result<Owners, Vec<Diagnostic>> {
    let source = SourceFile::new(path, text);
    let written: OwnersToml = toml::from_str(text)
        .map_err(|e| vec![toml_diagnostic(&source, Code::OwnersInvalid, &e)])?;
    let mut wrong = Vec::new();
    let mut report = |span: std::ops::Range<usize>, pointer: &str, message: &str, help: &str| {
        let finding = Finding::new(Code::OwnersInvalid, Pointer::from(pointer), message).help(help);
        wrong.push((finding, Span { start: span.start, end: span.end }));
    };
    let (stated, span) = (written.namespace.get_ref(), written.namespace.span());
    let lower = namespace.to_ascii_lowercase();
    if namespace != lower {
        let message = "owners files are named in lower case";
        report(span.clone(), "/namespace", message, &format!("rename it to {lower}.toml"));
    }
    if !stated.eq_ignore_ascii_case(namespace) {
        let message = format!("the file is about {stated:?}, its name is for {namespace:?}");
        let help = format!("write namespace = {namespace:?}");
        report(span.clone(), "/namespace", &message, &help);
    }
    if written.account.len() > MAX_OWNERS || written.keys.len() > MAX_OWNERS {
        let message = format!("there are more than {MAX_OWNERS} accounts or keys");
        report(span, "/account", &message, "name those who publish");
    }
    let mut keys = Vec::new();
    for key in &written.keys {
        let help = "write the record as `sign key show` prints it";
        match parse_record(key.get_ref()) {
            Ok(key) => keys.push(key),
            Err(fault) => report(key.span(), "/keys", &format!("the key {fault}"), help),
        }
    }
    if wrong.is_empty() {
        Ok(Owners { accounts: written.account, keys, subdomains: written.subdomains })
    } else {
        Err(source.diagnose_spans(wrong))
    }
}
