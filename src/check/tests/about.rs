//! Title, website, icons, repository.

use serde_json::json;

use super::{official, with};

#[test]
fn titles() {
    for (title, wanted) in [
        ("Weather", ""),
        (" Weather ", ""),
        ("  ", "title-whitespace-only@title"),
        ("\u{a0}\t", "title-whitespace-only"),
        ("", "value-not-allowed@title"),
    ] {
        official(&with(json!({"title": title})), wanted);
    }
    official(&with(json!({"title": "ü".repeat(100)})), "");
    official(&with(json!({"title": "ü".repeat(101)})), "value-not-allowed");
}

#[test]
fn websites() {
    for (website, wanted) in [
        ("https://example.com", ""),
        ("HTTPS://example.com/a?b#c", ""),
        ("", ""),
        ("https:example.com", ""),
        ("http://example.com", "website-url-invalid-scheme"),
        ("ftp://example.com", "website-url-invalid-scheme"),
        ("javascript:alert(1)", "website-url-invalid-scheme"),
        ("example.com", "website-url-must-be-absolute website-url-invalid-scheme"),
        ("//example.com", "website-url-must-be-absolute website-url-invalid-scheme"),
        ("/docs", "website-url-must-be-absolute website-url-invalid-scheme"),
        (":example.com", "invalid-website-url"),
        ("https://exa mple.com", "invalid-website-url website-url-invalid-characters"),
        ("https://example.com/\n", "invalid-website-url website-url-invalid-characters"),
        ("https://example.com/%zz", "invalid-website-url"),
        ("https://example.com/a b", "website-url-invalid-characters"),
        ("https://example.com/\"", "website-url-invalid-characters"),
        ("https://example.com/'", "website-url-invalid-characters"),
        ("https://example.com/<b>", "website-url-invalid-characters"),
        ("https://example.com/#a b", "website-url-invalid-characters"),
    ] {
        official(&with(json!({"websiteUrl": website})), wanted);
    }
}

#[test]
fn icons() {
    for (src, wanted) in [
        ("https://example.com/a.png", ""),
        ("http://example.com/a.png", "icon-src-invalid-scheme@icons[0].src"),
        ("data:image/png;base64,AA", "icon-src-invalid-scheme"),
        ("/a.png", "icon-src-not-absolute icon-src-invalid-scheme"),
        ("", "icon-src-not-absolute icon-src-invalid-scheme"),
        ("https://[a]/a.png", "icon-src-invalid-url"),
        ("https://example.com/%", "icon-src-invalid-url"),
    ] {
        official(&with(json!({"icons": [{"src": src}]})), wanted);
    }
    let long = format!("https://example.com/{}", "a".repeat(236));
    official(&with(json!({"icons": [{"src": long}]})), "value-not-allowed@icons[0].src");
    for (key, value, wanted) in [
        ("mimeType", json!("image/png"), ""),
        ("mimeType", json!(null), ""),
        ("mimeType", json!("image/gif"), "value-not-allowed@icons[0].mimeType"),
        ("mimeType", json!(""), "value-not-allowed"),
        ("theme", json!("dark"), ""),
        ("theme", json!("blue"), "value-not-allowed"),
        ("sizes", json!(["48x48", "any"]), ""),
        ("sizes", json!([]), ""),
        ("sizes", json!(["48X48"]), "value-not-allowed@icons[0].sizes[0]"),
        ("sizes", json!(["48x"]), "value-not-allowed"),
        ("sizes", json!("48x48"), "value-wrong-type@icons[0].sizes"),
    ] {
        official(
            &with(json!({"icons": [{"src": "https://example.com/a.png", key: value}]})),
            wanted,
        );
    }
    official(&with(json!({"icons": [{}]})), "property-missing@icons[0].src");
    official(&with(json!({"icons": [null]})), "value-wrong-type@icons[0]");
}

#[test]
fn repositories() {
    for (url, source, wanted) in [
        ("https://github.com/a/b", "github", ""),
        ("http://github.com/a/b", "github", ""),
        ("https://www.github.com/a/b/", "github", ""),
        ("https://github.com/a/b.git", "github", ""),
        ("https://github.com/a_b/c.d-e", "github", ""),
        ("https://gitlab.com/a/b", "gitlab", ""),
        ("https://gitlab.com/a/b/c", "gitlab", "invalid-repository-url@repository.url"),
        ("https://github.com/a/b", "gitlab", "invalid-repository-url"),
        ("https://github.com/a", "github", "invalid-repository-url"),
        ("https://github.com/a/b//", "github", "invalid-repository-url"),
        ("https://github.com/a/b/tree/main", "github", "invalid-repository-url"),
        ("https://github.com:443/a/b", "github", "invalid-repository-url"),
        ("https://GitHub.com/a/b", "github", "invalid-repository-url"),
        ("https://github.com/ä/b", "github", "invalid-repository-url"),
        ("https://codeberg.org/a/b", "codeberg", "invalid-repository-url"),
        ("https://github.com/a/b", "GitHub", "invalid-repository-url"),
        ("git@github.com:a/b", "github", "invalid-repository-url"),
        ("a/b", "github", "invalid-repository-url"),
    ] {
        official(&with(json!({"repository": {"url": url, "source": source}})), wanted);
    }
}

#[test]
fn repositories_with_holes() {
    official(&with(json!({"repository": {}})), "schema-violation@repository");
    official(
        &with(json!({"repository": {"url": "", "source": ""}})),
        "schema-violation@repository",
    );
    official(
        &with(json!({"repository": {"id": "1"}})),
        "schema-violation@repository.source schema-violation@repository.url",
    );
    official(
        &with(json!({"repository": {"source": "github"}})),
        "invalid-repository-url@repository.url",
    );
    official(
        &with(json!({"repository": {"url": "https://github.com/a/b"}})),
        "invalid-repository-url@repository.url schema-violation@repository.source",
    );
    official(&with(json!({"repository": "https://github.com/a/b"})), "value-wrong-type@repository");
}

#[test]
fn subfolders() {
    for (subfolder, fine) in [
        ("", true),
        ("a", true),
        ("a/b.c/d-e_f", true),
        ("...", true),
        (".a", true),
        ("/a", false),
        ("a/", false),
        ("a//b", false),
        (".", false),
        ("a/../b", false),
        ("a/.", false),
        ("a b", false),
        ("ä", false),
        ("a\\b", false),
        ("/", false),
    ] {
        let wanted = if fine { "" } else { "invalid-subfolder-path@repository.subfolder" };
        let repository =
            json!({"url": "https://github.com/a/b", "source": "github", "subfolder": subfolder});
        official(&with(json!({"repository": repository})), wanted);
    }
}
