//! What the strict profile asks of packages and metadata, and the hints.

use serde_json::{Value, json};

use super::{official, strict, with, with_package};
use crate::check::go_json::size;
use crate::check::reference::fault;
use crate::model::OciReference;

const SHA: &str = "fe333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce";
const BUNDLE: &str = "https://github.com/example/weather/releases/download/v1/weather.mcpb";

#[test]
fn members_of_each_package_type() {
    let sha = json!(SHA);
    for (kind, more, wanted) in [
        ("npm", json!({}), ""),
        ("pypi", json!({"registryBaseUrl": "https://pypi.org"}), ""),
        ("nuget", json!({"registryBaseUrl": "https://api.nuget.org/v3/index.json"}), ""),
        ("cargo", json!({"registryBaseUrl": "https://crates.io"}), ""),
        (
            "npm",
            json!({"registryBaseUrl": "https://registry.npmjs.org/"}),
            "package-base-url-mismatch",
        ),
        ("pypi", json!({"registryBaseUrl": "https://test.pypi.org"}), "package-base-url-mismatch"),
        ("npm", json!({"version": null}), "package-version-missing"),
        ("cargo", json!({"version": null}), "package-version-missing"),
        ("npm", json!({"version": 1}), "value-wrong-type"),
        ("nuget", json!({"fileSha256": sha}), "package-hash-forbidden"),
        ("npm", json!({"identifier": ""}), "package-identifier-missing"),
        ("npm", json!({"identifier": "  "}), "package-identifier-missing package-name-has-spaces"),
        ("go", json!({}), "package-registry-type-unknown@packages[0].registryType"),
        ("NPM", json!({}), "package-registry-type-unknown"),
    ] {
        let mut package = more;
        package["registryType"] = json!(kind);
        strict(&with_package(package), wanted);
    }
}

#[test]
fn images() {
    for (identifier, wanted) in [
        ("ghcr.io/example/weather:1.0.0", ""),
        ("docker.io/example/weather", ""),
        ("example/weather:1", ""),
        ("weather", ""),
        (
            "europe-docker.pkg.dev/a/b/c@sha256:fe333e598595000ae021bd27117db32ec69af6987f507ba7a63c90638ff633ce",
            "",
        ),
        ("example.azurecr.io/weather:1", ""),
        ("ghcr.io/Example/weather:1", "package-oci-reference-invalid"),
        ("ghcr.io/example/weather:", "package-oci-reference-invalid"),
        ("ghcr.io/example/weather@sha256:12", "package-oci-reference-invalid"),
        ("https://ghcr.io/example/weather", "package-oci-registry-unsupported"),
        ("registry.example.com/weather", "package-oci-registry-unsupported"),
        ("localhost/weather", "package-oci-registry-unsupported"),
        ("ghcr.io:443/example/weather", "package-oci-registry-unsupported"),
        ("", "package-identifier-missing"),
    ] {
        strict(&image(json!({"identifier": identifier})), wanted);
    }
    strict(&image(json!({"registryBaseUrl": "https://ghcr.io"})), "package-base-url-forbidden");
    strict(&image(json!({"fileSha256": SHA})), "package-hash-forbidden");
    strict(&image(json!({"version": "1"})), "package-version-forbidden lint-oci-tag-and-version");
    strict(
        &image(json!({"identifier": "ghcr.io/a/b", "version": "1"})),
        "package-version-forbidden",
    );
}

fn image(more: Value) -> Value {
    let mut package =
        json!({"registryType": "oci", "identifier": "ghcr.io/a/b:1", "version": null});
    for (key, value) in more.as_object().unwrap() {
        package[key] = value.clone();
    }
    with_package(package)
}

#[test]
fn references() {
    let is_valid = |text: &str| fault(&OciReference::split(text)).is_none();
    let parse = |text| {
        let image = OciReference::split(text);
        assert!(is_valid(text), "{text:?}");
        (image.registry, image.repository, image.tag, image.digest.is_some())
    };
    assert_eq!(parse("a/b"), (None, "a/b", None, false));
    assert_eq!(parse("ab:1"), (None, "ab", Some("1"), false));
    assert_eq!(parse("localhost:5000/a/b:x"), (Some("localhost:5000"), "a/b", Some("x"), false));
    assert_eq!(parse("a.b/c.d/e"), (Some("a.b"), "c.d/e", None, false));
    let pinned = format!("ghcr.io/a/b:1@sha256:{SHA}");
    assert_eq!(parse(pinned.as_str()), (Some("ghcr.io"), "a/b", Some("1"), true));
    for text in [
        "",
        "a",
        "a b",
        "a/b:c d",
        "a/b@md5:x",
        "a/b@",
        "ghcr.io/",
        "ghcr.io/a",
        "x@y@z",
        "[::1/a/b",
    ] {
        assert!(!is_valid(text), "{text:?}");
    }
    assert!(!is_valid(&format!("a/b:{}", "c".repeat(129))));
    assert!(!is_valid(&"a".repeat(256)));
}

#[test]
fn bundles() {
    let bundle = |more: Value| {
        let mut package = json!({
            "registryType": "mcpb", "identifier": BUNDLE, "fileSha256": SHA, "version": null,
        });
        for (key, value) in more.as_object().unwrap() {
            package[key] = value.clone();
        }
        with_package(package)
    };
    strict(&bundle(json!({})), "");
    strict(&bundle(json!({"version": "1.0.0"})), "");
    strict(&bundle(json!({"fileSha256": null})), "package-hash-missing");
    strict(&bundle(json!({"registryBaseUrl": "https://github.com"})), "package-base-url-forbidden");
    for (identifier, wanted) in [
        ("https://www.github.com/e/w/releases/download/v1/w.mcpb", ""),
        ("https://gitlab.com/a/b/c/-/releases/v1/downloads/w.mcpb", ""),
        ("https://gitlab.com/a/b/-/package_files/12/download?mcp", ""),
        ("http://github.com/e/w/releases/download/v1/w.mcpb", "package-mcpb-url-invalid"),
        ("https://github.com/e/w/archive/v1.mcpb", "package-mcpb-url-invalid"),
        ("https://github.com/e/releases/download/v1/w.mcpb", "package-mcpb-url-invalid"),
        ("https://github.com/-e/w/releases/download/v1/w.mcpb", "package-mcpb-url-invalid"),
        ("https://github.com/e/w/releases/download/v1/a/w.mcpb", "package-mcpb-url-invalid"),
        ("https://gitlab.com/a/b/-/package_files/x/download?mcp", "package-mcpb-url-invalid"),
        ("https://gitlab.com/-/releases/v1/downloads/w.mcpb", "package-mcpb-url-invalid"),
        ("https://github.com:443/e/w/releases/download/v1/w.mcpb", "package-mcpb-host-unsupported"),
        ("https://example.com/w.mcpb", "package-mcpb-host-unsupported"),
        ("https://example.com/w.zip", "package-mcpb-host-unsupported package-mcpb-not-named"),
        ("https://github.com/e/w/releases/download/v1/w.zip", "package-mcpb-not-named"),
        ("weather.mcpb", "package-mcpb-url-invalid"),
        ("https://[a]/w.mcpb", "package-mcpb-url-invalid"),
    ] {
        strict(&bundle(json!({"identifier": identifier})), wanted);
    }
}

#[test]
fn metadata_is_measured_as_go_writes_it() {
    for (value, bytes) in [
        (json!({}), 2),
        (json!({"a": 1, "b": [true, false, null]}), r#"{"a":1,"b":[true,false,null]}"#.len()),
        (json!("a\"\\\n\t\r"), 13),
        (json!("\u{8}\u{c}\u{1}\u{7f}"), 2 + 2 + 2 + 6 + 1),
        (json!("<>&\u{2028}"), 26),
        (json!("ü€😀/"), 2 + 2 + 3 + 4 + 1),
        (json!(1.0), 1),
        (json!(-0.5), 4),
        (json!(1e20), 21),
        (json!(1e21), 5),
        (json!(1e-6), 8),
        (json!(1e-7), 4),
        (json!(1.5e300), 8),
        (json!(12_345_678_901_234_567_890_u64), "12345678901234567000".len()),
    ] {
        assert_eq!(size(&value), bytes, "{value}");
    }
    let publisher = "io.modelcontextprotocol.registry/publisher-provided";
    let document = |n: usize| with(json!({"_meta": {publisher: {"a": "b".repeat(n)}}}));
    strict(&document(4096 - 8), "");
    strict(&document(4097 - 8), "publisher-metadata-too-large");
    official(&document(5000), "");
}

#[test]
fn hints() {
    let publisher = "io.modelcontextprotocol.registry/publisher-provided";
    let meta = |value: Value| with(json!({"_meta": {publisher: value}}));
    let icons = |icons: Value| with(json!({"icons": icons}));
    let icon = |src: &str| json!({"src": format!("https://example.com/{src}")});
    for (document, wanted) in [
        (meta(json!({"github": {"name": "a"}})), "lint-github-name-without-owner"),
        (meta(json!({"github": {"nameWithOwner": "a/b"}})), ""),
        (meta(json!({"github": "a"})), ""),
        (
            meta(json!({"tool": [], "version": {}, "buildInfo": 1})),
            "lint-publisher-tool-type lint-publisher-tool-type lint-publisher-tool-type",
        ),
        (meta(json!({"tool": "a", "version": 1, "buildInfo": {}})), ""),
        (icons(json!([icon("a.PNG?b"), icon("b.svg")])), ""),
        (icons(json!([icon("a.svg")])), "lint-icon-without-png@icons"),
        (icons(json!([icon("a.png"), icon("a.ico")])), "lint-icon-mime-type@icons[1].src"),
        (icons(json!([{"src": "https://example.com/a", "mimeType": "image/png"}])), ""),
        (with(json!({"remotes": null})), "lint-toolhive-invisible@"),
        (with(json!({"remotes": []})), "lint-toolhive-invisible@"),
    ] {
        official(&document, "");
        strict(&document, wanted);
    }
}
