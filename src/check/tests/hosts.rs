//! Package registries, code hosts and remotes inside a company, as `[packages]` accepts them.

use serde_json::{Value, json};

use super::hostile::{PUBLIC, config, reported};
use super::{official, with, with_package};
use crate::check::{DocumentRules, Profile};
use crate::config::Config;

const SHA: &str = "fe333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce";

fn hosted(kind: &str, url: &str) -> Value {
    with_package(json!({"registryType": kind, "identifier": "weather", "registryBaseUrl": url}))
}

fn image(reference: &str) -> Value {
    with_package(json!({"registryType": "oci", "identifier": reference, "version": null}))
}

fn bundle(url: &str) -> Value {
    with_package(json!({
        "registryType": "mcpb", "identifier": url, "version": null, "fileSha256": SHA,
    }))
}

fn repository(url: &str) -> Value {
    with(json!({"repository": {"url": url, "source": "github"}}))
}

fn remote(url: &str) -> Value {
    with(json!({"remotes": [{"type": "sse", "url": url}]}))
}

/// What a document names, what refuses it, the setting that accepts it, and the host there.
fn table() -> Vec<(Value, &'static str, &'static str, &'static str)> {
    let base = "package-base-url-mismatch";
    vec![
        (hosted("npm", "https://npm.dev.example/api/all"), base, "npm", "npm.dev.example"),
        (hosted("pypi", "https://pypi.dev.example/simple/"), base, "pypi", "pypi.dev.example"),
        (hosted("nuget", "https://nuget.dev.example:8443/v3"), base, "nuget", "nuget.dev.example"),
        (hosted("cargo", "https://crates.dev.example"), base, "cargo", "crates.dev.example"),
        (
            image("images.dev.example:5000/team/weather:1"),
            "package-oci-registry-unsupported",
            "oci",
            "images.dev.example",
        ),
        (
            bundle("https://files.dev.example/a/weather.mcpb"),
            "package-mcpb-host-unsupported",
            "mcpb",
            "files.dev.example",
        ),
        (
            repository("https://code.dev.example/platform/weather"),
            "invalid-repository-url",
            "repository_hosts",
            "code.dev.example",
        ),
        (
            repository("https://code.dev.example/platform/tools/weather"),
            "invalid-repository-url",
            "repository_hosts",
            "code.dev.example",
        ),
        (
            remote("http://tools.dev.example:8080/mcp"),
            "invalid-remote-url",
            "http_hosts",
            "tools.dev.example",
        ),
        (
            remote("http://weather.dev.internal/mcp"),
            "invalid-remote-url",
            "http_hosts",
            "weather.dev.internal",
        ),
    ]
}

/// The message and the help of everything that is found.
fn help(document: &Value, settings: &str) -> String {
    let rules = DocumentRules::of(Profile::Strict, &config(settings));
    let found = super::super::document(document, &rules);
    let texts = found.into_iter().flat_map(|finding| [Some(finding.message), finding.help]);
    texts.flatten().collect::<Vec<_>>().join("\n")
}

#[test]
fn a_refused_host_names_the_setting_that_accepts_it() {
    for (document, code, key, host) in table() {
        for visibility in ["", PUBLIC] {
            let refused = reported(&document, visibility).join(" ");
            assert!(refused.starts_with(&format!("error {code}@")), "{key} {host}: {refused}");
            let wanted = match key {
                "http_hosts" => format!("add \"{host}\" to [packages] {key} in registry.toml"),
                _ => format!("write {key} = [\"public\", \"{host}\"] below [packages]"),
            };
            let said = help(&document, visibility);
            assert!(said.contains(&wanted), "{key}: {said}");
            let (_, parent) = host.split_once('.').unwrap();
            for pattern in [host.to_owned(), format!("*.{parent}")] {
                let settings = format!("{visibility}[packages]\n{key} = [\"{pattern}\"]\n");
                assert_eq!(reported(&document, &settings), Vec::<String>::new(), "{settings}");
            }
            let other = format!("{visibility}[packages]\n{key} = [\"other.example\"]\n");
            let said = help(&document, &other);
            assert!(said.contains(&format!("add \"{host}\" to [packages] {key}")), "{said}");
        }
        // What the settings accept is nothing to the official registry.
        if matches!(key, "repository_hosts" | "http_hosts") {
            official(&document, code);
        }
    }
}

#[test]
fn any_host_is_accepted_where_the_list_says_so() {
    let keys = ["npm", "pypi", "nuget", "cargo", "oci", "mcpb", "repository_hosts"];
    let open: String = keys.iter().map(|key| format!("{key} = [\"*\"]\n")).collect();
    let open = format!("[packages]\n{open}");
    for (document, _, key, _) in table().into_iter().filter(|row| row.2 != "http_hosts") {
        assert_eq!(reported(&document, &open), Vec::<String>::new(), "{key}");
    }
    for usual in [image("ghcr.io/a/b:1"), repository("https://github.com/a/b"), hosted("npm", "")] {
        assert_eq!(reported(&usual, &open), Vec::<String>::new());
    }
    // A host of a private network still has to be named in a public registry.
    let private = hosted("npm", "https://npm.dev.internal/");
    let refused = reported(&private, &format!("{PUBLIC}{open}"));
    assert_eq!(refused, ["error url-private-network@/packages/0/registryBaseUrl"]);
    // A setting for packages says nothing about how they are fetched.
    let plain = hosted("npm", "http://npm.dev.example/");
    let refused = help(&plain, &open);
    assert!(refused.contains("to [packages] http_hosts"), "{refused}");
    let both = format!("{open}http_hosts = [\"npm.dev.example\"]\n");
    assert_eq!(reported(&plain, &both), Vec::<String>::new());
}

#[test]
fn a_list_without_the_word_public_replaces_the_public_registries() {
    let usual = "https://github.com/a/b/releases/download/v1/a.mcpb";
    for (document, code, key) in [
        (hosted("npm", ""), "package-base-url-mismatch", "npm"),
        (hosted("npm", "https://registry.npmjs.org"), "package-base-url-mismatch", "npm"),
        (image("weather:1"), "package-oci-registry-unsupported", "oci"),
        (image("ghcr.io/a/weather:1"), "package-oci-registry-unsupported", "oci"),
        (bundle(usual), "package-mcpb-host-unsupported", "mcpb"),
        (repository("https://github.com/a/b"), "invalid-repository-url", "repository_hosts"),
    ] {
        let settings = |hosts: &str| format!("[packages]\n{key} = [{hosts}]\n");
        let refused = reported(&document, &settings("\"in.example\"")).join(" ");
        assert!(refused.starts_with(&format!("error {code}@")), "{key}: {refused}");
        let help = help(&document, &settings("\"in.example\""));
        assert!(help.contains("in.example") && help.contains("add \"public\""), "{help}");
        assert_ne!(reported(&document, &settings("")), Vec::<String>::new(), "{key}");
        let both = settings("\"in.example\", \"public\"");
        assert_eq!(reported(&document, &both), Vec::<String>::new(), "{key}");
    }
}

#[test]
fn a_wrong_host_or_key_is_reported_with_its_line() {
    for wrong in ["https://a.example/npm", "a.example:443", "a b", "", "*."] {
        let text = format!("[packages]\npypi = []\nnpm = [\n  \"b.example\",\n  {wrong:?},\n]\n");
        let (settings, found) = Config::parse("registry.toml", &text);
        assert_eq!((found.len(), found[0].place.line), (1, 5), "{wrong}: {found:?}");
        assert_eq!(settings.packages.npm.patterns, ["b.example"], "{wrong}");
    }
    for (wrong, near) in
        [("nugets", "nuget"), ("repository_host", "repository_hosts"), ("http_host", "http_hosts")]
    {
        let (_, found) = Config::parse("registry.toml", &format!("[packages]\n{wrong} = []\n"));
        let help = found[0].help.as_deref().unwrap();
        assert!(help.contains(near) && found[0].place.line == 2, "{help}");
    }
}
