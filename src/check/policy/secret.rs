//! Names that variables, headers and options have when their value is a secret.

/// Words that mean a secret on their own.
const WORDS: [&str; 11] = [
    "apikey",
    "authorization",
    "credential",
    "credentials",
    "passphrase",
    "passwd",
    "password",
    "pat",
    "pwd",
    "secret",
    "token",
];

/// Words that mean a secret in front of `key`.
const BEFORE_KEY: [&str; 9] = [
    "access",
    "account",
    "api",
    "auth",
    "encryption",
    "private",
    "secret",
    "signing",
    "subscription",
];

/// Words behind a secret with which the whole name means something else, such as a limit or a place.
const AFTER: [&str; 18] = [
    "budget", "count", "dir", "endpoint", "expiry", "file", "header", "id", "length", "limit",
    "name", "path", "prefix", "ttl", "type", "uri", "url", "usage",
];

/// Whether a name in lower case is that of a secret.
pub(super) fn is_name(name: &str) -> bool {
    let words: Vec<&str> =
        name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.last().is_some_and(|last| AFTER.contains(last)) {
        return false;
    }
    words.iter().enumerate().any(|(at, word)| {
        WORDS.contains(word)
            || (*word == "key" && at > 0 && BEFORE_KEY.contains(&words[at - 1]))
            || (word.ends_with("apikey") || word.ends_with("token") || word.ends_with("password"))
    })
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn names_of_secrets_are_told_from_others() {
        for name in [
            "api_key",
            "x-api-key",
            "github_token",
            "authorization",
            "--password",
            "client_secret",
            "aws_secret_access_key",
            "githubtoken",
            "openai_apikey",
            "private-key",
            "db_pwd",
        ] {
            assert!(is_name(name), "{name}");
        }
        for name in [
            "max_tokens",
            "token_limit",
            "token_url",
            "key",
            "monkey",
            "secret_name",
            "path",
            "compat",
            "keyboard",
            "public_key",
            "client_id",
            "",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
