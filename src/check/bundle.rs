//! Checks the address of an MCP bundle: a file of a release on one of two code hosts, or any file on a host of the
//! settings.

use super::look::Path;
use super::words::{is_word, quote};
use super::{hosts, url};
use crate::config::PackageSettings;
use crate::diag::{Code, Finding};
use crate::model::Host;
use crate::text::percent_decode;

/// Checks that a bundle is a release download on one of two code hosts, or anywhere on a host of the settings, with
/// `mcp` in its URL.
pub(super) fn check(
    identifier: &str,
    settings: &PackageSettings,
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    let mut add = |code, message: String, help: &str| found.push(path.finding(code, message, help));
    let address = quote(identifier);
    let url = match bundle_url(identifier) {
        Ok(url) => url,
        Err(fault) => {
            let message = format!("the bundle's address {address} {fault}");
            let help = "write the https URL of a file in a GitHub or GitLab release";
            return add(Code::PackageMcpbUrlInvalid, message, help);
        }
    };
    if !hosts::is_web(identifier, settings) {
        let message = format!("the bundle's address {address} is not https");
        add(Code::PackageMcpbUrlInvalid, message, "write it with https");
    }
    let download = percent_decode(url.path, false).unwrap_or_default();
    let accepted = &settings.mcpb;
    let named = Host::read(url.hostname());
    let fault = match url.host {
        _ if accepted.accepts(&named) => None,
        "github.com" | "www.github.com" if accepted.public => github_fault(&download),
        "gitlab.com" | "www.gitlab.com" if accepted.public => gitlab_fault(&download),
        host => {
            let message = format!("the bundle's host {} is not supported", quote(host));
            let places = match accepted.public {
                true => "a release on github.com or gitlab.com".to_owned(),
                false => hosts::places(accepted),
            };
            let usual = matches!(host.trim_start_matches("www."), "github.com" | "gitlab.com");
            let value = if usual { "public" } else { named.as_str() };
            let help = hosts::or_accept(&format!("move it to {places}"), accepted, value, "mcpb");
            add(Code::PackageMcpbHostUnsupported, message, &help);
            None
        }
    };
    if let Some((fault, help)) = fault {
        let message = format!("the bundle's address {address} {fault}");
        add(Code::PackageMcpbUrlInvalid, message, help);
    }
    if !identifier.to_ascii_lowercase().contains("mcp") {
        let message = format!("the bundle's address {address} does not contain the letters mcp");
        add(Code::PackageMcpbNotNamed, message, "name the file something.mcpb");
    }
}

/// Returns the address as a web URL, or why it is not one.
fn bundle_url(identifier: &str) -> Result<url::GoUrl<'_>, url::UrlFault> {
    let url = url::parse(identifier)?;
    if url.is_web() { Ok(url) } else { Err("is not an https URL") }
}

/// Whether a path is `/<owner>/<repository>/releases/download/<tag>/<file>`.
fn is_github_download(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let ["", owner, repository, "releases", "download", tag, file] = parts.as_slice() else {
        return false;
    };
    let owner_is_valid = owner.len() <= 39
        && is_word(owner, b"-")
        && !owner.starts_with('-')
        && !owner.ends_with('-');
    owner_is_valid && is_word(repository, b"._-") && !tag.is_empty() && !file.is_empty()
}

/// Whether a path is `/<group>/…/<project>/-/releases/<tag>/downloads/<file>`, or a numbered
/// package file.
fn is_gitlab_download(path: &str) -> bool {
    let Some(parts) = path.strip_prefix('/').map(|path| path.split('/').collect::<Vec<_>>()) else {
        return false;
    };
    let project =
        |parts: &[&str]| !parts.is_empty() && parts.iter().all(|part| is_word(part, b"._-"));
    match parts.as_slice() {
        [group @ .., "-", "releases", tag, "downloads", file] => {
            project(group) && !tag.is_empty() && !file.is_empty()
        }
        [group @ .., "-", "package_files", number, "download"] => {
            project(group) && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

/// Why an address is refused, as the end of the sentence "`x` …", and what to do.
type Fault = (String, &'static str);

const GITHUB: &str = "write https://github.com/<owner>/<repository>/releases/download/<tag>/<file>";

fn slash_in_tag(tag: &str) -> Fault {
    let fault = format!(
        "has a slash in the release's tag {}, and the official registry accepts no such tag",
        quote(tag)
    );
    (fault, "attach the file to a release whose tag has no slash, such as v1.0.0, as well")
}

/// Returns why a path on GitHub is not a download, if it is none.
fn github_fault(path: &str) -> Option<Fault> {
    if is_github_download(path) {
        return None;
    }
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let fault = match parts.as_slice() {
        [_, _, "releases", "download", tag @ .., file] if tag.len() > 1 && !file.is_empty() => {
            return Some(slash_in_tag(&tag.join("/")));
        }
        [_, _, "releases", "latest", ..] => "names the latest release, whose file changes",
        [_, _, "releases", "tag", ..] => "is the page of a release, not one of its files",
        [_, _, "archive" | "zipball" | "tarball", ..] => {
            "is an archive of the source, not a file of a release"
        }
        [_, _, "raw" | "blob" | "tree", ..] => "is a file of a branch, which can change",
        _ => "is not a file of a release",
    };
    Some((fault.to_owned(), GITHUB))
}

/// Returns why a path on GitLab is not a download, if it is none.
fn gitlab_fault(path: &str) -> Option<Fault> {
    if is_gitlab_download(path) {
        return None;
    }
    let help = "write https://gitlab.com/<project>/-/releases/<tag>/downloads/<file>";
    let after = path.split_once("/-/").map_or("", |(_, after)| after);
    let parts: Vec<&str> = after.split('/').collect();
    let downloads = parts.iter().position(|part| *part == "downloads");
    let fault = match (parts.as_slice(), downloads) {
        (["releases", "permalink", "latest", ..], _) => {
            "names the latest release, whose file changes"
        }
        (["releases", ..], Some(at)) if at > 2 => {
            return Some(slash_in_tag(&parts[1..at].join("/")));
        }
        (["releases", ..], Some(at)) if parts.len() > at + 2 => {
            return Some((
                "has a folder before the name of the file".to_owned(),
                "link the file in the release without a folder",
            ));
        }
        (["releases", _], None) => "is the page of a release, not one of its files",
        (["archive", ..], _) => "is an archive of the source, not a file of a release",
        (["raw" | "blob" | "tree", ..], _) => "is a file of a branch, which can change",
        _ => "is not a file of a release",
    };
    Some((fault.to_owned(), help))
}
