//! A seeded spoiler of documents.

use serde_json::{Map, Value, json};

/// A small generator of numbers, the same on every machine.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).expect("fits")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

/// Every property name of any schema version, in both spellings.
const KEYS: &[&str] = &[
    "$schema",
    "name",
    "description",
    "title",
    "version",
    "status",
    "websiteUrl",
    "website_url",
    "repository",
    "icons",
    "packages",
    "remotes",
    "_meta",
    "url",
    "source",
    "id",
    "subfolder",
    "src",
    "mimeType",
    "sizes",
    "theme",
    "registryType",
    "registry_type",
    "identifier",
    "registryBaseUrl",
    "registry_base_url",
    "fileSha256",
    "file_sha256",
    "runtimeHint",
    "transport",
    "runtimeArguments",
    "runtime_arguments",
    "packageArguments",
    "package_arguments",
    "environmentVariables",
    "environment_variables",
    "type",
    "headers",
    "variables",
    "isRequired",
    "is_required",
    "isSecret",
    "format",
    "value",
    "default",
    "placeholder",
    "choices",
    "valueHint",
    "value_hint",
    "isRepeated",
    "is_repeated",
    "io.modelcontextprotocol.registry/publisher-provided",
    "io.modelcontextprotocol.registry/official",
    "x-own",
    "",
];

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "latest",
    "Latest",
    "1.0.0",
    "any",
    "48x48",
    "48X48",
    "x48",
    "48x48 ",
    "light",
    "dark",
    "LIGHT",
    "stdio",
    "sse",
    "streamable-http",
    "streamable_http",
    "http",
    "named",
    "positional",
    "number",
    "boolean",
    "filepath",
    "string",
    "file_path",
    "active",
    "deprecated",
    "deleted",
    "gone",
    "image/png",
    "image/gif",
    "image/svg+xml",
    "com.example/x",
    "com.example",
    "a/b",
    "a/b/c",
    "ü/b",
    "a b/c",
    "https://example.com",
    "http://example.com/a?b#c",
    "HTTPS://EXAMPLE.COM",
    "//example.com",
    "/path",
    "example.com",
    "mailto:a",
    "a:b",
    ":a",
    "1a:b",
    "http:",
    "http://",
    "https://a b/",
    "https://a/ b",
    "https://a\u{a0}b",
    "https://ä.example",
    "https://a\tb",
    "https://%zz",
    "https://a/%zz",
    "https://a/%41",
    "https://[::1]/",
    "https://[::1",
    "https://a:b",
    "https://a:80:80",
    "https://{host}/a",
    "{base}/a",
    "https://a/{b}",
    "http://a\n",
    "ftp://a",
    "https:///a",
    "https://u:p@a/",
    "data:image/png;base64,AA",
    "fe333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce",
    "FE333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce",
];

fn text(random: &mut Random) -> String {
    match random.below(12) {
        0 => "a".repeat(*random.pick(&[99, 100, 101, 200, 201, 255, 256])),
        1 => "é".repeat(*random.pick(&[2, 3, 100, 101])),
        2 => format!("https://example.com/{}", "a".repeat(*random.pick(&[235, 236, 300]))),
        3 => format!("a/{}", "b".repeat(*random.pick(&[198, 199]))),
        _ => (*random.pick(TEXTS)).to_owned(),
    }
}

fn anything(random: &mut Random) -> Value {
    match random.below(14) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!(0),
        4 => json!(-1),
        5 => json!(1.5),
        6 => json!(1e300),
        7 => json!([]),
        8 => json!({}),
        9 => json!([text(random)]),
        10 => json!({(*random.pick(KEYS)): text(random)}),
        _ => Value::String(text(random)),
    }
}

/// Spoils one random place of the document, or changes it harmlessly.
pub(crate) fn mutate(document: &mut Value, random: &mut Random) {
    let count = nodes(document);
    let mut at = random.below(count);
    if let Some(node) = nth(document, &mut at) {
        spoil(node, random);
    }
}

fn nodes(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(nodes).sum(),
        Value::Object(members) => members.values().map(nodes).sum(),
        _ => 0,
    }
}

fn nth<'a>(value: &'a mut Value, at: &mut usize) -> Option<&'a mut Value> {
    if *at == 0 {
        return Some(value);
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| descend(item, at)),
        Value::Object(members) => members.values_mut().find_map(|item| descend(item, at)),
        _ => None,
    }
}

fn descend<'a>(value: &'a mut Value, at: &mut usize) -> Option<&'a mut Value> {
    let size = nodes(value);
    if *at < size {
        nth(value, at)
    } else {
        *at -= size;
        None
    }
}

fn spoil(node: &mut Value, random: &mut Random) {
    match node {
        Value::Object(members) if random.below(8) > 0 => spoil_object(members, random),
        Value::Array(items) if random.below(6) > 0 => match random.below(3) {
            0 if !items.is_empty() => drop(items.remove(random.below(items.len()))),
            1 if !items.is_empty() => items.push(items[random.below(items.len())].clone()),
            _ => items.push(anything(random)),
        },
        Value::String(_) if random.below(3) > 0 => *node = Value::String(text(random)),
        Value::Array(items) if random.below(2) == 0 => {
            *node = items.iter().enumerate().map(|(i, v)| (i.to_string(), v.clone())).collect();
        }
        Value::Object(members) if random.below(2) == 0 => {
            *node = members.values().cloned().collect();
        }
        _ if random.below(5) == 0 => *node = Value::Array(vec![node.take()]),
        _ => *node = anything(random),
    }
}

fn spoil_object(members: &mut Map<String, Value>, random: &mut Random) {
    let keys: Vec<String> = members.keys().cloned().collect();
    match random.below(5) {
        0 if !keys.is_empty() => drop(members.remove(random.pick(&keys))),
        1 if !keys.is_empty() => {
            let key = random.pick(&keys);
            let value = members.remove(key).unwrap_or_default();
            let snake = key.chars().flat_map(|c| {
                c.is_ascii_uppercase().then_some('_').into_iter().chain([c.to_ascii_lowercase()])
            });
            let name = if random.below(2) == 0 {
                snake.collect()
            } else {
                (*random.pick(KEYS)).to_owned()
            };
            members.insert(name, value);
        }
        2 if !keys.is_empty() => {
            let value = anything(random);
            members.insert(random.pick(&keys).clone(), value);
        }
        _ => {
            let value = anything(random);
            members.insert((*random.pick(KEYS)).to_owned(), value);
        }
    }
}
