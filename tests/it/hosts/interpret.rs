//! How hosts answer, by their documentation: enough of each to read the files that a build emits.

use super::Tree;

/// Answers a path (with what is before it, `base`) from a site.
pub type Imitation = fn(&Tree, &str, &str) -> Answer;

#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    pub location: Option<String>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or("", |(_, value)| value)
    }

    /// Sets a header, as rules do with those that the host would send.
    fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    fn redirect(status: u16, location: String) -> Self {
        Self { status, location: Some(location), ..Self::default() }
    }
}

fn decode(path: &str, keep: &[&str]) -> String {
    let mut bytes = Vec::new();
    let mut rest = path;
    while let Some(c) = rest.chars().next() {
        let code = rest.get(1..3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match code.filter(|_| c == '%' && !keep.contains(&&rest[..3])) {
            Some(byte) => (bytes.push(byte), rest = &rest[3..]).1,
            None => {
                bytes.extend(rest[..c.len_utf8()].bytes());
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn file(site: &Tree, path: &str, status: u16) -> Option<Answer> {
    let body = site.get(path.trim_start_matches('/'))?.clone();
    let kind = match path.rsplit('.').next() {
        Some("json") => "application/json",
        Some("html") => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    };
    let mut answer = Answer { status, body, ..Answer::default() };
    answer.set("Content-Type", kind);
    Some(answer)
}

fn is_folder(site: &Tree, path: &str) -> bool {
    let inside = format!("{}/", path.trim_matches('/'));
    site.keys().any(|file| file.starts_with(&inside))
}

/// A file, or a folder's index after a redirect with this status (none when `None`).
fn stored(site: &Tree, path: &str, indexes: &[&str], redirect: Option<u16>) -> Option<Answer> {
    if let Some(found) = file(site, path, 200).filter(|_| !path.ends_with('/')) {
        return Some(found);
    }
    let folder = path.trim_end_matches('/');
    let index = indexes.iter().find_map(|index| file(site, &format!("{folder}/{index}"), 200))?;
    match redirect.filter(|_| !path.ends_with('/')) {
        Some(status) => Some(Answer::redirect(status, format!("{path}/"))),
        None => Some(index),
    }
}

/// The nearest `404.html` on the way up.
fn not_found(site: &Tree, path: &str) -> Answer {
    let mut folder = path.trim_matches('/');
    while let Some((parent, _)) = folder.rsplit_once('/') {
        if let Some(found) = file(site, &format!("{parent}/404.html"), 404) {
            return found;
        }
        folder = parent;
    }
    file(site, "404.html", 404).unwrap()
}

/// Matches a pattern with `:word` for a segment and `*` at the end for the rest.
fn matches(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
    let mut found = Vec::new();
    let mut segments = path.split('/');
    for part in pattern.split('/') {
        if part == "*" {
            return Some(found);
        }
        let segment = segments.next()?;
        match part.strip_prefix(':') {
            Some(word) if !segment.is_empty() => found.push((word.to_owned(), segment.to_owned())),
            _ if part == segment => {}
            _ => return None,
        }
    }
    segments.next().is_none().then_some(found)
}

/// The first rule of `_redirects` that matches: its target, status and whether it is forced.
fn rule(site: &Tree, path: &str) -> Option<(String, u16, bool)> {
    let text = std::str::from_utf8(&site["_redirects"]).unwrap();
    text.lines().find_map(|line| {
        let [from, to, status] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let words = matches(from, path)?;
        let to = to.split('/').map(|part| {
            let word = part.strip_prefix(':')?;
            words.iter().find(|(known, _)| known == word).map(|(_, value)| value.as_str())
        });
        let parts: Vec<&str> =
            to.zip(line.split(' ').nth(1)?.split('/')).map(|(a, b)| a.unwrap_or(b)).collect();
        Some((
            parts.join("/"),
            status.trim_end_matches('!').parse().unwrap(),
            status.ends_with('!'),
        ))
    })
}

/// Applies `_headers` to an answer.
fn with_headers(site: &Tree, path: &str, mut answer: Answer) -> Answer {
    let mut applies = false;
    for line in std::str::from_utf8(&site["_headers"]).unwrap().lines() {
        match line.strip_prefix("  ") {
            None => applies = matches(line, path).is_some(),
            Some(header) if applies => {
                let (name, value) = header.split_once(": ").unwrap();
                answer.set(name, value);
            }
            Some(_) => {}
        }
    }
    answer
}

pub fn cloudflare_pages(site: &Tree, url: &str, _: &str) -> Answer {
    let path = decode(url, &[]);
    let target = rule(site, &path).map_or(path.clone(), |(to, _, _)| to);
    let answer = stored(site, &target, &["index.html"], Some(308));
    with_headers(site, &path, answer.unwrap_or_else(|| not_found(site, &path)))
}

pub fn cloudflare_workers(site: &Tree, url: &str, _: &str) -> Answer {
    let path = decode(url, &[]);
    let answer = if path != url {
        Answer::redirect(307, path.clone())
    } else {
        let answer = stored(site, &path, &["index.html"], Some(307));
        answer.unwrap_or_else(|| not_found(site, &path))
    };
    with_headers(site, &path, answer)
}

pub fn netlify(site: &Tree, url: &str, _: &str) -> Answer {
    let path = decode(url, &[]);
    let rule = rule(site, &path);
    let forced = rule
        .clone()
        .filter(|(_, _, forced)| *forced)
        .and_then(|(to, status, _)| file(site, &to, status));
    let own = || stored(site, &path, &["index.html"], None);
    // A forced rule to a file that is not there falls through to the rule for what is missing.
    let missing = || {
        let api = ["/v0.1/", "/v0/"].iter().any(|api| path.starts_with(api));
        let listed =
            std::str::from_utf8(&site["_redirects"]).unwrap().contains("/v0.1/* /404.json 404");
        file(site, if api && listed { "404.json" } else { "404.html" }, 404).unwrap()
    };
    with_headers(site, &path, forced.or_else(own).unwrap_or_else(missing))
}

pub fn gitlab_pages(site: &Tree, url: &str, base: &str) -> Answer {
    let path = decode(url, &[]);
    let inner = path.strip_prefix(base).unwrap();
    if is_folder(site, inner) && !inner.ends_with('/') {
        return Answer::redirect(302, format!("{path}/"));
    }
    let own = stored(site, inner, &["index.html"], None);
    let ruled = || {
        let (to, status, _) = rule(site, &path)?;
        file(site, to.strip_prefix(base).unwrap(), status)
    };
    own.or_else(ruled).unwrap_or_else(|| file(site, "404.html", 404).unwrap())
}

fn json(site: &Tree, name: &str) -> serde_json::Value {
    serde_json::from_slice(&site[name]).unwrap()
}

pub fn vercel(site: &Tree, url: &str, _: &str) -> Answer {
    let settings = json(site, "vercel.json");
    let path = decode(url, &[]);
    let own = stored(site, &path, &["index.html"], None);
    // A parameter holds the segment as it was sent; the file is looked for after decoding.
    let ruled = || {
        settings["rewrites"].as_array().unwrap().iter().find_map(|rule| {
            let words = matches(rule["source"].as_str()?, url)?;
            let to = rule["destination"].as_str()?.split('/').map(|part| {
                let word = part.strip_prefix(':').and_then(|w| words.iter().find(|(k, _)| k == w));
                word.map_or(part, |(_, value)| value)
            });
            file(site, &decode(&to.collect::<Vec<_>>().join("/"), &[]), 200)
        })
    };
    let mut answer = own.or_else(ruled).unwrap_or_else(|| not_found(site, "/x"));
    for rule in settings["headers"].as_array().unwrap() {
        let source = rule["source"].as_str().unwrap();
        let applies = match source.strip_suffix("(.*)") {
            Some(start) => path.starts_with(start),
            None => path == source,
        };
        for header in rule["headers"].as_array().unwrap().iter().filter(|_| applies) {
            answer.set(header["key"].as_str().unwrap(), header["value"].as_str().unwrap());
        }
    }
    answer
}

pub fn azure_static_web_apps(site: &Tree, url: &str, _: &str) -> Answer {
    let settings = json(site, "staticwebapp.config.json");
    assert!(settings.get("navigationFallback").is_none(), "wrong links would be answered with 200");
    let path = decode(url, &[]);
    let route =
        |route: &&serde_json::Value| matches(route["route"].as_str().unwrap(), &path).is_some();
    let found = settings["routes"].as_array().unwrap().iter().find(route);
    let own = match found.and_then(|route| route["rewrite"].as_str()) {
        Some(target) => file(site, target, 200),
        None => stored(site, &path, &["index.html"], None).filter(|_| !path.contains('+')),
    };
    let target = settings["responseOverrides"]["404"]["rewrite"].as_str().unwrap();
    let mut answer = own.unwrap_or_else(|| file(site, target, 404).unwrap());
    for (extension, kind) in settings["mimeTypes"].as_object().unwrap() {
        if path.ends_with(extension) {
            answer.set("Content-Type", kind.as_str().unwrap());
        }
    }
    for (key, value) in settings["globalHeaders"].as_object().unwrap() {
        answer.set(key, value.as_str().unwrap());
    }
    for (key, value) in found.iter().flat_map(|route| route["headers"].as_object().unwrap()) {
        answer.set(key, value.as_str().unwrap());
    }
    answer
}

pub fn firebase(site: &Tree, url: &str, _: &str) -> Answer {
    let settings = &json(site, "firebase.json")["hosting"];
    let path = decode(url, &["%2F", "%2B"]);
    let own = stored(site, &path, &["index.html"], Some(301));
    let ruled = || {
        let rules = settings["rewrites"].as_array().unwrap();
        let rule = rules.iter().find(|rule| rule["source"] == path)?;
        file(site, rule["destination"].as_str()?, 200)
    };
    let mut answer = own.or_else(ruled).unwrap_or_else(|| file(site, "404.html", 404).unwrap());
    for rule in settings["headers"].as_array().unwrap() {
        let source = rule["source"].as_str().unwrap();
        let applies = match source.strip_suffix("**") {
            Some(start) => path.starts_with(start),
            None => path == source,
        };
        for header in rule["headers"].as_array().unwrap().iter().filter(|_| applies) {
            answer.set(header["key"].as_str().unwrap(), header["value"].as_str().unwrap());
        }
    }
    answer
}

pub fn github_pages(site: &Tree, url: &str, _: &str) -> Answer {
    let path = decode(url, &[]);
    let answer = stored(site, &path, &["index.html", "index.json"], Some(301));
    let mut answer = answer.unwrap_or_else(|| file(site, "404.html", 404).unwrap());
    answer.set("Access-Control-Allow-Origin", "*");
    answer
}

/// A bucket filled by `upload.tsv`, behind `cloudfront.js`.
pub fn s3(site: &Tree, url: &str, _: &str) -> Answer {
    let function = std::str::from_utf8(&site["cloudfront.js"]).unwrap();
    assert!(function.contains(r"replace(/\+/g, '%2B')") && function.contains("+= 'index.html'"));
    let url = url.replace('+', "%2B");
    let url = if url.ends_with('/') { format!("{url}index.html") } else { url };
    let key = decode(&url, &[]);
    let table = std::str::from_utf8(&site["upload.tsv"]).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let mut rows = rows.map(|line| line.split('\t').collect::<Vec<_>>());
    let found = rows.find(|row| format!("/{}", row[0]) == key);
    let Some(row) = found else { return file(site, "404.html", 404).unwrap() };
    let mut answer = Answer { status: 200, body: site[row[1]].clone(), ..Answer::default() };
    answer.set("Content-Type", row[2]);
    answer.set("Cache-Control", row[3]);
    answer
}
