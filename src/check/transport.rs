//! Rules about how a server is reached: transports of packages, and remotes.

use std::collections::HashSet;

use serde_json::Value;

use super::look::{Path, each, keys, list, text};
use super::words::{one_of, quote};
use super::{DocumentRules, Profile, hosts, reshape, template, url};
use crate::diag::{Code, Finding, nearest};
use crate::model::TransportType;

/// Applies the rules of remotes to a whole document.
pub(super) fn check_remotes(document: &Value, rules: &DocumentRules, found: &mut Vec<Finding>) {
    each(document, "remotes", &Path::Root, |remote, path| {
        if let Some(Value::String(kind)) = remote.get("type") {
            check_remote(remote, kind, rules, path, found);
        }
    });
}

/// Checks a remote. One of an unknown type is not checked any more.
fn check_remote(
    remote: &Value,
    kind: &str,
    rules: &DocumentRules,
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    if !TransportType::REMOTE.iter().any(|known| known.as_str() == kind) {
        let code = Code::UnsupportedRemoteTransportType;
        found.push(type_finding(code, "remote", kind, &TransportType::REMOTE, path));
        return;
    }
    let (address, path) = (text(remote, "url"), path.key("url"));
    let is_fine = match rules.profile {
        Profile::Official => template::is_valid_remote(address),
        // Hosts have rules of their own there, which know every spelling and the settings.
        Profile::Strict => hosts::is_web(address, &rules.config.packages),
    };
    if address.is_empty() {
        let message = format!("a {kind} remote needs a url");
        let help = "add the https URL at which the server listens";
        found.push(path.finding(Code::RemoteTransportUrlRequired, message, help));
    } else if !is_fine {
        let (fault, help) = remote_fault(address, rules.profile);
        let message = format!("the remote URL {} {fault}", quote(address));
        found.push(path.finding(Code::InvalidRemoteUrl, message, help));
    }
    let declared = || keys(remote, "variables");
    found.extend(template_fault(address, declared, "\"variables\" of this remote", &path));
}

/// Returns why a remote URL is refused, and what to do about it.
fn remote_fault(address: &str, profile: Profile) -> (String, String) {
    let filled = template::fill(address);
    let (fault, help) = match url::parse(&filled) {
        Err(fault) => (fault, "write a whole URL such as https://example.com/mcp"),
        Ok(_) if address.starts_with('{') => {
            ("begins with a variable", "begin it with https:// and a host")
        }
        Ok(url) if !url.has_scheme("https") => {
            let help = "serve it over https and write the https URL";
            let host = hosts::host_of(address).filter(|_| url.is_web());
            if let Some(host) = host.filter(|_| profile == Profile::Strict) {
                let help = hosts::or_add(help, host.as_str(), "http_hosts");
                return ("is not https".to_owned(), help);
            }
            ("is not https", help)
        }
        Ok(url) if url.host.is_empty() => {
            ("has no host", "write a whole URL such as https://example.com/mcp")
        }
        Ok(_) => (
            "points at the reader's own machine",
            "write a public address, or describe a package with this transport instead",
        ),
    };
    (fault.to_owned(), help.to_owned())
}

/// Applies the rules of a package's transport.
pub(super) fn check_package(package: &Value, path: &Path<'_>, found: &mut Vec<Finding>) {
    let Some(transport) = package.get("transport") else { return };
    let Some(Value::String(kind)) = transport.get("type") else { return };
    let address = text(transport, "url");
    let path = path.key("transport");
    let url = path.key("url");
    match TransportType::named(kind) {
        Some(TransportType::Stdio) if address.is_empty() => {}
        Some(TransportType::Stdio) => {
            let message = format!("a stdio transport has no url, but here is {}", quote(address));
            let help = "remove the url or change the type to streamable-http";
            found.push(url.finding(Code::StdioTransportUrlNotEmpty, message, help));
        }
        Some(_) if address.is_empty() => {
            let message = format!("a {kind} transport needs a url");
            let help =
                "add the URL at which the package listens, such as http://localhost:8080/mcp";
            found.push(url.finding(Code::StreamableTransportUrlRequired, message, help));
        }
        Some(_) => {
            let declared = || package_variables(package);
            let place = "the package's environment variables or arguments";
            found.extend(template_fault(address, declared, place, &url));
        }
        None => {
            let code = Code::UnsupportedTransportType;
            found.push(type_finding(code, "package", kind, &TransportType::ALL, &path));
        }
    }
}

/// Returns the names that a package's transport URL may use.
fn package_variables(package: &Value) -> impl Iterator<Item = &str> {
    let variables = list(package, "environmentVariables").iter().map(|v| text(v, "name"));
    let arguments =
        ["runtimeArguments", "packageArguments"].into_iter().flat_map(|key| list(package, key));
    variables.chain(arguments.flat_map(|a| [text(a, "name"), text(a, "valueHint")]))
}

/// Reports a URL that is not valid with its templates filled, or that uses an undeclared variable.
fn template_fault<'a, I: Iterator<Item = &'a str>>(
    address: &str,
    declared: impl Fn() -> I,
    place: &str,
    path: &Path<'_>,
) -> Option<Finding> {
    if !template::is_valid(address) {
        let message = match address {
            "" => "there is no URL to connect to".to_owned(),
            _ => format!("{} is not an http or https URL with a host", quote(address)),
        };
        let help = "write a whole URL such as https://example.com/mcp";
        return Some(path.finding(Code::InvalidTemplatedUrl, message, help));
    }
    let mut names = template::names(address).peekable();
    names.peek()?;
    let known: HashSet<&str> = declared().collect();
    let name = names.find(|name| !known.contains(name))?;
    let message =
        format!("{} uses the variable {}, which nothing declares", quote(address), quote(name));
    let help = match nearest(name, declared().filter(|known| !known.is_empty())) {
        Some(known) => format!("write {{{known}}}, or declare {} in {place}", quote(name)),
        None => format!("declare {} in {place}, or write the URL without it", quote(name)),
    };
    Some(path.finding(Code::InvalidTemplatedUrl, message, help))
}

/// Reports a transport type that is not one of `types`, and suggests one.
fn type_finding(
    code: Code,
    of: &str,
    kind: &str,
    types: &[TransportType],
    path: &Path<'_>,
) -> Finding {
    let types = || types.iter().map(|known| known.as_str());
    let all = one_of(types());
    let message = format!("the transport type {} of a {of} is not {all}", quote(kind));
    let meant = reshape::transport(kind).filter(|meant| types().any(|known| known == *meant));
    let help = match meant.or_else(|| nearest(kind, types())) {
        Some(near) => format!("write {}", quote(near)),
        None => format!("write {all}"),
    };
    path.key("type").finding(code, message, help)
}
