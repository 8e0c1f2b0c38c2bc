//! Reading the lens from a JSON value.
//!
//! Every function takes what it understands and passes over the rest. A number or a boolean where a
//! value's text is expected is taken as its text, since that is what it would become on a command
//! line; anywhere else only strings are texts.

use serde_json::{Map, Value};

use super::{
    Argument, ArgumentKind, Format, Icon, Input, NamedInput, Package, Publisher, Repository,
    Server, Transport,
};

/// Key of publisher-provided metadata inside `_meta`.
pub const PUBLISHER_KEY: &str = "io.modelcontextprotocol.registry/publisher-provided";

/// How deep variables inside variables are followed; the format has one level.
const DEPTH: usize = 4;

impl Server {
    /// Reads the lens from the text of a document; text that is not JSON becomes an empty one.
    pub fn parse(text: &str) -> Self {
        serde_json::from_str(text).map(|value| Self::read(&value)).unwrap_or_default()
    }

    /// Reads the lens from a document.
    pub fn read(document: &Value) -> Self {
        let Some(members) = document.as_object() else { return Self::default() };
        Self {
            schema: text(members, "$schema"),
            name: text(members, "name").unwrap_or_default(),
            title: text(members, "title"),
            description: text(members, "description").unwrap_or_default(),
            version: text(members, "version").unwrap_or_default(),
            website_url: text(members, "websiteUrl"),
            repository: object(members, "repository").and_then(repository),
            icons: objects(members, "icons").filter_map(icon).collect(),
            packages: objects(members, "packages").filter_map(package).collect(),
            remotes: objects(members, "remotes").filter_map(transport).collect(),
            publisher: object(members, "_meta").map(publisher).unwrap_or_default(),
            is_partial: !is_whole(members),
        }
    }
}

impl Package {
    /// Reads a package of a document; `None` when it has no type or no identifier.
    pub fn read(package: &Value) -> Option<Self> {
        package.as_object().and_then(self::package)
    }
}

type Members = Map<String, Value>;

/// Whether each element of the list at `key` is an object with these texts, and `also` holds for it.
fn all(members: &Members, key: &str, texts: &[&str], also: fn(&Members) -> bool) -> bool {
    let is_read = |element: &Value| {
        let has = |it: &&Members| texts.iter().all(|key| text(it, key).is_some());
        element.as_object().filter(has).is_some_and(also)
    };
    match members.get(key) {
        None | Some(Value::Null) => true,
        Some(value) => value.as_array().is_some_and(|list| list.iter().all(is_read)),
    }
}

/// Whether the lens has every package, remote, argument and variable of a document.
fn is_whole(members: &Members) -> bool {
    let transport = |it: &Members| all(it, "headers", &["name"], |_| true);
    all(members, "remotes", &["type"], transport)
        && all(members, "packages", &["registryType", "identifier"], |package| {
            all(package, "environmentVariables", &["name"], |_| true)
                && all(package, "runtimeArguments", &[], |_| true)
                && all(package, "packageArguments", &[], |_| true)
                && match package.get("transport") {
                    None | Some(Value::Null) => true,
                    Some(it) => {
                        it.as_object().is_some_and(|it| all(it, "headers", &["name"], |_| true))
                    }
                }
        })
        && members.get("repository").is_none_or(|it| it.is_null() || it.is_object())
}

/// A string that is not empty.
fn text(members: &Members, key: &str) -> Option<String> {
    members.get(key)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A value's text: the empty one counts, and so do numbers and booleans.
fn value_text(members: &Members, key: &str) -> Option<String> {
    match members.get(key)? {
        Value::String(text) => Some(text.clone()),
        value @ (Value::Number(_) | Value::Bool(_)) => Some(value.to_string()),
        _ => None,
    }
}

fn flag(members: &Members, key: &str) -> bool {
    members.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn object<'a>(members: &'a Members, key: &str) -> Option<&'a Members> {
    members.get(key)?.as_object()
}

fn list<'a>(members: &'a Members, key: &str) -> &'a [Value] {
    members.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn objects<'a>(members: &'a Members, key: &str) -> impl Iterator<Item = &'a Members> {
    list(members, key).iter().filter_map(Value::as_object)
}

/// The strings of a list that are not empty.
fn texts(members: &Members, key: &str) -> Vec<String> {
    let strings = list(members, key).iter().filter_map(Value::as_str);
    strings.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn repository(members: &Members) -> Option<Repository> {
    Some(Repository { url: text(members, "url")?, subfolder: text(members, "subfolder") })
}

fn icon(members: &Members) -> Option<Icon> {
    Some(Icon {
        src: text(members, "src")?,
        mime_type: text(members, "mimeType"),
        theme: text(members, "theme"),
    })
}

fn package(members: &Members) -> Option<Package> {
    Some(Package {
        registry_type: text(members, "registryType")?,
        registry_base_url: text(members, "registryBaseUrl"),
        identifier: text(members, "identifier")?,
        version: text(members, "version"),
        file_sha256: text(members, "fileSha256"),
        runtime_hint: text(members, "runtimeHint"),
        transport: object(members, "transport").and_then(transport),
        runtime_arguments: objects(members, "runtimeArguments").map(argument).collect(),
        package_arguments: objects(members, "packageArguments").map(argument).collect(),
        environment_variables: objects(members, "environmentVariables")
            .filter_map(named_input)
            .collect(),
    })
}

fn transport(members: &Members) -> Option<Transport> {
    Some(Transport {
        kind: text(members, "type")?,
        url: text(members, "url"),
        headers: objects(members, "headers").filter_map(named_input).collect(),
        variables: variables(members, DEPTH),
    })
}

fn named_input(members: &Members) -> Option<NamedInput> {
    Some(NamedInput { name: text(members, "name")?, input: input(members, DEPTH) })
}

/// An argument; one without a known type is named when it has a name.
fn argument(members: &Members) -> Argument {
    let positional = members.get("type").and_then(Value::as_str) == Some("positional");
    let kind = match text(members, "name") {
        Some(name) if !positional => ArgumentKind::Named { name },
        _ => ArgumentKind::Positional { hint: text(members, "valueHint") },
    };
    Argument { kind, is_repeated: flag(members, "isRepeated"), input: input(members, DEPTH) }
}

fn input(members: &Members, depth: usize) -> Input {
    Input {
        description: text(members, "description"),
        is_required: flag(members, "isRequired"),
        is_secret: flag(members, "isSecret"),
        format: match members.get("format").and_then(Value::as_str) {
            Some("number") => Format::Number,
            Some("boolean") => Format::Boolean,
            Some("filepath") => Format::FilePath,
            _ => Format::Text,
        },
        value: value_text(members, "value"),
        default: value_text(members, "default"),
        placeholder: text(members, "placeholder"),
        choices: texts(members, "choices"),
        variables: variables(members, depth),
    }
}

fn variables(members: &Members, depth: usize) -> Vec<NamedInput> {
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    let named = object(members, "variables").into_iter().flatten();
    named
        .filter_map(|(name, value)| {
            Some(NamedInput { name: name.clone(), input: input(value.as_object()?, depth) })
        })
        .collect()
}

fn publisher(meta: &Members) -> Publisher {
    let Some(members) = object(meta, PUBLISHER_KEY) else { return Publisher::default() };
    Publisher {
        tags: texts(members, "tags"),
        categories: texts(members, "categories"),
        keywords: texts(members, "keywords"),
        license: object(members, "github").and_then(|github| text(github, "license")),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_with_its_types() {
        let server = Server::parse(
            r#"{"name":"com.example/a","version":"1.0.0","title":"A","description":"",
            "packages":[{"registryType":"npm","identifier":"a","transport":{"type":"stdio"},
             "packageArguments":[
              {"type":"named","name":"--port","value":"{p}","isRepeated":true,
               "variables":{"p":{"default":80,"isSecret":true,"format":"number"}}},
              {"type":"positional","valueHint":"file","default":""}]}],
            "remotes":[{"type":"sse","url":"https://a.example","headers":[{"name":"K"},{"value":"x"}]}],
            "_meta":{"io.modelcontextprotocol.registry/publisher-provided":
             {"tags":["x",1,""],"github":{"license":"MIT"}}}}"#,
        );
        assert_eq!((server.label(), server.version.as_str()), ("A", "1.0.0"));
        let [port, file] = &server.packages[0].package_arguments[..] else { panic!() };
        assert_eq!((port.label(), port.is_repeated), (Some("--port"), true));
        assert_eq!(port.input.variables[0].input.default.as_deref(), Some("80"));
        assert!(port.input.holds_secret() && !port.input.is_secret);
        assert_eq!((file.label(), file.input.default.as_deref()), (Some("file"), Some("")));
        assert_eq!(server.remotes[0].headers.len(), 1);
        assert_eq!(server.publisher.tags, ["x"]);
        assert_eq!(server.publisher.license.as_deref(), Some("MIT"));
    }

    #[test]
    fn what_could_not_be_read_is_known_to_be_missing() {
        for (text, is_partial) in [
            (r#"{"packages":[{"registryType":"npm","identifier":"a"}],"remotes":null}"#, false),
            (r#"{"packages":{}}"#, true),
            (r#"{"packages":[{"registryType":"npm"}]}"#, true),
            (r#"{"packages":["npm"]}"#, true),
            (
                r#"{"packages":[{"registryType":"npm","identifier":"a","packageArguments":[1]}]}"#,
                true,
            ),
            (r#"{"packages":[{"registryType":"npm","identifier":"a","transport":"stdio"}]}"#, true),
            (r#"{"remotes":[{"url":"https://a.example"}]}"#, true),
            (r#"{"remotes":[{"type":"sse","headers":[{"value":"x"}]}]}"#, true),
        ] {
            assert_eq!(Server::parse(text).is_partial, is_partial, "{text}");
        }
    }

    #[test]
    fn unexpected_documents_are_read_as_far_as_possible() {
        for text in ["", "null", "[]", "{", r#"{"name":1,"packages":{},"remotes":[1,{"url":"x"}]}"#]
        {
            let read = Server { is_partial: false, ..Server::parse(text) };
            assert_eq!(read, Server::default(), "{text}");
        }
        let deep = r#"{"variables":{"a":"#.repeat(60) + "{}" + &"}}".repeat(60);
        let text = format!(r#"{{"remotes":[{{"type":"sse","variables":{{"v":{deep}}}}}]}}"#);
        assert_eq!(Server::parse(&text).remotes.len(), 1);
    }
}
