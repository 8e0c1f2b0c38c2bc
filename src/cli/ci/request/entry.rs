//! A server.json made from the answers of a form, and where it belongs.

use std::path::{Component, Path};

use serde::Serialize;
use serde_json::Value;

use crate::check::CURRENT_SCHEMA;
use crate::data::{EntryFile, entry_folder, join};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Naming, OciReference, PackageType, Presence, ServerName, Version};

use super::form::{DESCRIPTION, Form, NAME, REPOSITORY, SOURCE, VERSION};

/// The version of a server whose source has none.
const FIRST_VERSION: &str = "1.0.0";

/// A document in the order of its keys.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: &'a str,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    repository: Option<Repository<'a>>,
    version: &'a str,
    #[serde(flatten)]
    source: Source<'a>,
}

#[derive(Serialize)]
struct Repository<'a> {
    url: &'a str,
    source: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Source<'a> {
    Packages([Package<'a>; 1]),
    Remotes([Transport<'a>; 1]),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Package<'a> {
    registry_type: &'static str,
    identifier: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    transport: Transport<'a>,
}

#[derive(Serialize)]
struct Transport<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

/// Returns the text of the document that the answers describe; the error says which answer cannot be used.
pub(super) fn document(form: &Form) -> Result<String, String> {
    let (source, known) = source(form.get(&SOURCE))?;
    let version = match form.get(&VERSION) {
        "" => known.unwrap_or(FIRST_VERSION),
        version => version,
    };
    let document = Document {
        schema: CURRENT_SCHEMA,
        name: form.get(&NAME),
        description: form.get(&DESCRIPTION),
        repository: repository(form.get(&REPOSITORY))?,
        version,
        source,
    };
    let text = serde_json::to_string_pretty(&document).map_err(|e| e.to_string())?;
    Ok(text + "\n")
}

/// Reads the source, and the version that it names.
fn source(text: &str) -> Result<(Source<'_>, Option<&str>), String> {
    if text.starts_with("https://") {
        let remote = Transport { kind: "streamable-http", url: Some(text) };
        return Ok((Source::Remotes([remote]), None));
    }
    let known = text
        .split_once(':')
        .and_then(|(kind, rest)| Some((PackageType::named(kind)?, rest)))
        .filter(|(kind, _)| kind.hash != Presence::Required);
    let Some((kind, rest)) = known else {
        return Err(format!(
            "{}: write a package such as npm:@example/weather@1.0.0, pypi:weather@1.0.0, nuget:Weather@1.0.0 or oci:ghcr.io/example/weather:1.0.0, or the https URL of a remote server",
            SOURCE.label
        ));
    };
    let transport = Transport { kind: "stdio", url: None };
    let (identifier, version, known) = if kind.naming == Naming::Image {
        let tag = OciReference::split(rest).tag;
        (rest, None, tag.filter(|tag| Version::parse(tag).is_ok() && tag.contains('.')))
    } else {
        // The first character may be the `@` of a scope.
        let at = rest.rfind('@').filter(|at| *at > 0).ok_or_else(|| {
            format!("{}: write the exact version too: {}:NAME@VERSION", SOURCE.label, kind.name)
        })?;
        (&rest[..at], Some(&rest[at + 1..]), Some(&rest[at + 1..]))
    };
    let package = Package { registry_type: kind.name, identifier, version, transport };
    Ok((Source::Packages([package]), known))
}

/// Reads the repository of the source code, if one is named.
fn repository(url: &str) -> Result<Option<Repository<'_>>, String> {
    let source = match url {
        "" => return Ok(None),
        url if url.starts_with("https://github.com/") => "github",
        url if url.starts_with("https://gitlab.com/") => "gitlab",
        _ => {
            return Err(format!(
                "{}: write https://github.com/OWNER/NAME or https://gitlab.com/OWNER/NAME, or leave it empty",
                REPOSITORY.label
            ));
        }
    };
    Ok(Some(Repository { url, source }))
}

/// Name and place of an entry.
pub(super) struct Entry {
    /// `NAME VERSION`.
    pub(super) label: String,
    /// Folder of the server in the repository.
    pub(super) server: String,
    /// Path of the document in the repository.
    pub(super) path: String,
}

impl Entry {
    /// Reads name and version of a document, for the data folder `data`; `None` when they are not valid.
    ///
    /// # Errors
    /// When the data folder is not a path inside the repository.
    pub(super) fn of(document: &str, data: &Path) -> Result<Option<Self>> {
        let data = folder(data)?;
        let Ok(document) = serde_json::from_str::<Value>(document) else { return Ok(None) };
        let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, version) = (ServerName::parse(text("name")), Version::parse(text("version")));
        let (Ok(name), Ok(version)) = (name, version) else { return Ok(None) };
        let file = format!("{}/{}", entry_folder(&name, &version), EntryFile::Server.file_name());
        Ok(Some(Self {
            label: format!("{name} {version}"),
            server: join(&data, &format!("servers/{}/{}", name.namespace(), name.name())),
            path: join(&data, &file),
        }))
    }
}

/// Returns the data folder with forward slashes, from the top of the repository.
fn folder(data: &Path) -> Result<String> {
    let mut names = Vec::new();
    for part in data.components() {
        match part {
            Component::CurDir => {}
            Component::Normal(name) if name.to_str().is_some() => {
                names.push(name.to_string_lossy());
            }
            _ => {
                return Err(Error::new(ErrorKind::Usage, "--data leads out of the repository")
                    .at(data)
                    .help(
                        "name the folder from the top of the repository, such as registry-data",
                    ));
            }
        }
    }
    Ok(names.join("/"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn made(source: &str, rest: &str) -> Result<Value, String> {
        let body = format!(
            "### Server name\n\ncom.example/weather\n\n### Source\n\n{source}\n\n### Description\n\nIt's \"x\" <y>\n{rest}"
        );
        document(&Form::read(&body)).map(|text| serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn sources_become_packages_and_remotes() {
        for (source, kind, identifier, version, of_server) in [
            ("npm:@a/b@1.2.3", "npm", "@a/b", Some("1.2.3"), "1.2.3"),
            ("pypi:weather@0.1", "pypi", "weather", Some("0.1"), "0.1"),
            ("nuget:A.B@1.0.0-rc.1", "nuget", "A.B", Some("1.0.0-rc.1"), "1.0.0-rc.1"),
            ("oci:ghcr.io/a/b:2.0.0", "oci", "ghcr.io/a/b:2.0.0", None, "2.0.0"),
            ("oci:ghcr.io/a/b:latest", "oci", "ghcr.io/a/b:latest", None, "1.0.0"),
        ] {
            let document = made(source, "").unwrap();
            let package = &document["packages"][0];
            assert_eq!(package["registryType"], kind);
            assert_eq!(package["identifier"], identifier);
            assert_eq!(package.get("version").and_then(Value::as_str), version);
            assert_eq!(package["transport"]["type"], "stdio");
            assert_eq!(document["version"], of_server, "{source}");
        }
        let document = made("https://example.com/mcp", "### Version\n3.0.0").unwrap();
        assert_eq!(document["remotes"][0]["url"], "https://example.com/mcp");
        assert_eq!((&document["version"], document.get("packages")), (&"3.0.0".into(), None));
        assert_eq!(document["description"], "It's \"x\" <y>");
    }

    #[test]
    fn a_source_that_is_not_known_says_what_to_write() {
        for source in ["", "weather", "npm:weather", "npm:@a/b", "mcpb:x@1", "http://a/", "x:y@1"] {
            let problem = made(source, "").unwrap_err();
            assert!(problem.starts_with("Source: write"), "{source}: {problem}");
        }
    }

    #[test]
    fn a_repository_names_its_forge() {
        let document = made("npm:a@1.0.0", "### Repository\nhttps://gitlab.com/a/b").unwrap();
        assert_eq!(document["repository"]["source"], "gitlab");
        let problem = made("npm:a@1.0.0", "### Repository\nhttps://example.com/a").unwrap_err();
        assert!(problem.starts_with("Repository: "), "{problem}");
    }

    #[test]
    fn a_place_is_below_the_data_folder() {
        let of = |text: &str, data: &str| Entry::of(text, Path::new(data));
        let text = "{\"name\":\"com.example/weather\",\"version\":\"1.0.0\"}";
        let entry = of(text, "./a/registry-data").unwrap().unwrap();
        assert_eq!(entry.path, "a/registry-data/servers/com.example/weather/1.0.0/server.json");
        assert_eq!(entry.server, "a/registry-data/servers/com.example/weather");
        assert_eq!(of(text, ".").unwrap().unwrap().server, "servers/com.example/weather");
        for text in ["", "[]", "{\"name\":\"com.example/../x\",\"version\":\"1.0.0\"}"] {
            assert!(of(text, "d").unwrap().is_none());
        }
        for data in ["/d", "../d", "a/../../d"] {
            assert!(of(text, data).is_err());
        }
    }
}
