//! What an entry may not smuggle: hosts, user information, line breaks, options and risks, in every
//! place where they can stand.

use serde_json::{Value, json};

use super::{official, strict, with, with_package};
use crate::check::{DocumentRules, Profile, document};
use crate::config::Config;
use crate::diag::Severity;

fn config(text: &str) -> Config {
    let (config, wrong) = Config::parse("registry.toml", text);
    assert_eq!(wrong, []);
    config
}

const PUBLIC: &str = "[registry]\nvisibility = \"public\"\n";

/// Codes with severities and places, as in `error url-own-machine@/remotes/0/url`.
fn said(document: &Value, settings: &str) -> Vec<String> {
    let rules = DocumentRules::of(Profile::Strict, &config(settings));
    let found = super::super::document(document, &rules);
    let mut said: Vec<_> = found
        .iter()
        .filter(|f| f.severity != Severity::Note)
        .map(|f| format!("{} {}@{}", f.severity, f.code, f.pointer.as_str()))
        .collect();
    said.sort();
    said
}

fn remote(url: &str) -> Value {
    with(json!({"remotes": [{"type": "streamable-http", "url": url}]}))
}

#[test]
fn a_host_is_judged_by_who_may_read_the_registry() {
    for (url, public, private) in [
        ("https://example.com/mcp", "", ""),
        ("https://localhost/mcp", "error url-own-machine", "warning url-own-machine"),
        ("https://LOCALHOST.:8443/mcp", "error url-own-machine", "warning url-own-machine"),
        ("https://2130706433/mcp", "error url-own-machine", "warning url-own-machine"),
        ("https://[::ffff:127.0.0.1]:1/", "error url-own-machine", "warning url-own-machine"),
        ("https://127.0.0.1", "error url-own-machine", "warning url-own-machine"),
        ("https://127.0.0.1?x", "error url-own-machine", "warning url-own-machine"),
        ("https://10.1.2.3/mcp", "error url-private-network", ""),
        ("https://0xa9fea9fe/latest", "error url-private-network", ""),
        ("https://intranet/mcp", "error url-private-network", ""),
        ("https://mcp.corp.internal/mcp", "error url-private-network", ""),
    ] {
        let place = |said: &str| match said {
            "" => Vec::new(),
            said => vec![format!("{said}@/remotes/0/url")],
        };
        assert_eq!(said(&remote(url), PUBLIC), place(public), "{url}");
        assert_eq!(said(&remote(url), ""), place(private), "{url}");
    }
}

#[test]
fn settings_accept_hosts_in_any_spelling() {
    let allowed = format!(
        "{PUBLIC}[packages]\nremote_hosts = [\"*.corp.internal\", \"10.1.2.3\", \"localhost\"]\n"
    );
    for url in ["https://mcp.corp.internal/", "https://0x0a010203/", "https://LocalHost/"] {
        assert_eq!(said(&remote(url), &allowed), Vec::<String>::new(), "{url}");
    }
    let other = said(&remote("https://corp.internal/"), &allowed);
    assert_eq!(other, ["error url-private-network@/remotes/0/url"]);
    for wrong in ["https://a", "*", "a b", ""] {
        let text = format!("[packages]\nremote_hosts = [{wrong:?}]\n");
        let (config, found) = Config::parse("registry.toml", &text);
        assert!(config.packages.remote_hosts.is_empty(), "{wrong}");
        assert_eq!((found.len(), found[0].place.line), (1, 2), "{wrong}");
    }
    let (_, found) = Config::parse("registry.toml", "[packages]\nremote_host = []\n");
    assert_eq!(found.len(), 1);
}

#[test]
fn a_host_that_a_variable_decides_is_not_judged() {
    let url = |url: &str, names: &[&str]| {
        let variables: Value = names
            .iter()
            .map(|name| ((*name).to_owned(), json!({})))
            .collect::<serde_json::Map<_, _>>()
            .into();
        with(json!({"remotes": [{"type": "sse", "url": url, "variables": variables}]}))
    };
    for (address, names, wanted) in [
        ("https://{host}/mcp", &["host"][..], ""),
        ("https://{where}:{port}/mcp", &["where", "port"], ""),
        ("https://{a}.{b}/", &["a", "b"], ""),
        ("https://{tenant}.example.com/{a}", &["tenant", "a"], ""),
        (
            "https://{tenant}.corp.internal/",
            &["tenant"],
            "error url-private-network@/remotes/0/url",
        ),
        ("https://{a}.localhost/", &["a"], "error url-own-machine@/remotes/0/url"),
        ("https://127.1:{port}/", &["port"], "error url-own-machine@/remotes/0/url"),
    ] {
        assert_eq!(said(&url(address, names), PUBLIC).join(" "), wanted, "{address}");
    }
}

#[test]
fn the_help_names_the_setting_that_accepts_the_host() {
    let variables = json!({"a": {}});
    for (url, host) in [
        ("https://167837955/", "10.1.1.3"),
        ("https://[::ffff:127.0.0.1]/", "::ffff:127.0.0.1"),
        ("https://[fe80::1%25eth0]/", "fe80::1"),
        ("https://x.{a}y.CORP./", "*.corp"),
        ("https://{a}/", ""),
    ] {
        let document =
            with(json!({"remotes": [{"type": "sse", "url": url, "variables": variables}]}));
        let rules = |settings: &str| DocumentRules::of(Profile::Strict, &config(settings));
        let about = |settings: &str| {
            let mut found = super::super::document(&document, &rules(settings));
            found.retain(|f| f.code.as_str().starts_with("url-"));
            found.iter().filter_map(|f| f.help.clone()).collect::<String>()
        };
        let help = about(PUBLIC);
        assert_eq!(
            help.contains(&format!("{host:?} to [packages] remote_hosts")),
            !host.is_empty(),
            "{help}"
        );
        if !host.is_empty() {
            let allowed = format!("{PUBLIC}[packages]\nremote_hosts = [{host:?}]\n");
            assert_eq!(about(&allowed), "", "{url}");
        }
    }
}

#[test]
fn every_url_of_a_document_is_judged() {
    let hostile = "https://a:b@127.1/mcp";
    for (document, place) in [
        (with(json!({"websiteUrl": hostile})), "/websiteUrl"),
        (with(json!({"websiteUrl": "https:a:b@127.1/mcp"})), "/websiteUrl"),
        (with(json!({"websiteUrl": "https:\\\\a:b@127.1\\mcp"})), "/websiteUrl"),
        (with(json!({"icons": [{"src": hostile}]})), "/icons/0/src"),
        (remote(hostile), "/remotes/0/url"),
    ] {
        let said = said(&document, PUBLIC);
        for code in ["url-own-machine", "url-user-information"] {
            assert!(said.contains(&format!("error {code}@{place}")), "{place}: {said:?}");
        }
    }
    // What other rules refuse already is not said twice; user information alone they do not see.
    for (key, url) in [
        ("registryBaseUrl", "https://a@registry.npmjs.org"),
        ("identifier", "https://a@github.com/x.mcpb"),
    ] {
        let said = said(&with_package(json!({key: url})), "");
        let place = format!("@/packages/0/{key}");
        assert!(said.iter().any(|s| s.ends_with(&place)), "{said:?}");
    }
    let bundle = "https://a:b@github.com/a/b/releases/download/v1/x.mcpb";
    let bundle = with_package(json!({
        "registryType": "mcpb", "identifier": bundle, "version": null, "fileSha256": "0".repeat(64),
    }));
    assert_eq!(said(&bundle, ""), ["error url-user-information@/packages/0/identifier"]);
    let transport =
        |url: &str| said(&with_package(json!({"transport": {"type": "sse", "url": url}})), PUBLIC);
    assert_eq!(transport("http://127.0.0.1:80/"), Vec::<String>::new());
    assert_eq!(
        transport("http://a@localhost/"),
        ["error url-user-information@/packages/0/transport/url"]
    );
    assert_eq!(
        transport("http://169.254.169.254/"),
        ["error url-private-network@/packages/0/transport/url"]
    );
}

/// A document with `text` in each place that is one line, and where it stands.
fn lines(text: &str) -> Vec<(Value, &'static str)> {
    let remote = |more: Value| {
        let mut remote = json!({"type": "sse", "url": "https://example.com/"});
        for (key, value) in more.as_object().unwrap() {
            remote[key] = value.clone();
        }
        with(json!({"remotes": [remote]}))
    };
    let header = |key: &str| {
        let mut header = json!({"name": "X-A"});
        header[key] = json!(text);
        remote(json!({"headers": [header]}))
    };
    let package = |list: &str, input: Value| with_package(json!({list: [input]}));
    vec![
        (with(json!({"title": text})), "/title"),
        (with(json!({"description": text})), "/description"),
        (header("name"), "/remotes/0/headers/0/name"),
        (header("value"), "/remotes/0/headers/0/value"),
        (header("default"), "/remotes/0/headers/0/default"),
        (header("placeholder"), "/remotes/0/headers/0/placeholder"),
        (
            remote(json!({"headers": [{"name": "A", "choices": ["a", text]}]})),
            "/remotes/0/headers/0/choices/1",
        ),
        (
            remote(
                json!({"headers": [{"name": "A", "value": "{v}", "variables": {"v": {"value": text}}}]}),
            ),
            "/remotes/0/headers/0/variables/v/value",
        ),
        (remote(json!({"variables": {"v": {"default": text}}})), "/remotes/0/variables/v/default"),
        (
            package("environmentVariables", json!({"name": text})),
            "/packages/0/environmentVariables/0/name",
        ),
        (
            package("environmentVariables", json!({"name": "A", "value": text})),
            "/packages/0/environmentVariables/0/value",
        ),
        (
            package("runtimeArguments", json!({"type": "positional", "value": text})),
            "/packages/0/runtimeArguments/0/value",
        ),
        (
            package("packageArguments", json!({"type": "named", "name": text})),
            "/packages/0/packageArguments/0/name",
        ),
        (
            package(
                "packageArguments",
                json!({"type": "positional", "valueHint": text, "value": "a"}),
            ),
            "/packages/0/packageArguments/0/valueHint",
        ),
        (
            with_package(
                json!({"transport": {"type": "sse", "url": "http://localhost/", "headers": [{"name": "A", "value": text}]}}),
            ),
            "/packages/0/transport/headers/0/value",
        ),
        (with_package(json!({"runtimeHint": text})), "/packages/0/runtimeHint"),
        (
            with(
                json!({"repository": {"url": "https://github.com/a/b", "source": "github", "id": text}}),
            ),
            "/repository/id",
        ),
    ]
}

#[test]
fn a_text_of_one_line_holds_no_line_break_wherever_it_stands() {
    for text in ["a\nb", "a\r\nb", "a\rb", "a\tb", "\na", "a\n"] {
        for (document, place) in lines(text) {
            let said = said(&document, "");
            let wanted = format!("error text-line-break@{place}");
            assert!(said.contains(&wanted), "{text:?} at {place}: {said:?}");
            let quiet = crate::check::document(&document, &DocumentRules::new(Profile::Official));
            assert!(quiet.iter().all(|f| f.code.as_str() != "text-line-break"));
        }
    }
    for (document, place) in lines("ab") {
        assert_eq!(said(&document, ""), Vec::<String>::new(), "{place}");
    }
    let paragraphs = json!({"environmentVariables": [{"name": "A", "description": "a\n\nb\tc"}]});
    strict(&with_package(paragraphs), "");
}

#[test]
fn a_name_is_nothing_but_a_name() {
    for (name, fine) in [("A", true), ("", true), ("x-api-key", true), ("A=b", false), ("=", false)]
    {
        let wanted =
            if fine { "" } else { "input-name-invalid@packages[0].environmentVariables[0].name" };
        strict(&with_package(json!({"environmentVariables": [{"name": name}]})), wanted);
    }
    for (name, fine) in [
        ("X-Key", true),
        ("a_b.c~", true),
        ("X: y", false),
        ("X Y", false),
        ("X:", false),
        ("\u{e9}", false),
    ] {
        let headers = json!([{"name": name}]);
        let wanted = if fine { "" } else { "input-name-invalid" };
        strict(
            &with(
                json!({"remotes": [{"type": "sse", "url": "https://example.com", "headers": headers}]}),
            ),
            wanted,
        );
        strict(
            &with_package(
                json!({"transport": {"type": "sse", "url": "http://localhost/", "headers": headers}}),
            ),
            wanted,
        );
    }
    for (name, fine) in
        [("tenant", true), ("a b", true), ("a=b", false), ("a{b", false), ("a\nb", false)]
    {
        let variables = json!({name: {}});
        let wanted = if fine { "" } else { "input-name-invalid" };
        strict(
            &with(
                json!({"remotes": [{"type": "sse", "url": "https://example.com", "variables": variables}]}),
            ),
            wanted,
        );
        strict(
            &with_package(
                json!({"packageArguments": [{"type": "positional", "value": "a", "variables": variables}]}),
            ),
            wanted,
        );
    }
}

#[test]
fn packages_are_no_options_and_hints_are_programs() {
    strict(
        &with_package(json!({"identifier": "-g"})),
        "package-leading-hyphen@packages[0].identifier",
    );
    strict(&with_package(json!({"version": "-1"})), "package-leading-hyphen@packages[0].version");
    official(&with_package(json!({"identifier": "-g", "version": "-1"})), "");
    for (hint, fine) in [
        ("npx", true),
        ("python3.12", true),
        ("g++", true),
        ("darwin-arm64", true),
        ("/bin/sh", false),
        ("./npx", false),
        ("..", false),
        ("C:\\npx.cmd", false),
        ("npx -y", false),
        ("-c", false),
        ("npx;sh", false),
        ("$SHELL", false),
        ("n\u{440}x", false),
    ] {
        let wanted = if fine { "" } else { "runtime-hint-invalid@packages[0].runtimeHint" };
        strict(&with_package(json!({"runtimeHint": hint})), wanted);
    }
}

#[test]
fn loaders_and_escapes_are_warnings() {
    strict(
        &with_package(json!({"environmentVariables": [{"name": "ld_preload"}]})),
        "risky-environment",
    );
    for (arguments, wanted) in [
        (json!([{"type": "positional", "value": "--privileged"}]), "risky-container"),
        (json!([{"type": "named", "name": "--privileged"}]), "risky-container"),
        (json!([{"type": "named", "name": "--network", "value": "host"}]), "risky-container"),
        (json!([{"type": "named", "name": "--network", "default": "host"}]), "risky-container"),
        (json!([{"type": "named", "name": "--network=host"}]), "risky-container"),
        (
            json!([{"type": "positional", "value": "--net"}, {"type": "positional", "value": "host"}]),
            "risky-container",
        ),
        (
            json!([{"type": "named", "name": "-v", "value": "{a}{b}:/x", "variables": {"a": {"value": "/"}, "b": {"default": "root"}}}]),
            "risky-container",
        ),
        (
            json!([{"type": "named", "name": "-e", "value": "LD_PRELOAD=/x.so"}]),
            "risky-environment",
        ),
        (
            json!([{"type": "named", "name": "-e", "value": "API_KEY={k}", "variables": {"k": {}}}]),
            "",
        ),
        (json!([{"type": "named", "name": "-v", "value": "data:/data"}]), ""),
    ] {
        strict(&with_package(json!({"runtimeArguments": arguments})), wanted);
        official(&with_package(json!({"runtimeArguments": arguments})), "");
    }
    // Variables that name each other's text do not make a value grow without end.
    let long = "{a}".repeat(10_000);
    let arguments = json!([{"type": "positional", "value": long, "variables": {"a": {"value": "x".repeat(10_000)}}}]);
    assert!(
        document(&with_package(json!({"runtimeArguments": arguments})), &DocumentRules::default())
            .is_empty()
    );
}

#[test]
fn a_namespace_that_cannot_be_proven_is_said_where_a_proof_is_wanted() {
    let wants = [PUBLIC, "[ownership]\ntrust = \"proof\"\n"];
    let opens = [
        "",
        "[ownership]\ntrust = \"review\"\n",
        "[registry]\nvisibility = \"public\"\n[ownership]\ntrust = \"review\"\n",
        "[registry]\nvisibility = \"public\"\n[[ownership.rule]]\nnamespace = \"*\"\nmethods = [\"owners-file\"]\n",
    ];
    for namespace in
        ["uk.co", "io.github", "internal.acme", "test.acme", "corp.acme", "localhost.acme"]
    {
        let document = with(json!({"name": format!("{namespace}/weather")}));
        for settings in wants {
            assert_eq!(
                said(&document, settings),
                ["error ownership-unclaimable@/name"],
                "{namespace}"
            );
        }
        for settings in opens {
            assert_eq!(said(&document, settings), Vec::<String>::new(), "{namespace} {settings}");
        }
        official(&document, "");
    }
    for namespace in [
        "com.example",
        "io.github.alice",
        "io.github.github",
        "io.github.actions",
        "io.github.dependabot",
    ] {
        let document = with(json!({"name": format!("{namespace}/weather")}));
        assert_eq!(said(&document, PUBLIC), Vec::<String>::new(), "{namespace}");
    }
    for namespace in ["io.github.settings", "io.github.Orgs", "io.github.ghost"] {
        let document = with(json!({"name": format!("{namespace}/weather")}));
        assert_eq!(said(&document, PUBLIC), ["error namespace-grammar@/name"], "{namespace}");
    }
}
