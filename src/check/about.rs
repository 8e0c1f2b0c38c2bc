//! Rules about title, website, icons and repository.

use serde_json::Value;

use super::look::{Path, each, text};
use super::words::{is_word, quote};
use super::{DocumentRules, Profile, hosts, url};
use crate::diag::{Code, Finding};

/// Applies these rules to a whole document.
pub(super) fn check(document: &Value, rules: &DocumentRules, found: &mut Vec<Finding>) {
    if let Some(repository) = document.get("repository").filter(|value| value.is_object()) {
        check_repository(repository, rules, &Path::Root.key("repository"), found);
    }
    check_website(text(document, "websiteUrl"), &Path::Root.key("websiteUrl"), found);
    let title = text(document, "title");
    if !title.is_empty() && title.trim().is_empty() {
        let message = "the title is only white space";
        let finding = Finding::new(Code::TitleWhitespaceOnly, "/title", message);
        found.push(finding.help("write a title or remove the property"));
    }
    each(document, "icons", &Path::Root, |icon, path| {
        if let Some(Value::String(src)) = icon.get("src") {
            check_icon(src, &path.key("src"), found);
        }
    });
}

/// Checks that a website is an https URL that is safe in an HTML attribute.
fn check_website(website: &str, path: &Path<'_>, found: &mut Vec<Finding>) {
    if website.is_empty() {
        return;
    }
    let refused = |c: char| matches!(c, '"' | '\'' | '<' | '>' | ' ' | '\t' | '\n' | '\r');
    if let Some((at, c)) = website.char_indices().find(|(_, c)| refused(*c)) {
        let position = website[..at].chars().count() + 1;
        let message =
            format!("the website {} contains {c:?} as character {position}", quote(website));
        let help = format!("write it as %{:02X} or leave it out", u32::from(c));
        found.push(path.finding(Code::WebsiteUrlInvalidCharacters, message, help));
    }
    let codes =
        [Code::InvalidWebsiteUrl, Code::WebsiteUrlMustBeAbsolute, Code::WebsiteUrlInvalidScheme];
    let https = with_https(website);
    let helps = ["write a URL such as https://example.com/", &https, &https];
    check_https("website", website, codes, helps, path, found);
}

fn check_icon(src: &str, path: &Path<'_>, found: &mut Vec<Finding>) {
    let codes = [Code::IconSrcInvalidUrl, Code::IconSrcNotAbsolute, Code::IconSrcInvalidScheme];
    let helps = [
        "write a URL such as https://example.com/icon.png",
        "write the whole URL, beginning with https://",
        "host the icon and name its https URL",
    ];
    check_https("icon", src, codes, helps, path, found);
}

/// Checks that a URL parses, has a scheme, and that it is https; each with its code and its help.
fn check_https(
    what: &str,
    text: &str,
    codes: [Code; 3],
    helps: [&str; 3],
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    let mut add = |i: usize, fault: &str| {
        let message = format!("the {what} {} {fault}", quote(text));
        found.push(path.finding(codes[i], message, helps[i]));
    };
    let url = match url::parse(text) {
        Ok(url) => url,
        Err(fault) => return add(0, fault),
    };
    if url.scheme.is_empty() {
        add(1, "has no scheme");
    }
    if !url.has_scheme("https") {
        add(2, "is not https");
    }
}

/// Proposes the same address with https, when that is all it lacks.
fn with_https(text: &str) -> String {
    let rest = match text.split_once("://") {
        Some(("http", rest)) => rest,
        Some(_) => "",
        None => text.trim_start_matches('/'),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let whole = format!("https://{rest}");
    if host.contains('.') && url::parse(&whole).is_ok() {
        return format!("write {}", quote(&whole));
    }
    "write an https URL".to_owned()
}

/// Checks URL and subfolder of a repository, which is skipped when it names neither URL nor source.
fn check_repository(
    repository: &Value,
    rules: &DocumentRules,
    path: &Path<'_>,
    found: &mut Vec<Finding>,
) {
    let (url, source) = (text(repository, "url"), text(repository, "source"));
    if url.is_empty() && source.is_empty() {
        return;
    }
    if !is_accepted(url, source, rules) {
        let (message, help) = repository_fault(url, source, rules);
        found.push(path.key("url").finding(Code::InvalidRepositoryUrl, message, help));
    }
    let subfolder = text(repository, "subfolder");
    if !subfolder.is_empty() && !is_subfolder(subfolder) {
        let message = format!("the subfolder {} is not a clean relative path", quote(subfolder));
        let help = "write the path from the repository's root, such as src/server";
        found.push(path.key("subfolder").finding(Code::InvalidSubfolderPath, message, help));
    }
}

/// Whether a repository is where the official registry expects it, or on a host of the settings.
fn is_accepted(url: &str, source: &str, rules: &DocumentRules) -> bool {
    if rules.profile == Profile::Official {
        return is_repository(url, source);
    }
    let settings = &rules.config.packages;
    let accepted = &settings.repository_hosts;
    let listed = || {
        let host = hosts::host_of(url).is_some_and(|host| accepted.accepts(&host));
        let deep = url::parse(url).is_ok_and(|url| url.path.trim_matches('/').contains('/'));
        host && deep && !source.is_empty() && hosts::is_web(url, settings)
    };
    (accepted.public && is_repository(url, source)) || listed()
}

/// Returns what is wrong with URL and source together, and what to do.
fn repository_fault(url: &str, source: &str, rules: &DocumentRules) -> (String, String) {
    let accepted = &rules.config.packages.repository_hosts;
    if is_repository(url, source) {
        let message =
            format!("the repository {} is not on {}", quote(url), hosts::places(accepted));
        let help = hosts::or_add("move the repository there", "public", "repository_hosts");
        return (message, help);
    }
    let help = match source {
        "github" => "write https://github.com/<owner>/<repository>",
        "gitlab" => "write https://gitlab.com/<owner>/<repository>",
        _ => "write \"source\": \"github\" or \"gitlab\", or remove the repository",
    };
    let message = match (source, url) {
        ("", url) => format!("the repository {} has no source", quote(url)),
        (source, _) if source != "github" && source != "gitlab" => {
            format!("the repository's source {} is not github or gitlab", quote(source))
        }
        (source, "") => format!("the repository on {source} has no URL"),
        (source, url) => format!("the repository {} is not one on {source}", quote(url)),
    };
    let host = hosts::host_of(url).filter(|host| !host.is_one_of(&USUAL_HOSTS.map(str::to_owned)));
    let help = match host.filter(|host| rules.profile == Profile::Strict && !accepted.accepts(host))
    {
        Some(host) => hosts::or_accept(help, accepted, host.as_str(), "repository_hosts"),
        None => help.to_owned(),
    };
    (message, help)
}

/// The code hosts that the official registry accepts.
const USUAL_HOSTS: [&str; 4] = ["github.com", "www.github.com", "gitlab.com", "www.gitlab.com"];

/// Whether the URL is owner and repository on the host that `source` names.
fn is_repository(url: &str, source: &str) -> bool {
    let host = match source {
        "github" => "github.com/",
        "gitlab" => "gitlab.com/",
        _ => return false,
    };
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let rest = rest.map(|rest| rest.strip_prefix("www.").unwrap_or(rest));
    let Some(path) = rest.and_then(|rest| rest.strip_prefix(host)) else { return false };
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split_once('/')
        .is_some_and(|(owner, name)| is_word(owner, b"_.-") && is_word(name, b"_.-"))
}

/// Whether a path has only letters, digits, `-`, `_`, `.` in segments that are neither empty nor
/// dots.
fn is_subfolder(path: &str) -> bool {
    path.split('/').all(|segment| !matches!(segment, "." | "..") && is_word(segment, b"-_."))
}
