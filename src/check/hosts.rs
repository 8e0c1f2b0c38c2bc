//! Which hosts the settings accept besides, or instead of, those of the official registry.

use super::reach::authority;
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

/// Returns where packages may come from when it is not the usual place.
pub(super) fn places(accepted: &AcceptedHosts) -> String {
    match accepted.patterns.as_slice() {
        [] => "nowhere".to_owned(),
        patterns => patterns.join(" or "),
    }
}
