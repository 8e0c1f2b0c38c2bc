//! Hosts inside the company that `[packages]` of the new settings accept besides the public ones.

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Host, package_type_names};

/// The key of the hosts of repositories; the other keys are the package types.
const REPOSITORIES: &str = "repository_hosts";

/// Keys of `[packages]`, in their order, with the hosts that they get.
pub(super) type Accepted = Vec<(&'static str, Vec<String>)>;

/// Reads hosts separated by spaces or commas. `KEY=HOST` is for one key, `HOST` for every package type.
///
/// # Errors
/// On a key that does not exist, and on what is not a host.
pub(super) fn read(text: &str) -> Result<Accepted> {
    let mut accepted: Accepted = keys().map(|key| (key, Vec::new())).collect();
    for word in text.split([' ', ',']).filter(|word| !word.is_empty()) {
        let (wanted, host) = match word.split_once('=') {
            Some((key, host)) => (Some(key), host),
            None => (None, word),
        };
        if let Some(key) = wanted.filter(|wanted| keys().all(|key| key != *wanted)) {
            let known = keys().collect::<Vec<_>>().join(", ");
            return Err(Error::new(ErrorKind::Usage, format!("{key:?} is not a type of packages"))
                .help(format!("write TYPE=HOST with one of {known}")));
        }
        let Some(host) = Host::pattern(host) else {
            return Err(Error::new(ErrorKind::Usage, format!("{host:?} is not a host"))
                .help("write a host such as artifacts.corp.example or *.corp.example, without scheme, port and path"));
        };
        let fits = |key: &str| wanted.map_or(key != REPOSITORIES, |wanted| wanted == key);
        for (_, hosts) in accepted.iter_mut().filter(|(key, _)| fits(key)) {
            if !hosts.contains(&host) {
                hosts.push(host.clone());
            }
        }
    }
    accepted.retain(|(_, hosts)| !hosts.is_empty());
    Ok(accepted)
}

fn keys() -> impl Iterator<Item = &'static str> {
    package_type_names().chain([REPOSITORIES])
}

/// Returns the value of a key as settings have it.
pub(super) fn value(hosts: &[String]) -> String {
    let words = ["public"].into_iter().chain(hosts.iter().map(String::as_str));
    let quoted: Vec<String> = words.map(|word| format!("{word:?}")).collect();
    format!("[{}]", quoted.join(", "))
}

/// Puts the hosts in place of the settings' defaults.
pub(super) fn put(settings: &str, accepted: &Accepted) -> String {
    let line = |line: &str| {
        let key = line.trim_start_matches("# ").split(" = ").next();
        let found = accepted.iter().find(|(wanted, _)| Some(*wanted) == key);
        found.map_or_else(|| line.to_owned(), |(key, hosts)| format!("{key} = {}", value(hosts)))
    };
    settings.lines().map(|text| line(text) + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_for_every_type_unless_a_type_is_named() {
        let read = |text: &str| {
            let accepted = read(text).unwrap();
            accepted
                .iter()
                .map(|(key, hosts)| format!("{key} {}", hosts.join(" ")))
                .collect::<Vec<_>>()
        };
        assert_eq!(read(""), [""; 0]);
        assert_eq!(
            read("repository_hosts=git.corp.example, npm=A.corp.example npm=*.b.example"),
            ["npm a.corp.example *.b.example", "repository_hosts git.corp.example"]
        );
        let every = read("a.example,a.example");
        assert_eq!(
            every,
            ["npm", "pypi", "nuget", "cargo", "oci", "mcpb"].map(|key| format!("{key} a.example"))
        );
    }

    #[test]
    fn what_is_no_host_or_type_is_refused() {
        for (text, why) in [
            ("https://a.example/npm", "is not a host"),
            ("npm=", "is not a host"),
            ("gem=a.example", "is not a type of packages"),
        ] {
            assert!(read(text).unwrap_err().to_string().contains(why), "{text}");
        }
    }
}
