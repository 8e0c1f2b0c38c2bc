//! Which names may become words of a command line or parts of a link.
//!
//! Quoting keeps a shell from reading a word; it does not keep a package manager from taking it for
//! an option, a path or a URL. So a name that its ecosystem could not have is refused, with a sentence
//! that is shown in place of the snippet.

use super::quote;

/// Why there is no snippet: a plain sentence without the offending text.
pub(crate) type Refusal = &'static str;

/// Checks a package's name for its ecosystem.
pub(crate) fn package(registry_type: &str, identifier: &str) -> Result<(), Refusal> {
    let sound = match registry_type {
        "npm" => match identifier.strip_prefix('@') {
            Some(scoped) => scoped
                .split_once('/')
                .is_some_and(|(scope, name)| words(scope, b"~_-.") && words(name, b"~_-.")),
            None => words(identifier, b"~_-."),
        },
        "pypi" | "nuget" => words(identifier, b"_-."),
        "cargo" => words(identifier, b"_-"),
        "oci" => {
            words(identifier, b"_-./:@") && !identifier.contains("//") && !identifier.ends_with('/')
        }
        "mcpb" => identifier.starts_with("https://") && web_url(identifier).is_some(),
        _ => words(identifier, b"_-./:@"),
    };
    if sound {
        Ok(())
    } else {
        Err("The package's name is not one that its registry could hold, so no command is shown.")
    }
}

/// Checks a package's version.
pub(crate) fn version(version: &str) -> Result<(), Refusal> {
    if words(version, b"._+!-") {
        Ok(())
    } else {
        Err("The package's version is not a plain version, so no command is shown.")
    }
}

/// Checks the name of an environment variable.
pub(crate) fn variable(name: &str) -> Result<(), Refusal> {
    let sound = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
    if name.len() <= 200 && !name.starts_with('-') && name.bytes().all(sound) {
        Ok(())
    } else {
        Err("The name of an environment variable has odd characters, so no command is shown.")
    }
}

/// Checks a header's name.
pub(crate) fn header(name: &str) -> Result<(), Refusal> {
    let sound = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.len() <= 200 && name.bytes().all(sound) {
        Ok(())
    } else {
        Err("The name of a header has odd characters, so no configuration is shown.")
    }
}

/// Letters, digits and `inner`, beginning with a letter, a digit or an underscore.
fn words(text: &str, inner: &[u8]) -> bool {
    text.len() <= 512
        && text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || inner.contains(&b))
}

/// `url` if it is http or https with a host, without user info, and written in the characters that a
/// URL has. Anything else, such as `javascript:`, is no link and no address. Neither is a URL with an
/// asterisk, which an allowlist would take for "anything".
pub(crate) fn web_url(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = |b: u8| b.is_ascii_alphanumeric() || b"-._~:[]".contains(&b);
    let other = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()+,;=%".contains(&b);
    let sound = !authority.is_empty()
        && !authority.starts_with(':')
        && authority.bytes().all(host)
        && rest.bytes().all(other)
        && url.len() <= 2048;
    sound.then_some(url)
}

/// Whether a remote's fixed text holds something that a client would replace by what it finds on the
/// user's machine, such as `${TOKEN}`. It would then be sent to the remote.
pub(crate) fn expands(text: &str) -> bool {
    let dollar = text.match_indices('$').any(|(at, _)| {
        text[at + 1..]
            .starts_with(|c: char| c == '{' || c == '(' || c == '_' || c.is_ascii_alphabetic())
    });
    dollar || text.contains("{env:") || text.contains("{file:")
}

/// The registry name's last part as a key that every client takes: letters, digits, `_` and `-`.
pub(crate) fn key(server: &str) -> String {
    let name = server.rsplit('/').next().unwrap_or_default();
    let dash = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let key: String = name.chars().map(dash).take(100).collect();
    let key = key.trim_matches('-');
    if key.is_empty() { "server".to_owned() } else { key.to_owned() }
}

/// Whether a whole value can be sent as a header: one line, nothing that hides.
pub(crate) fn is_header_value(text: &str) -> bool {
    quote::is_one_line(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_or_refused() {
        for (kind, name, sound) in [
            ("npm", "@scope/a.b", true),
            ("npm", "left-pad", true),
            ("npm", "-rf", false),
            ("npm", "@scope/../a", false),
            ("npm", "@-a/b", false),
            ("npm", "a b", false),
            ("npm", "https://evil.example/a.tgz", false),
            ("npm", "a@1", false),
            ("pypi", "a_b.c", true),
            ("pypi", "a;rm", false),
            ("oci", "ghcr.io/a/b:1@sha256:00", true),
            ("oci", "--privileged", false),
            ("nuget", "A.B", true),
            ("mcpb", "https://a.example/b.mcpb", true),
            ("mcpb", "http://a.example/b.mcpb", false),
            ("mcpb", "javascript:alert(1)", false),
            ("other", "$(x)", false),
        ] {
            assert_eq!(package(kind, name).is_ok(), sound, "{kind} {name}");
        }
    }

    #[test]
    fn only_plain_web_addresses_are_urls() {
        for (url, sound) in [
            ("https://a.example/b?c=d", true),
            ("HTTP://127.0.0.1:80/", true),
            ("javascript:alert(1)", false),
            ("javascript://a.example/%0aalert(1)", false),
            ("https://user:pass@a.example", false),
            ("https:///a", false),
            ("https://a.example/\"x", false),
            ("https://a.example/ b", false),
            ("https://ａ.example", false),
            ("data:text/html,x", false),
            ("https://*/", false),
            ("https://a.example/*", false),
        ] {
            assert_eq!(web_url(url).is_some(), sound, "{url}");
        }
    }

    #[test]
    fn expressions_of_clients_are_seen() {
        assert!(expands("Bearer ${TOKEN}") && expands("$HOME") && expands("{env:A}"));
        assert!(!expands("costs 5$") && !expands("$1 {a}"));
    }
}
