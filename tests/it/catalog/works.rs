//! The page "Works with" and its badge: what a result of a probe may do on them, and what not.

use mcp_static::internals::config::BaseUrl;
use mcp_static::internals::error::ErrorKind;
use mcp_static::internals::pipeline::{LoadOptions, Loaded, Silent, check, load};
use mcp_static::internals::site::{Media, Site};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{BASE, at, html, pages, sample, text};
use crate::project::home;

/// What no page may take for markup or code.
const MARKUP: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}\u{202e}\u{1b}[2J]]>--></td>";

fn loaded() -> Loaded {
    let base_url = Some(BaseUrl::parse(BASE).unwrap());
    let data = home().join("registry-data");
    load(&LoadOptions { data, base_url, catalog: true, ..LoadOptions::default() }).unwrap()
}

fn with(result: &Value) -> Site {
    let mut loaded = loaded();
    loaded.show_probe(result.to_string().into_bytes()).unwrap();
    let (registry, _) = check(&loaded, &Silent).unwrap();
    let site = loaded.renderer().site(&registry);
    assert_eq!(loaded.template_problems(), []);
    site
}

/// A result in which a known client works, one fails, and one is not of this version.
fn result(text: &str) -> Value {
    let problem = |id: &str| json!({"id": id, "grade": "fails", "title": text, "request": text, "detail": text, "fix": text});
    json!({
        "tool": "mcp-static 9.9.9",
        "baseUrl": BASE,
        "preview": true,
        "servers": 1,
        "lookedUp": [{"name": text, "version": text}],
        "requests": 3,
        "later": text,
        "clients": [
            {"id": "vscode", "name": text, "required": true, "verdict": "works",
             "capabilities": {"list": {"grade": "works", "problems": []}, "search": {"grade": "partly", "problems": []}}},
            {"id": "docker", "name": "Docker", "verdict": "fails",
             "capabilities": {"list": {"grade": "fails", "problems": [problem("v0-missing"), problem(text)]}}},
            {"id": text, "name": format!("Emacs {text}"), "verdict": "works",
             "capabilities": {"list": {"grade": null}, "telepathy": {"grade": "works", "problems": []}}},
        ],
        "notes": [text],
    })
}

#[test]
fn the_result_has_a_page_that_keeps_the_rules() {
    for words in ["fine", MARKUP] {
        let site = with(&result(words));
        for path in ["", "probe"] {
            html::assert_rules(&site, path, &text(&site, path));
        }
        let page = text(&site, "probe");
        for part in [
            "Emacs ",
            "<th scope=row dir=auto>VS Code",
            "there is no list at /v0/servers",
            "Before it was published",
        ] {
            assert!(page.contains(part), "{part}\n{page}");
        }
        assert!(!page.contains("telepathy"), "{page}");
    }
}

#[test]
fn nothing_of_a_hostile_result_acts() {
    let site = with(&result(MARKUP));
    let known = text(&sample(), "");
    for path in ["", "probe", "probe/badge.svg", "sitemap.xml"] {
        let page = text(&site, path);
        for part in ["<script>alert", "<img src=x", "onerror=alert(1)>", "49", "\u{202e}", "\u{1b}"]
        {
            assert!(!page.contains(part) || known.contains(part), "{path}: {part}\n{page}");
        }
    }
    let page = text(&site, "probe");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
}

#[test]
fn the_front_page_names_clients_that_work_and_no_other_page_knows_of_them() {
    let (before, after) = (sample(), with(&result("fine")));
    let front = text(&after, "");
    assert!(front.contains("href=./probe/") && !front.contains("badge.svg"));
    let said = html::only(&front, ".works");
    assert_eq!(said, "Works with ✓ VS Code ✓ Emacs fine preview");
    assert_eq!(html::only(&text(&after, "probe"), "h1"), "2 of 3 clients work fully");
    for artifact in after.artifacts() {
        let path = artifact.path.as_str();
        let same = at(&before, path).is_some_and(|old| old.body == artifact.body);
        let knows = path.is_empty() || path == "sitemap.xml" || path.starts_with("probe");
        assert_eq!(same, !knows, "{path}");
    }
    assert!(!text(&before, "").contains("probe/") && at(&before, "probe").is_none());
    let result = at(&after, "probe/probe.json").unwrap();
    assert_eq!(result.media, Media::Json);
    assert!(pages(&after).len() == pages(&before).len() + 1);
}

#[test]
fn what_is_no_result_or_another_registry_s_is_refused() {
    let refused = |bytes: Vec<u8>| {
        let error = loaded().show_probe(bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        format!("{error:#}")
    };
    for (bytes, words) in [
        (&b"<html>"[..], "not the result of a probe"),
        (b"{}", "missing field `tool`"),
        (b"[]", "not the result of a probe"),
        (b"\xff", "not the result of a probe"),
    ] {
        let said = refused(bytes.to_vec());
        assert!(said.contains(words), "{said}");
    }
    for (member, value, words) in [
        ("tool", json!("curl 8"), "does not name mcp-static"),
        (
            "baseUrl",
            json!("https://other.example.com"),
            "this registry is at https://registry.example.com/catalog",
        ),
        ("baseUrl", json!("http://127.0.0.1:8080"), "clients refuse http"),
        ("checkedAt", json!("yesterday"), "not an RFC 3339 date-time"),
        ("clients", json!([]), "`clients` is empty"),
        ("clients", json!([{"id": "vscode"}]), "missing field `name`"),
        ("preview", json!("yes"), "expected a boolean"),
    ] {
        let mut wrong = result("fine");
        wrong[member] = value;
        let said = refused(wrong.to_string().into_bytes());
        assert!(said.contains(words), "{member}: {said}");
    }
    let said = refused(vec![b' '; 5 << 20]);
    assert!(said.contains("too large"), "{said}");
    let mut homeless = loaded();
    homeless.facts.base_url = None;
    let error = homeless.show_probe(result("fine").to_string().into_bytes()).unwrap_err();
    assert!(format!("{error:#}").contains("no base URL of this registry is known"), "{error}");
}
