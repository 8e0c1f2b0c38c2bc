//! Amazon Q Developer and Kiro: one file with every server that their form can express.
//!
//! Read in the registry client of `@aws/lsp-codewhisperer` 0.0.128: a name of 3 to 200 letters, digits,
//! dots, hyphens and underscores; exactly one remote or one package of npm, PyPI or OCI; a value for
//! every header and argument. It runs `npx -y`, `uvx` or `docker run`, the values of the runtime
//! arguments, the identifier with the *server's* version, and the values of the package's arguments. So
//! an entry has the version of its package, and its arguments are the words of our own command.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::install::argv::Start;
use super::super::install::recipe::{Action, Recipe, Source, recipes};
use super::super::install::variables::Template;
use super::{Document, LeftOut, Named};
use crate::config::ExportSettings;
use crate::model::{Naming, OciReference, Package, PackageType, Server};

const NAME_MAX: usize = 200;

/// The entry of a server as JSON text, or why there is none.
pub(super) fn entry(server: &Server) -> Result<String, String> {
    let name = name(&server.name);
    if name.len() > NAME_MAX {
        return Err(format!("its name is longer than {NAME_MAX} characters"));
    }
    if server.description.is_empty() {
        return Err("it has no description".to_owned());
    }
    let mut reason = "it has neither a package nor a remote that the client can run";
    for recipe in recipes(server) {
        match way(server, &recipe) {
            Ok((version, key, way)) => {
                let entry = json!({
                    "name": name,
                    "description": server.description,
                    "version": version,
                    key: [way],
                });
                return Ok(json!({ "server": entry }).to_string());
            }
            Err(why) => reason = why,
        }
    }
    Err(reason.to_owned())
}

/// A name without the slash. No namespace has an underscore, so that the first one is the slash, and
/// different servers have different names.
pub fn name(server: &str) -> String {
    server.replacen('/', "_", 1)
}

/// The version, `remotes` or `packages`, and the only element of that list.
fn way(server: &Server, recipe: &Recipe) -> Result<(String, &'static str, Value), &'static str> {
    let action = recipe.action.as_ref().map_err(|_| "no safe command for it is known")?;
    match (action, recipe.source) {
        (Action::Connect { is_sse, url, headers, start: None }, _) => {
            let url = url.fixed().ok_or("its URL has a part that the user chooses")?;
            let kind = if *is_sse { "sse" } else { "streamable-http" };
            // The user enters what is missing as additional headers.
            let headers = headers.iter().filter_map(|(name, value)| Some((name, value.fixed()?)));
            let headers = headers.filter(|(_, value)| !value.is_empty());
            let headers: Vec<Value> =
                headers.map(|(name, value)| json!({ "name": name, "value": value })).collect();
            let version = server.version.clone();
            Ok((version, "remotes", json!({ "type": kind, "url": url, "headers": headers })))
        }
        (Action::Start(start), Source::Package(index)) => {
            let package = server.packages.get(index).ok_or("it has no package")?;
            let (version, package) = local(package, start, &server.version)?;
            Ok((version, "packages", package))
        }
        _ => Err("the client does not start servers that listen, and opens no bundles"),
    }
}

/// The version and the package, so that what the client runs is our own command. An image holds its
/// version itself, so that its entry has that of the server.
fn local(package: &Package, start: &Start, server: &str) -> Result<(String, Value), &'static str> {
    let kind = PackageType::named(&package.registry_type).ok_or("its package type is unknown")?;
    let words: Option<Vec<String>> = start.argv.iter().map(Template::fixed).collect();
    let words = words.ok_or("its command has a part that the user supplies")?;
    let is_image = kind.naming == Naming::Image;
    let (first, version): (&[&str], _) = match kind.name {
        "npm" => (&["npx", "-y"], package.version.clone()),
        "pypi" => (&["uvx"], package.version.clone()),
        "oci" => (&["docker", "run"], Some(server.to_owned())),
        _ => return Err("the client runs only npm, PyPI and OCI packages"),
    };
    let version = version.ok_or("its package has no version")?;
    let rest = words
        .get(first.len()..)
        .filter(|_| words.iter().zip(first).all(|(word, usual)| word == usual))
        .ok_or("the client runs it with another program")?;
    let pinned = format!("{}@{version}", package.identifier);
    let at = rest
        .iter()
        .position(|word| if is_image { image(word, package) } else { *word == pinned })
        .ok_or("its package is not named by identifier and version alone")?;
    let (mut before, after) = (rest[..at].to_vec(), &rest[at + 1..]);
    let unusual = package.registry_base_url.as_deref().filter(|url| !kind.is_usual_registry(url));
    let unusual = unusual.filter(|_| !is_image);
    if let Some(url) = unusual {
        // The client adds the address itself.
        let option = kind.runners.first().and_then(|runner| runner.registry_option);
        before.retain(|word| word != url && Some(word.as_str()) != option);
    }
    let identifier = if is_image { rest[at].clone() } else { package.identifier.clone() };
    if is_image && !identifier.contains(':') {
        return Err("its image has neither a tag nor a digest");
    }
    if before.iter().chain(after).any(String::is_empty) {
        return Err("one of its arguments is empty");
    }
    let arguments = |words: &[String]| -> Vec<Value> {
        words.iter().map(|word| json!({ "type": "positional", "value": word })).collect()
    };
    // The client hands on to a container what the user enters, and sets the others itself.
    let mut entry = json!({
        "registryType": kind.name,
        "identifier": identifier,
        "version": version,
        "transport": { "type": "stdio" },
        "runtimeArguments": arguments(&before),
        "packageArguments": arguments(after),
        "environmentVariables": start.env.iter().map(|(name, value)| match value.fixed() {
            Some(value) => json!({ "name": name, "value": value }),
            None => json!({ "name": name }),
        }).collect::<Vec<Value>>(),
    });
    if let Some(url) = unusual {
        entry["registryBaseUrl"] = json!(url);
    }
    Ok((version, entry))
}

/// Whether a word is the image, as our command names it.
fn image(word: &str, package: &Package) -> bool {
    OciReference::split(word).name == OciReference::split(&package.identifier).name
}

/// The part of a server.
#[derive(Deserialize)]
struct Part {
    amazon_q: Result<String, String>,
}

impl Default for Part {
    fn default() -> Self {
        Self { amazon_q: Err(String::new()) }
    }
}

/// The file.
pub(super) fn registry(servers: &[Named<'_>], _: &ExportSettings) -> Document {
    // Room that is not used is not taken, and growing would take twice the text.
    let room = servers.iter().map(|server| server.rows.len() + 8).sum::<usize>();
    let mut text = String::with_capacity(room + 64);
    text.push_str("{\n  \"servers\": [");
    let mut separator = "\n    ";
    let mut left_out = Vec::new();
    for server in servers.iter().filter(|server| server.is_live()) {
        match server.rows.read::<Part>().amazon_q {
            Ok(entry) => {
                text.push_str(separator);
                text.push_str(&entry);
                separator = ",\n    ";
            }
            Err(reason) => left_out.push(LeftOut::new(server.name, &reason)),
        }
    }
    text.push_str(if text.ends_with('[') { "]\n}\n" } else { "\n  ]\n}\n" });
    Document { text, left_out }
}
