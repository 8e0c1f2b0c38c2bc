//! What people's settings hold that is nobody else's business, and the variables that take its place.
//!
//! The value of a secret cannot be known for certain. A word becomes a variable when its name, or the name of the option
//! in front of it, is that of a secret, and when it has the form of one; one variable too many is easily corrected,
//! and a published secret is not.

use serde_json::{Value, json};

use super::value::Object;

/// Parts of the names of secrets.
const MARKS: [&str; 20] = [
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "apikey",
    "api_key",
    "accesskey",
    "access_key",
    "credential",
    "private_key",
    "auth",
    "bearer",
    "cookie",
    "signature",
    "connectionstring",
    "connection_string",
    "database_url",
    "webhook",
];

/// Whole names of secrets.
const NAMES: [&str; 9] = ["k", "key", "pat", "pass", "pw", "sig", "code", "jwt", "dsn"];

/// What the tokens of well-known services begin with.
const BEGINNINGS: [&str; 24] = [
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xapp-",
    "npm_",
    "pypi-",
    "hf_",
    "AKIA",
    "ASIA",
    "AIza",
    "eyJ",
    "lin_api_",
    "ntn_",
];

/// Shortest token of a service after its beginning.
const MIN_TOKEN: usize = 10;

/// Shortest word that counts as random.
const MIN_RANDOM: usize = 20;

/// Whether a name is that of a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['-', '.', ' '], "_");
    MARKS.iter().any(|mark| name.contains(mark))
        || NAMES.contains(&name.as_str())
        || name.ends_with("_key")
}

/// Whether a text has the form of a secret, or a secret in it.
fn holds_secret(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_scheme = ["bearer ", "basic "].iter().any(|scheme| lower.contains(scheme));
    is_scheme || names_secret(text) || without_user(text).1 || text.split(is_end).any(is_token)
}

/// Whether a character ends a token.
fn is_end(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || "-_".contains(c))
}

/// Whether a word looks like the token of a service, or random.
fn is_token(word: &str) -> bool {
    let known = BEGINNINGS.iter().filter_map(|begin| word.strip_prefix(begin));
    let count = |is: fn(&u8) -> bool| word.bytes().filter(is).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    // A name of several words has more hyphens than digits.
    let hyphens = word.len() - digits - letters;
    known.max_by_key(|rest| rest.len()).is_some_and(|rest| rest.len() >= MIN_TOKEN)
        || word.len() >= MIN_RANDOM && digits > hyphens && digits > 2 && letters > 2
}

/// Whether a text gives a value to a name that is one of a secret: `Password=…;`, `"apiKey": …`, `X-Api-Key: …`.
fn names_secret(text: &str) -> bool {
    text.match_indices(['=', ':']).any(|(at, _)| {
        let before = text[..at].trim_end_matches(['"', '\'', '\\', ' ']);
        let name = before.rsplit(is_end).next().unwrap_or_default();
        // The last part of an image's name is followed by its tag.
        let is_path = before[..before.len() - name.len()].ends_with('/');
        let value = text[at + 1..].trim_start_matches(['"', '\'', '\\', ' ']);
        is_secret(name)
            && !is_path
            && !value.is_empty()
            && !is_placeholder(value)
            && !value.starts_with("//")
    })
}

/// Whether a text is one variable, as [`variables`] writes it.
fn is_placeholder(text: &str) -> bool {
    let inside = text.strip_prefix('{').and_then(|text| text.strip_suffix('}'));
    inside.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// Returns a URL without the user name and the password in it, and whether it had them.
pub(super) fn without_user(url: &str) -> (String, bool) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), false) };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => (format!("{scheme}://{}", &rest[at + 1..]), true),
        None => (url.to_owned(), false),
    }
}

/// Returns a URL with variables in the place of secrets, and the names of all its variables.
pub(super) fn url_of(url: &str, notes: &mut Vec<String>) -> (String, Vec<(String, bool)>) {
    let (url, mut names) = variables(url);
    let (url, had_user) = without_user(&url);
    if had_user {
        notes.push("the user name in its URL was left out".to_owned());
    }
    // The part behind a hash sign is not sent to a server.
    let url = url.split('#').next().unwrap_or_default();
    let (base, query) =
        url.split_once('?').map_or((url, None), |(base, query)| (base, Some(query)));
    let mut replaced = false;
    let mut take = |id: String| {
        replaced = true;
        names.push((id.clone(), true));
        format!("{{{id}}}")
    };
    let begin = base.find("://").map_or(0, |at| at + 3);
    let host = base[begin..].find('/').map_or(base.len(), |at| begin + at);
    let path = base[host..].split('/').map(|part| match is_token(part) {
        true => take("secret".to_owned()),
        false => part.to_owned(),
    });
    let mut out = format!("{}{}", &base[..host], path.collect::<Vec<_>>().join("/"));
    let pair = |pair: &str| match pair.split_once('=') {
        Some((key, value))
            if (is_secret(key) || holds_secret(value))
                && !value.is_empty()
                && !is_placeholder(value) =>
        {
            format!("{key}={}", take(identifier(key)))
        }
        _ => pair.to_owned(),
    };
    if let Some(query) = query {
        out.push('?');
        out.push_str(&query.split('&').map(pair).collect::<Vec<_>>().join("&"));
    }
    if replaced {
        notes.push("a secret in its URL was replaced by a variable".to_owned());
    }
    (out, names)
}

/// Returns an environment variable or a header that the user has to set. What follows its name is left out.
pub(super) fn variable(name: &str) -> Value {
    let end = name.find(['=', ':', ' ', '\t', '\n', '\r']).unwrap_or(name.len());
    let name = &name[..end];
    let mut members = Object::new();
    members.insert("name".to_owned(), json!(name));
    members.insert("isRequired".to_owned(), json!(true));
    if is_secret(name) {
        members.insert("isSecret".to_owned(), json!(true));
    }
    Value::Object(members)
}

/// Returns the arguments of a package: each word as it is, and variables in the place of secrets. The note says what
/// somebody has to look at.
pub(super) fn arguments(words: Vec<String>) -> (Vec<Value>, Option<String>) {
    let (mut option, mut kept) = (String::new(), false);
    let argument = |word: String| {
        let before = std::mem::take(&mut option);
        let (text, names) = argument(&word, &before);
        kept |= names.is_empty() && !word.starts_with('-');
        if word.starts_with('-') && !word.contains('=') {
            option = word.trim_start_matches('-').to_owned();
        }
        let mut members = Object::new();
        members.insert("type".to_owned(), json!("positional"));
        members.insert("value".to_owned(), json!(text));
        if !names.is_empty() {
            members.insert("variables".to_owned(), inputs(&names));
        }
        Value::Object(members)
    };
    let arguments = words.into_iter().map(argument).collect();
    let note =
        "its arguments are those of one user: make sure that none of them is a secret".to_owned();
    (arguments, kept.then_some(note))
}

/// Returns an argument, which follows `option`, and the names of its variables.
fn argument(word: &str, option: &str) -> (String, Vec<(String, bool)>) {
    let hidden = |before: &str, name: &str| {
        let id = identifier(name);
        (format!("{before}{{{id}}}"), vec![(id, true)])
    };
    let (plain, names) = variables(word);
    let is_value = !word.starts_with('-');
    if is_value && let Some(end) = pair_end(option) {
        // The name of a header or of an environment variable is not secret.
        return match word.split_once(end) {
            Some((name, _)) if !names.is_empty() && !holds_secret(&plain) => {
                (plain, keep(names, name))
            }
            Some((name, value)) => hidden(&word[..word.len() - value.trim_start().len()], name),
            None if !names.is_empty() => (plain, names),
            None => hidden("", "value"),
        };
    }
    if is_value && is_secret(option) {
        return if names.is_empty() { hidden("", option) } else { (plain, names) };
    }
    let pair = word.split_once('=').filter(|(name, _)| !name.is_empty() && !name.contains(is_end));
    if let Some((name, value)) = pair {
        let bare = name.trim_start_matches('-');
        let hides = is_secret(bare) || pair_end(bare).is_some() || holds_secret(value);
        if names.is_empty() && !value.is_empty() && hides {
            return hidden(&word[..=name.len()], bare);
        }
        return (plain, names);
    }
    if word.contains("://") {
        return url_of(word, &mut Vec::new());
    }
    match holds_secret(&plain) {
        true => hidden("", if option.is_empty() { "secret" } else { option }),
        false => (plain, names),
    }
}

/// Returns what divides name and value in the word after an option that sets a header or an environment variable.
fn pair_end(option: &str) -> Option<char> {
    match option {
        "H" | "header" | "headers" => Some(':'),
        "e" | "env" => Some('='),
        _ => None,
    }
}

/// The variables of a value whose name is known: they are secrets if that is the name of one.
fn keep(names: Vec<(String, bool)>, name: &str) -> Vec<(String, bool)> {
    names.into_iter().map(|(id, secret)| (id, secret || is_secret(name))).collect()
}

/// Returns a text as the name of a variable.
fn identifier(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// Returns the `variables` of a text, by name and whether each is a secret.
pub(super) fn inputs(names: &[(String, bool)]) -> Value {
    let input = |(name, secret): &(String, bool)| {
        let mut members = Object::new();
        members.insert("isRequired".to_owned(), json!(true));
        if *secret {
            members.insert("isSecret".to_owned(), json!(true));
        }
        (name.clone(), Value::Object(members))
    };
    Value::Object(names.iter().map(input).collect())
}

/// Writes `${input:NAME}`, `${env:NAME}` and `${NAME}` as `{NAME}`; returns the names with them.
pub(super) fn variables(text: &str) -> (String, Vec<(String, bool)>) {
    let (mut out, mut names, mut rest) = (String::new(), Vec::new(), text);
    while let Some(at) = rest.find("${") {
        let Some(end) = rest[at..].find('}') else { break };
        let inside = &rest[at + 2..at + end];
        let inside = inside.split_once(":-").map_or(inside, |(name, _)| name);
        let name = identifier(inside.rsplit(':').next().unwrap_or_default());
        out.push_str(&rest[..at]);
        out.push_str(&format!("{{{name}}}"));
        names.push((name.clone(), is_secret(&name)));
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    (out, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_every_form_become_variables_and_plain_words_stay() {
        for (words, expected) in [
            ("--header|Authorization: Bearer hunter2", "--header|Authorization: {Authorization}"),
            ("--header=Authorization: Bearer hunter2", "--header={header}"),
            ("-H|X-Api-Key:hunter2", "-H|X-Api-Key:{X_Api_Key}"),
            ("--header|X-Key:${KEY}", "--header|X-Key:{KEY}"),
            ("-e|MODE=hunter2", "-e|MODE={MODE}"),
            ("--env|hunter2", "--env|{value}"),
            ("postgresql://me:hunter2@db/x", "postgresql://db/x"),
            ("--url=https://me:hunter2@db/x", "--url={url}"),
            (
                "https://a.example/mcp?api_key=hunter2&x=1",
                "https://a.example/mcp?api_key={api_key}&x=1",
            ),
            ("Server=x;Password=hunter2;", "Server={Server}"),
            ("--config|{\"apiKey\":\"hunter2\"}", "--config|{config}"),
            ("{\"apiKey\":\"hunter2\"}", "{secret}"),
            ("export TOKEN=hunter2; run", "{secret}"),
            ("sk-hunter2hunter2hunter2", "{secret}"),
            ("--x|0f3a9c77d1e24b6fa8c2", "--x|{x}"),
            ("--pass|hunter2", "--pass|{pass}"),
            ("--pwd=hunter2", "--pwd={pwd}"),
            ("--auth|--verbose", "--auth|--verbose"),
            ("größe: ü=ü|ü", "größe: ü=ü|ü"),
            ("--header=X:hunter2", "--header={header}"),
            ("API_KEY=hunter2", "API_KEY={API_KEY}"),
            ("--api-key|hunter2", "--api-key|{api_key}"),
            ("serve|--mode|stdio|--port=8080", "serve|--mode|stdio|--port=8080"),
            ("mcp-server-with-a-long-name-2026", "mcp-server-with-a-long-name-2026"),
            ("/srv/data/2026|@acme/tool@1.2.3", "/srv/data/2026|@acme/tool@1.2.3"),
            ("https://auth.example.com/mcp", "https://auth.example.com/mcp"),
            ("ghcr.io/acme/auth:latest", "ghcr.io/acme/auth:latest"),
        ] {
            let (found, _) = arguments(words.split('|').map(str::to_owned).collect());
            let found: Vec<&str> = found.iter().filter_map(|it| it["value"].as_str()).collect();
            assert_eq!(found.join("|"), expected, "{words}");
        }
    }

    #[test]
    fn a_url_keeps_what_is_no_secret() {
        for (url, expected) in [
            (
                "https://a.example/mcp?code=hunter2&sig=hunter2",
                "https://a.example/mcp?code={code}&sig={sig}",
            ),
            ("https://a.example/mcp?key={\"a\":\"hunter2\"}", "https://a.example/mcp?key={key}"),
            ("https://a.example/mcp?x=1#access_token=hunter2", "https://a.example/mcp?x=1"),
            ("https://a.example/s/sk-hunter2hunter2/mcp", "https://a.example/s/{secret}/mcp"),
            ("https://me:hunter2@a.example?q=1", "https://a.example?q=1"),
            ("https://a.example/mcp?key=${input:key}", "https://a.example/mcp?key={key}"),
            (
                "https://api.weather-2026.example.com/v1/mcp",
                "https://api.weather-2026.example.com/v1/mcp",
            ),
        ] {
            assert_eq!(url_of(url, &mut Vec::new()).0, expected, "{url}");
        }
    }
}
