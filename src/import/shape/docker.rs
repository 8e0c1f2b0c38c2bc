//! The Docker MCP Catalog: a `server.yaml` as it is submitted, and catalog files.
//!
//! An image becomes a package, a remote server a remote. `{{server.parameter}}` and `${SECRET}` become variables
//! that the user's client asks for.

use serde_json::{Value, json};

use crate::diag::Pointer;
use crate::text::shorten;

use super::private::{is_secret, variables};
use super::value::{Object, cut, first, list, members, plain, set, set_list, text};
use super::{Draft, Shaped, Source};

const TYPES: [&str; 3] = ["server", "remote", "poci"];

fn is_entry(value: &Value) -> bool {
    let kind = text(value, "type").unwrap_or_default();
    TYPES.contains(&kind.as_str())
}

/// Whether a document is a catalog file: servers by name below `registry`.
pub(super) fn is_catalog(value: &Value) -> bool {
    members(value, "registry").any(|(_, entry)| is_entry(entry) || text(entry, "image").is_some())
}

/// Whether a document is a `server.yaml`.
pub(super) fn is_server(value: &Value) -> bool {
    let parts = ["about", "meta", "image", "remote", "run", "source"];
    text(value, "name").is_some()
        && is_entry(value)
        && parts.iter().any(|key| value.get(*key).is_some())
}

/// Makes a draft of every server of a catalog file.
pub(super) fn read_catalog(source: &Source<'_>, shaped: &mut Shaped) {
    let root = Pointer::root().key("registry");
    for (name, entry) in members(source.value, "registry") {
        draft(source, name, entry, root.key(name), shaped);
    }
}

/// Makes the draft of a `server.yaml`.
pub(super) fn read_server(source: &Source<'_>, shaped: &mut Shaped) {
    let name = text(source.value, "name").unwrap_or_default();
    draft(source, &name, source.value, Pointer::root(), shaped);
}

/// The parts of an entry, which both forms have in other places.
struct Entry<'a> {
    /// Where `command`, `volumes` and `user` are.
    run: &'a Value,
    secrets: &'a [Value],
    env: &'a [Value],
    /// Schemas of the parameters.
    schemas: Vec<&'a Value>,
}

impl<'a> Entry<'a> {
    fn of(value: &'a Value) -> Self {
        let config = value.get("config");
        let schemas = match config {
            Some(Value::Array(schemas)) => schemas.iter().collect(),
            Some(config) => config.get("parameters").into_iter().chain([config]).collect(),
            None => Vec::new(),
        };
        let part = |key: &str| match config {
            Some(config @ Value::Object(_)) => list(config, key),
            _ => list(value, key),
        };
        let run = value.get("run").unwrap_or(value);
        Self { run, secrets: part("secrets"), env: part("env"), schemas }
    }

    /// Returns the schema of a parameter, and whether it is required.
    fn parameter(&self, path: &str) -> (Option<&'a Value>, bool) {
        for schema in &self.schemas {
            let (mut at, mut required) = (*schema, false);
            let found = path.split('.').all(|step| {
                let names = |value: &Value| plain(value).as_deref() == Some(step);
                required = list(at, "required").iter().any(names);
                let below = at.get("properties").and_then(|properties| properties.get(step));
                at = below.unwrap_or(at);
                below.is_some()
            });
            if found {
                return (Some(at), required);
            }
        }
        (None, false)
    }

    /// Returns what a client has to know to ask for a parameter or a secret.
    fn input(&self, name: &str, path: &str) -> Object {
        let mut input = Object::new();
        if let Some(secret) =
            self.secrets.iter().find(|secret| text(secret, "env").as_deref() == Some(name))
        {
            describe(&mut input, secret);
            let optional = secret.get("required") == Some(&Value::Bool(false));
            input.insert("isRequired".to_owned(), json!(!optional));
            input.insert("isSecret".to_owned(), json!(true));
            return input;
        }
        let (schema, required) = self.parameter(path);
        if let Some(schema) = schema {
            describe(&mut input, schema);
            let format = match text(schema, "type").as_deref() {
                Some("number" | "integer") => Some("number"),
                Some("boolean") => Some("boolean"),
                _ => None,
            };
            set(&mut input, "format", format);
            set(&mut input, "default", text(schema, "default"));
            let choices = list(schema, "enum").iter().filter_map(plain).map(Value::from);
            set_list(&mut input, "choices", choices.collect());
        }
        if required {
            input.insert("isRequired".to_owned(), json!(true));
        }
        if is_secret(name) {
            input.insert("isSecret".to_owned(), json!(true));
            input.remove("default");
        }
        input
    }

    /// Writes the placeholders of a text as `{name}`, with what a client asks for each.
    fn filled(&self, template: &str) -> Filled {
        let (mut out, mut inputs, mut rest, mut several) =
            (String::new(), Object::new(), template, false);
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((inside, after)) = after.split_once("}}") else { break };
            let (path, filters) = inside.split_once('|').unwrap_or((inside, ""));
            several |= filters.contains("into");
            let path = path.trim().split_once('.').map_or(path.trim(), |(_, path)| path);
            let name = identifier(path);
            out.push_str(before);
            out.push_str(&format!("{{{name}}}"));
            inputs.insert(name.clone(), Value::Object(self.input(&name, path)));
            rest = after;
        }
        out.push_str(rest);
        let (out, secrets) = variables(&out);
        for (name, _) in secrets {
            let mut input = self.input(&name, &name);
            input.insert("isSecret".to_owned(), json!(true));
            inputs.entry(name).or_insert(Value::Object(input));
        }
        Filled { text: out, inputs, several }
    }
}

/// A text with placeholders.
struct Filled {
    text: String,
    inputs: Object,
    /// Whether a placeholder stands for several values.
    several: bool,
}

impl Filled {
    /// Adds the text as `value`, with its variables.
    fn into(self, mut object: Object) -> Value {
        object.insert("value".to_owned(), json!(self.text));
        if self.several {
            object.insert("isRepeated".to_owned(), json!(true));
        }
        if !self.inputs.is_empty() {
            object.insert("variables".to_owned(), Value::Object(self.inputs));
        }
        Value::Object(object)
    }
}

fn identifier(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

fn describe(input: &mut Object, from: &Value) {
    set(input, "description", text(from, "description").map(|text| cut(&text, 200)));
    set(input, "placeholder", text(from, "example").map(|text| cut(&text, 200)));
}

fn object(members: &[(&str, &str)]) -> Object {
    members.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect()
}

fn draft(source: &Source<'_>, name: &str, value: &Value, at: Pointer, shaped: &mut Shaped) {
    let place = source.place(&at);
    let kind = text(value, "type").unwrap_or_else(|| "server".to_owned());
    let remote = value.get("remote").filter(|remote| text(remote, "url").is_some());
    let image = text(value, "image");
    let entry = Entry::of(value);
    let mut draft = Draft::new(place.clone(), name, Value::Null);
    let mut document = about(name, value, &mut draft.notes);
    match (kind.as_str(), remote, image) {
        ("poci", ..) => {
            let why = "it is a set of containers, one for each tool (type poci), which a server.json cannot describe";
            return shaped.refuse(
                place,
                name,
                why,
                "leave it out, or publish the tools as one server",
            );
        }
        ("remote", Some(remote), _) => {
            document.insert("remotes".to_owned(), json!([entry.remote(remote)]));
            version(None, &mut document, &mut draft.notes);
        }
        ("server", _, Some(image)) => {
            document
                .insert("packages".to_owned(), json!([entry.package(&image, &mut draft.notes)]));
            version(Some(&image), &mut document, &mut draft.notes);
        }
        ("server", ..) => {
            return shaped.refuse(place, name, "it has no image", "write its \"image\"");
        }
        ("remote", ..) => {
            return shaped.refuse(place, name, "it has no URL", "write its \"remote.url\"");
        }
        (kind, ..) => {
            let why = format!("its type {:?} is not known", shorten(kind));
            return shaped.refuse(place, name, why, "write server or remote");
        }
    }
    for (key, what) in [
        ("oauth", "OAuth settings"),
        ("allowHosts", "list of allowed hosts"),
        ("extraHosts", "extra hosts"),
    ] {
        if value.get(key).or_else(|| entry.run.get(key)).is_some() {
            draft
                .notes
                .push(format!("its {what} were left out: a server.json has no place for them"));
        }
    }
    draft.document = Value::Object(document);
    shaped.draft(draft);
}

/// Returns what a document says about a server.
fn about(name: &str, value: &Value, notes: &mut Vec<String>) -> Object {
    let about = value.get("about").unwrap_or(value);
    let mut document = object(&[("name", name)]);
    let title = text(about, "title").map(|title| cut(&title, 100));
    let description = text(about, "description").or_else(|| {
        let title = title.clone()?;
        notes.push("it has no description; its title was taken".to_owned());
        Some(title)
    });
    if let Some(long) = description.as_ref().filter(|text| text.chars().count() > 100) {
        notes
            .push(format!("its description of {} characters was cut to 100", long.chars().count()));
    }
    set(&mut document, "description", description.map(|text| cut(&text, 100)));
    set(&mut document, "title", title);
    let icon =
        first(about, &["icon"]).filter(|url| url.starts_with("https://") && url.len() <= 255);
    set(&mut document, "icons", icon.map(|src| json!([{"src": src}])));
    let project = value.get("source").and_then(|source| text(source, "project"));
    if let Some(project) = project {
        let url = project.trim_end_matches('/').trim_end_matches(".git");
        let hosts = [("https://github.com/", "github"), ("https://gitlab.com/", "gitlab")];
        let host =
            hosts.iter().find_map(|(host, name)| Some((host, name, url.strip_prefix(host)?)));
        match host {
            Some((host, name, path)) => {
                let path = path.split('/').take(2).collect::<Vec<_>>().join("/");
                let mut repository = object(&[("url", &format!("{host}{path}")), ("source", name)]);
                let folder = value.get("source").and_then(|source| text(source, "directory"));
                let folder =
                    folder.map(|f| f.trim_start_matches("./").trim_matches('/').to_owned());
                set(&mut repository, "subfolder", folder.filter(|f| !f.is_empty() && f != "."));
                document.insert("repository".to_owned(), Value::Object(repository));
            }
            None => set(&mut document, "websiteUrl", url.starts_with("https://").then_some(url)),
        }
    }
    document
}

/// Writes the version that the tag of an image names, or the first one.
fn version(image: Option<&str>, document: &mut Object, notes: &mut Vec<String>) {
    let last = image.and_then(|image| image.rsplit('/').next()).unwrap_or_default();
    let tag = last.split('@').next().and_then(|name| name.split_once(':')).map(|(_, tag)| tag);
    let is_number = |tag: &&str| tag.starts_with(|c: char| c.is_ascii_digit()) && tag.contains('.');
    let version = tag.filter(is_number).unwrap_or_else(|| {
        notes.push("it has no version; 1.0.0 was written".to_owned());
        "1.0.0"
    });
    document.insert("version".to_owned(), json!(version));
}

impl Entry<'_> {
    fn remote(&self, remote: &Value) -> Value {
        let kind = match first(remote, &["transport_type", "transport"]).as_deref() {
            Some("sse") => "sse",
            _ => "streamable-http",
        };
        let url = self.filled(&text(remote, "url").unwrap_or_default());
        let mut out = object(&[("type", kind), ("url", &url.text)]);
        if !url.inputs.is_empty() {
            out.insert("variables".to_owned(), Value::Object(url.inputs));
        }
        let header = |(name, value): (&String, &Value)| {
            self.filled(&plain(value).unwrap_or_default()).into(object(&[("name", name)]))
        };
        set_list(&mut out, "headers", members(remote, "headers").map(header).collect());
        Value::Object(out)
    }

    fn package(&self, image: &str, notes: &mut Vec<String>) -> Value {
        let first = image.split('/').next().unwrap_or_default();
        let is_host = image.contains('/') && (first.contains(['.', ':']) || first == "localhost");
        let image = if is_host { image.to_owned() } else { format!("docker.io/{image}") };
        let mut package = object(&[("registryType", "oci"), ("identifier", &image)]);
        package.insert("transport".to_owned(), json!({"type": "stdio"}));
        let named = |name: &str, value: &Value| {
            let filled = self.filled(&plain(value)?);
            Some(filled.into(object(&[("type", "named"), ("name", name)])))
        };
        let volumes = list(self.run, "volumes").iter().filter_map(|value| named("-v", value));
        let mut runtime: Vec<Value> = volumes.collect();
        if runtime.iter().any(|argument| argument.get("isRepeated").is_some()) {
            notes.push(
                "a list of folders became one argument -v that is repeated: write HOST:CONTAINER"
                    .to_owned(),
            );
        }
        runtime.extend(list(self.run, "ports").iter().filter_map(|value| named("-p", value)));
        runtime.extend(self.run.get("user").and_then(|value| named("-u", value)));
        if self.run.get("disableNetwork") == Some(&Value::Bool(true)) {
            runtime.extend(named("--network", &json!("none")));
        }
        set_list(&mut package, "runtimeArguments", runtime);
        let words = list(self.run, "command").iter().filter_map(plain);
        let words = words.map(|word| self.filled(&word).into(object(&[("type", "positional")])));
        set_list(&mut package, "packageArguments", words.collect());
        set_list(&mut package, "environmentVariables", self.environment());
        Value::Object(package)
    }

    fn environment(&self) -> Vec<Value> {
        let secret = |secret: &Value| {
            let name = text(secret, "env")?;
            let mut variable = self.input(&name, &name);
            variable.insert("name".to_owned(), json!(name));
            Some(Value::Object(variable))
        };
        let mut found: Vec<Value> = self.secrets.iter().filter_map(secret).collect();
        for variable in self.env {
            let Some(name) = first(variable, &["name", "env"]) else { continue };
            let value = first(variable, &["value", "default"]).unwrap_or_default();
            let filled = self.filled(&value);
            let mut members = Object::new();
            // A value that is one placeholder needs no variable inside it.
            let alone =
                filled.inputs.iter().next().filter(|(id, _)| filled.text == format!("{{{id}}}"));
            if let Some((_, Value::Object(input))) = alone {
                members = input.clone();
            }
            describe(&mut members, variable);
            if variable.get("required") == Some(&Value::Bool(true)) {
                members.insert("isRequired".to_owned(), json!(true));
            }
            members.insert("name".to_owned(), json!(name));
            found.push(match (alone, value.is_empty()) {
                (Some(_), _) | (None, true) => Value::Object(members),
                (None, false) => filled.into(members),
            });
        }
        for (name, value) in members(self.run, "env") {
            found.push(
                self.filled(&plain(value).unwrap_or_default()).into(object(&[("name", name)])),
            );
        }
        let mut seen = std::collections::BTreeSet::new();
        found.retain(|variable| seen.insert(text(variable, "name")));
        found
    }
}
