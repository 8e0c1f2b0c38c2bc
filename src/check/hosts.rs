//! The hosts of URLs, and which of them the settings accept besides, or instead of, those of the official
//! registry.

use super::template;
use super::words::quote;
use crate::config::{AcceptedHosts, PackageSettings};
use crate::model::{Host, OciReference};

/// Returns the host of a URL with its variables filled in; `None` when it has no authority.
pub(super) fn host_of(url: &str) -> Option<Host> {
    let filled = template::fill(url);
    authority(&filled).map(|(_, host)| Host::read(host))
}

/// Returns the host of the container registry that an image names; `None` for the usual one.
pub(super) fn image_host(image: &OciReference<'_>) -> Option<Host> {
    host_of(&format!("https://{}", image.registry?))
}

/// Whether a URL is https, or http at a host that the settings accept without TLS.
pub(super) fn is_web(url: &str, settings: &PackageSettings) -> bool {
    let listed = || host_of(url).is_some_and(|host| host.is_one_of(&settings.http_hosts));
    template::is_secure(url) || (template::is_valid(url) && listed())
}

/// Returns what else can be done besides `instead`: add `value` to the list `key` of the settings.
pub(super) fn or_add(instead: &str, value: &str, key: &str) -> String {
    format!("{instead}, or add {} to [packages] {key} in registry.toml", quote(value))
}

/// As [`or_add`] for a list whose default is the public registries, which stay accepted.
pub(super) fn or_accept(instead: &str, accepted: &AcceptedHosts, value: &str, key: &str) -> String {
    if accepted.patterns.is_empty() && accepted.public {
        let value = quote(value);
        return format!(
            "{instead}, or write {key} = [\"public\", {value}] below [packages] in registry.toml"
        );
    }
    or_add(instead, value, key)
}

/// Returns where packages may come from when it is not the usual place.
pub(super) fn places(accepted: &AcceptedHosts) -> String {
    match accepted.patterns.as_slice() {
        [] => "a host of the settings".to_owned(),
        patterns => patterns.join(" or "),
    }
}

/// Whether a URL has a user part, and its host without port. Read as browsers do: they take
/// backslashes for slashes, and any number of them after the scheme of a web address.
pub(super) fn authority(url: &str) -> Option<(bool, &str)> {
    let (scheme, rest) = url.split_once(':')?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    if scheme.contains(['/', '\\', '?', '#']) || !(web || rest.starts_with("//")) {
        return None;
    }
    let rest = rest.trim_start_matches(['/', '\\']);
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let user = authority.contains('@');
    let host = authority.rsplit('@').next().unwrap_or_default();
    let end = match host.strip_prefix('[') {
        Some(inner) => inner.find(']').map_or(host.len(), |close| close + 2),
        None => host.find(':').unwrap_or(host.len()),
    };
    Some((user, &host[..end])).filter(|(_, host)| !host.is_empty())
}
