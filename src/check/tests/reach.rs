//! Hosts and user information of URLs, in every place and spelling.

use serde_json::{Value, json};

use super::hostile::{PUBLIC, config, reported};
use super::{with, with_package};
use crate::check::{DocumentRules, Profile};
use crate::config::Config;

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
        let place = |reported: &str| match reported {
            "" => Vec::new(),
            reported => vec![format!("{reported}@/remotes/0/url")],
        };
        assert_eq!(reported(&remote(url), PUBLIC), place(public), "{url}");
        assert_eq!(reported(&remote(url), ""), place(private), "{url}");
    }
}

#[test]
fn settings_accept_hosts_in_any_spelling() {
    let allowed = format!(
        "{PUBLIC}[packages]\nremote_hosts = [\"*.corp.internal\", \"10.1.2.3\", \"localhost\"]\n"
    );
    for url in ["https://mcp.corp.internal/", "https://0x0a010203/", "https://LocalHost/"] {
        assert_eq!(reported(&remote(url), &allowed), Vec::<String>::new(), "{url}");
    }
    let other = reported(&remote("https://corp.internal/"), &allowed);
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
        assert_eq!(reported(&url(address, names), PUBLIC).join(" "), wanted, "{address}");
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
        let reported = reported(&document, PUBLIC);
        for code in ["url-own-machine", "url-user-information"] {
            assert!(reported.contains(&format!("error {code}@{place}")), "{place}: {reported:?}");
        }
    }
    // What other rules refuse already is not reported twice; user information alone they do not see.
    for (key, url) in [
        ("registryBaseUrl", "https://a@registry.npmjs.org"),
        ("identifier", "https://a@github.com/x.mcpb"),
    ] {
        let reported = reported(&with_package(json!({key: url})), "");
        let place = format!("@/packages/0/{key}");
        assert!(reported.iter().any(|s| s.ends_with(&place)), "{reported:?}");
    }
    let bundle = "https://a:b@github.com/a/b/releases/download/v1/x.mcpb";
    let bundle = with_package(json!({
        "registryType": "mcpb", "identifier": bundle, "version": null, "fileSha256": "0".repeat(64),
    }));
    assert_eq!(reported(&bundle, ""), ["error url-user-information@/packages/0/identifier"]);
    let transport = |url: &str| {
        reported(&with_package(json!({"transport": {"type": "sse", "url": url}})), PUBLIC)
    };
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
