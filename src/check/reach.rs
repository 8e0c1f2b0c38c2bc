//! Checks where the URLs of an entry lead, and whether they hold credentials.
//!
//! Everybody who installs an entry connects to its addresses. An address of the author's own network
//! leads others nowhere, or to a machine of their own that trusts them. A user name and password in a URL
//! are published with the entry. The settings list the private hosts that are allowed, for every purpose
//! or for one.

use serde_json::Value;

use super::hosts::{self, authority};
use super::look::{Path, each, text};
use super::template;
use super::words::quote;
use crate::config::{AcceptedHosts, Config, Visibility};
use crate::diag::{Code, Finding};
use crate::model::{Host, PackageType, Reach};

/// Applies these rules to every URL of a document.
pub(super) fn check(document: &Value, config: &Config, found: &mut Vec<Finding>) {
    let settings = &config.packages;
    let mut checker = UrlChecker { config, accepted: Some(&settings.repository_hosts), found };
    let root = Path::Root;
    checker.url("the repository", document.get("repository"), &root.key("repository").key("url"));
    checker.accepted = None;
    checker.url("the website", Some(document), &root.key("websiteUrl"));
    each(document, "icons", &root, |icon, path| {
        checker.url("the icon", Some(icon), &path.key("src"));
    });
    each(document, "packages", &root, |package, path| {
        let kind = PackageType::named(text(package, "registryType"));
        checker.accepted = kind.map(|kind| settings.of_type(kind));
        checker.url("the base URL", Some(package), &path.key("registryBaseUrl"));
        checker.url("the identifier", Some(package), &path.key("identifier"));
        checker.accepted = None;
        checker.url(LOCAL, package.get("transport"), &path.key("transport").key("url"));
    });
    each(document, "remotes", &root, |remote, path| {
        checker.url(REMOTE, Some(remote), &path.key("url"));
    });
}

/// What everybody who installs the entry connects to.
const REMOTE: &str = "the remote URL";

/// What a package listens at once it runs, so that the own machine is what it should name.
const LOCAL: &str = "the transport URL";

struct UrlChecker<'a> {
    config: &'a Config,
    /// The hosts that the settings accept for what is checked now.
    accepted: Option<&'a AcceptedHosts>,
    found: &'a mut Vec<Finding>,
}

impl UrlChecker<'_> {
    /// Checks the URL at `path`, which is a member of `holder` and called `what`.
    fn url(&mut self, what: &str, holder: Option<&Value>, path: &Path<'_>) {
        let (Some(holder), Path::Key(_, key)) = (holder, path) else { return };
        let Some((user, written)) = authority(text(holder, key)) else { return };
        if user {
            let message = format!("{what} contains user information before its host");
            let help =
                "remove everything between // and @; ask for secrets with a header or a variable";
            self.found.push(path.finding(Code::UrlUserInformation, message, help));
        }
        if is_variable(written) {
            return;
        }
        let host = Host::read(&template::fill(written));
        let settings = &self.config.packages;
        let listed = [&settings.remote_hosts, &settings.http_hosts];
        if listed.into_iter().any(|hosts| host.is_one_of(hosts))
            || self.accepted.is_some_and(|accepted| accepted.names(&host))
        {
            return;
        }
        let public = self.config.visibility == Visibility::Public;
        let (code, why) = match host.reach() {
            Reach::OwnMachine if what != LOCAL => {
                (Code::UrlOwnMachine, "which is the reader's own machine")
            }
            Reach::Private if public => (Code::UrlPrivateNetwork, "which others cannot reach"),
            _ => return,
        };
        let instead = match (code, what) {
            (Code::UrlPrivateNetwork, _) => "write an address that everybody can reach",
            (_, REMOTE) => "write a public address, describe a package with this transport",
            _ => "write a public address",
        };
        // For a host with variables, allow everything below the labels that are fixed.
        let fixed = written.rsplit_once('}').and_then(|(_, rest)| rest.split_once('.'));
        let (pattern, also) = match fixed {
            Some((_, fixed)) => (format!("*.{}", Host::read(fixed).as_str()), String::new()),
            None if host.as_str() == written.trim_matches(['[', ']']) => {
                (host.as_str().to_owned(), String::new())
            }
            None => (host.as_str().to_owned(), format!(" ({})", host.as_str())),
        };
        let message = format!("{what} has the host {}, {why}{also}", quote(written));
        let help = hosts::or_add(instead, &pattern, "remote_hosts");
        let finding = path.finding(code, message, help);
        self.found.push(if public { finding } else { finding.as_warning() });
    }
}

/// Whether a variable decides where the host is: it is the host, or the end of it.
fn is_variable(host: &str) -> bool {
    host.trim_end_matches('.').rsplit('.').next().is_some_and(|last| last.contains('{'))
}
