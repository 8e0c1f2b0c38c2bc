//! Every diagnostic code that is not about one document alone: the smallest registry, site or import
//! that raises it, and a neighbour that does not. Codes about one document have folders in
//! `tests/rules/`; together they must be all codes there are.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use mcp_static::internals::diag::Code;

use crate::project::{Project, Ran, home};
use crate::sync::upstream::{World, listen};

type Make = fn(&Project);
type Run = fn(&Project) -> Ran;

/// A code, how to provoke it, a neighbour, and what to run.
struct Case {
    code: &'static str,
    bad: Make,
    good: Make,
    run: Run,
}

const NAME: &str = "com.example/weather";
const FOLDER: &str = "registry-data/servers/com.example/weather/1.0.0";

fn check(project: &Project) -> Ran {
    project.run(&["check", "-v"])
}

fn build(project: &Project) -> Ran {
    project.run(&["build", "-v", "--only", "api", "--base-url", "https://registry.example.com"])
}

fn pages(project: &Project) -> Ran {
    project.run(&["build", "-v", "--base-url", "https://registry.example.com"])
}

/// An entry with a package and this argument.
fn argument(p: &Project, argument: &str) {
    let members = format!(
        r#""packages": [{{"registryType": "npm", "identifier": "example", "version": "1.0.0",
        "transport": {{"type": "stdio"}}, "packageArguments": [{argument}]}}],"#
    );
    p.entry_with(NAME, "1.0.0", &members).pin(NAME, "1.0.0", "2026-01-01T00:00:00Z");
}

fn asking(p: &Project) {
    argument(p, r#"{"type": "positional", "valueHint": "city", "isRequired": true}"#);
}

fn repeating(p: &Project) {
    argument(p, r#"{"type": "positional", "value": "serve", "isRepeated": true}"#);
}
fn unasking(p: &Project) {
    argument(p, r#"{"type": "positional", "value": "serve"}"#);
}

fn check_site(project: &Project) -> Ran {
    project.run(&["check", "--site", "_site"])
}

fn import(project: &Project) -> Ran {
    project.run(&["import", "-v", "dump.json"])
}

/// One good, pinned entry.
fn fine(project: &Project) {
    project.entry(NAME, "1.0.0").pin(NAME, "1.0.0", "2026-01-01T00:00:00Z");
}

fn nothing(project: &Project) {
    project.file("registry-data/registry.toml", "");
}

fn undated(project: &Project) {
    project.entry(NAME, "1.0.0");
}

fn with_text(project: &Project, from: &str, to: &str) {
    fine(project);
    let path = format!("{FOLDER}/server.json");
    let text = project.read(&path);
    assert!(text.contains(from));
    project.file(&path, &text.replace(from, to));
}

fn built(project: &Project) {
    fine(project);
    build(project).expect(0);
}

fn dump(project: &Project, records: &str) {
    project.file("registry-data/registry.toml", "");
    project.file("dump.json", &format!("[{records}]"));
}

fn record(name: &str, version: &str, description: &str) -> String {
    format!(
        r#"{{"server":{{"name":"{name}","description":"{description}","version":"{version}"}},"_meta":{{"io.modelcontextprotocol.registry/official":{{"status":"active","publishedAt":"2026-01-01T00:00:00Z","updatedAt":"2026-01-01T00:00:00Z","isLatest":true}}}}}}"#
    )
}

/// One good entry, and what the registry says about it under its own key.
fn annotations(project: &Project, own: &str) {
    fine(project);
    project
        .file("registry-data/registry.toml", "[registry]\nmeta_key = \"com.example/registry\"\n");
    let text = format!("{{\"com.example/registry\":{own}}}");
    project.file("registry-data/servers/com.example/weather/annotations.json", &text);
}

#[cfg(unix)]
fn link(project: &Project) {
    fine(project);
    std::os::unix::fs::symlink("/etc/hosts", project.path(&format!("{FOLDER}/status.json")))
        .unwrap();
}

#[cfg(unix)]
fn executable(project: &Project) {
    use std::os::unix::fs::PermissionsExt as _;
    fine(project);
    let path = project.path(&format!("{FOLDER}/server.json"));
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn cases() -> Vec<Case> {
    let case = |code, bad: Make, good: Make, run: Run| Case { code, bad, good, run };
    vec![
        case("json-syntax", |p| with_text(p, "\"A server\",", "\"A server\""), fine, check),
        case(
            "json-not-utf8",
            |p| {
                fine(p);
                p.bytes(&format!("{FOLDER}/server.json"), b"{\"name\": \"\xff\"}");
            },
            |p| with_text(p, "A server", "Ein schöner Server"),
            check,
        ),
        case("json-byte-order-mark", |p| with_text(p, "{\n", "\u{feff}{\n"), fine, check),
        case(
            "json-duplicate-key",
            |p| with_text(p, "\"description\"", "\"descriptio\\u006e\": \"x\", \"description\""),
            |p| with_text(p, "\"description\"", "\"_meta\": {}, \"description\""),
            check,
        ),
        case(
            "json-lone-surrogate",
            |p| with_text(p, "A server", "A \\ud83d server"),
            |p| with_text(p, "A server", "A \\ud83d\\ude00 server"),
            check,
        ),
        case(
            "json-control-character",
            |p| with_text(p, "A server", "A \u{202e}server"),
            |p| with_text(p, "A server", "A 👩\u{200d}🔧 server"),
            check,
        ),
        case(
            "json-number-precision",
            |p| with_text(p, "\"description\"", &publisher("12345678901234567890")),
            |p| with_text(p, "\"description\"", &publisher("1234567890.5")),
            check,
        ),
        case(
            "file-too-large",
            |p| with_text(p, "{\n", &format!("{{{}\n", " ".repeat(300_000))),
            |p| with_text(p, "{\n", &format!("{{{}\n", " ".repeat(200_000))),
            check,
        ),
        #[cfg(unix)]
        case("file-not-regular", link, fine, check),
        #[cfg(unix)]
        case("file-mode", executable, fine, check),
        case(
            "file-unexpected",
            |p| {
                fine(p);
                p.file("registry-data/servers/server.json", "{}");
            },
            |p| {
                fine(p);
                p.file("registry-data/servers/README.md", "notes");
            },
            check,
        ),
        case("registry-empty", nothing, fine, check),
        case(
            "entry-incomplete",
            |p| {
                fine(p);
                p.remove(&format!("{FOLDER}/server.json"));
            },
            fine,
            check,
        ),
        case("name-path-mismatch", |p| with_text(p, NAME, "com.example/wether"), fine, check),
        case("version-path-mismatch", |p| with_text(p, "1.0.0", "1.0.1"), fine, check),
        case(
            "name-case-collision",
            |p| pair(p, "com.example/weather", "com.example/Weather"),
            |p| pair(p, "com.example/weather", "com.example/weathers"),
            check,
        ),
        case(
            "namespace-case-collision",
            |p| pair(p, "com.example/weather", "com.Example/other"),
            |p| pair(p, "com.example/weather", "com.example/other"),
            check,
        ),
        case(
            "name-confusable",
            |p| pair(p, "com.example/city-weather", "com.example/city_weather"),
            |p| pair(p, "com.example/city-weather", "com.example/cityweather"),
            check,
        ),
        case(
            "version-case-collision",
            |p| versions(p, "1.0.0-rc.a", "1.0.0-rc.A"),
            |p| versions(p, "1.0.0-rc.a", "1.0.0-rc.b"),
            check,
        ),
        case(
            "remote-url-shared",
            |p| remotes(p, "https://one.example.com/mcp", "https://one.example.com/mcp"),
            |p| remotes(p, "https://one.example.com/mcp", "https://two.example.com/mcp"),
            check,
        ),
        case("tombstone-violated", |p| tombstone(p, "1.0.0"), |p| tombstone(p, "0.9.0"), check),
        case(
            "settings-invalid",
            |p| settings(p, "[registry]\nnmae = \"x\"\n"),
            |p| settings(p, "[registry]\nname = \"x\"\n"),
            check,
        ),
        case(
            "status-invalid",
            |p| status(p, r#"{"status":"retired"}"#),
            |p| status(p, r#"{"status":"deprecated"}"#),
            check,
        ),
        case(
            "origin-invalid",
            |p| {
                fine(p);
                p.file(&format!("{FOLDER}/origin.json"), r#"{"publishedAt":"yesterday"}"#);
            },
            fine,
            check,
        ),
        case(
            "annotations-invalid",
            |p| annotations(p, r#"{"tier":"Approved"}"#),
            |p| annotations(p, r#"{"tier":"approved"}"#),
            check,
        ),
        case(
            "review-expired",
            |p| annotations(p, r#"{"review":{"date":"2026-01-01","expires":"2026-06-30"}}"#),
            |p| annotations(p, r#"{"review":{"date":"2026-01-01","expires":"2026-07-01"}}"#),
            |p| p.run_with(&["check"], &[("SOURCE_DATE_EPOCH", "1782864000")]), // 2026-07-01
        ),
        case(
            "tombstone-invalid",
            |p| {
                fine(p);
                p.file(
                    "registry-data/tombstones/com.example/weather/0.1.0.toml",
                    "reason = \"\"\n",
                );
            },
            |p| tombstone(p, "0.1.0"),
            check,
        ),
        case(
            "date-not-committed",
            |p| {
                committed(p);
                p.entry(NAME, "2.0.0");
            },
            committed,
            check,
        ),
        case(
            "date-before-first-commit",
            |p| {
                p.entry(NAME, "1.0.0");
                p.git();
            },
            committed,
            check,
        ),
        case("date-unknown", undated, fine, check),
        case("base-url-missing", fine, fine, |p| {
            // The neighbour is the same data with a base URL.
            let args = ["build", "-v", "--only", "api", "--out", "plain"];
            if p.path("plain").exists() { build(p) } else { p.run(&args) }
        }),
        case("list-too-large", |p| heavy(p, 40), |p| heavy(p, 2), build),
        // A package that asks for an argument, and one that does not.
        case("export-left-out", asking, unasking, pages),
        case("allowlist-by-name", asking, unasking, pages),
        // Nothing is allowed without a version where an argument may be repeated.
        case("allowlist-unpinned", unasking, repeating, pages),
        case(
            "site-file-missing",
            |p| {
                built(p);
                p.remove("_site/openapi.yaml");
            },
            built,
            check_site,
        ),
        case(
            "site-file-changed",
            |p| {
                built(p);
                p.file("_site/openapi.yaml", "");
            },
            built,
            check_site,
        ),
        case("policy-warned", |p| policy(p, "warn", ""), |p| policy(p, "allow", ""), check),
        case(
            "policy-exception-expired",
            |p| policy(p, "warn", &exception(NAME, "2026-01-01")),
            |p| policy(p, "warn", &exception(NAME, "2026-01-02")),
            check_in_january,
        ),
        case(
            "policy-exception-unused",
            |p| policy(p, "warn", &exception("com.example/other", "2026-01-02")),
            |p| policy(p, "warn", &exception(NAME, "2026-01-02")),
            check_in_january,
        ),
        case(
            "site-file-surplus",
            |p| {
                built(p);
                p.file("_site/extra", "");
            },
            built,
            check_site,
        ),
        case(
            "site-shrunk",
            |p| {
                built(p);
                let manifest = p.read("_site/manifest.json");
                let more: String = (0..2)
                    .map(|n| {
                        manifest
                            .lines()
                            .filter(|l| l.contains("/versions/latest"))
                            .map(|l| l.replace("com.example", &format!("com.example{n}")) + "\n")
                            .collect::<String>()
                    })
                    .collect();
                p.file(
                    "live.json",
                    &manifest.replacen(
                        "[\n",
                        &format!(
                            "[\n{}",
                            more.trim_end().replace("}\n", "},\n").replace(",,", ",")
                        ),
                        1,
                    ),
                );
            },
            |p| {
                built(p);
                p.file("live.json", &p.read("_site/manifest.json"));
            },
            |p| p.run(&["check", "--site", "_site", "--before", "live.json"]),
        ),
        case(
            "import-refused",
            |p| dump(p, &record(NAME, "{{VERSION}}", "x")),
            |p| dump(p, &record(NAME, "1.0.0", "x")),
            import,
        ),
        case(
            "import-draft",
            |p| dump(p, "{\"name\": \"com.example/tides\", \"version\": \"1.0.0\"}"),
            |p| dump(p, &record(NAME, "1.0.0", "x")),
            import,
        ),
        case(
            "import-repaired",
            |p| {
                dump(
                    p,
                    "{\"name\": \"com.example/tides\", \"version\": \"1.0.0\", \"description\": \"x\"}",
                )
            },
            |p| dump(p, &record(NAME, "1.0.0", "x")),
            import,
        ),
        case(
            "mirror-gone",
            |p| mirror(p, "com.example/gone"),
            |p| mirror(p, NAME),
            |p| p.run(&["sync"]),
        ),
        case(
            "import-conflict",
            |p| {
                dump(p, &record(NAME, "1.0.0", "x"));
                import(p).expect(0);
                dump(p, &record(NAME, "1.0.0", "y"));
            },
            |p| {
                dump(p, &record(NAME, "1.0.0", "x"));
                import(p).expect(0);
            },
            import,
        ),
    ]
}

/// A mirror of one server, from a registry that has [`NAME`].
fn mirror(p: &Project, name: &str) {
    let mut world = World::default();
    world.publish(NAME, "1.0.0", 1_767_225_600);
    let base = listen(Arc::new(Mutex::new(world)));
    let settings = format!("[[mirror]]\nfrom = \"{base}\"\nservers = [\"{name}\"]\n");
    p.file("registry-data/registry.toml", &settings);
}

fn publisher(number: &str) -> String {
    format!(
        "\"_meta\": {{\"io.modelcontextprotocol.registry/publisher-provided\": {{\"n\": {number}}}}}, \"description\""
    )
}

fn pair(p: &Project, a: &str, b: &str) {
    for name in [a, b] {
        p.entry(name, "1.0.0").pin(name, "1.0.0", "2026-01-01T00:00:00Z");
    }
}

fn versions(p: &Project, a: &str, b: &str) {
    for version in [a, b] {
        p.entry(NAME, version).pin(NAME, version, "2026-01-01T00:00:00Z");
    }
}

fn remotes(p: &Project, a: &str, b: &str) {
    for (name, url) in [("com.example/one", a), ("com.example/two", b)] {
        let more = format!("\"remotes\": [{{\"type\": \"sse\", \"url\": \"{url}\"}}],");
        p.entry_with(name, "1.0.0", &more).pin(name, "1.0.0", "2026-01-01T00:00:00Z");
    }
}

fn tombstone(p: &Project, version: &str) {
    fine(p);
    p.file(
        &format!("registry-data/tombstones/com.example/weather/{version}.toml"),
        "reason = \"spam\"\n",
    );
}

fn settings(p: &Project, text: &str) {
    fine(p);
    p.file("registry-data/registry.toml", text);
}

/// One good entry, and a policy with one rule that matches it.
fn policy(p: &Project, action: &str, more: &str) {
    let rule = "match = { name = [\"com.example/weather\"] }\n";
    let rule = format!("[[rules]]\nid = \"a\"\naction = \"{action}\"\nreason = \"x\"\n{rule}");
    fine(p);
    p.file("registry-data/policy.toml", &(rule + more));
}

fn exception(name: &str, expires: &str) -> String {
    let exception = "[[exceptions]]\nrule = \"a\"\nreason = \"x\"\napproved_by = \"Jo\"\n";
    format!("{exception}name = [\"{name}\"]\nexpires = {expires}\n")
}

/// Checks on the second of January 2026.
fn check_in_january(project: &Project) -> Ran {
    project.run_with(&["check", "-v"], &[("SOURCE_DATE_EPOCH", "1767312000")])
}

fn status(p: &Project, text: &str) {
    fine(p);
    p.file(&format!("{FOLDER}/status.json"), text);
}

fn committed(p: &Project) {
    p.entry(NAME, "1.0.0");
    p.git();
    p.commit(1_700_000_000);
}

/// Mirrored entries of 200 KiB each.
fn heavy(p: &Project, count: usize) {
    for i in 0..count {
        let name = format!("com.example/heavy-{i}");
        p.entry_with(&name, "1.0.0", &format!("\"title\": \"{}\",", "x".repeat(200_000)));
        p.file(
            &format!("registry-data/servers/{name}/1.0.0/origin.json"),
            r#"{"registry":"https://other.example.com","publishedAt":"2026-01-01T00:00:00Z"}"#,
        );
    }
}

/// Codes that no data folder can raise today; each is pinned by the unit test named beside it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("duplicate-version", "reserved: folders make versions unique"),
    ("proof-invalid", "proof::file::tests::every_odd_file_is_refused"),
    ("host-shortfall", "site::host::tests::a_limit_that_is_passed_is_a_shortfall"),
    ("host-limit-exceeded", "site::host::tests::a_limit_that_is_passed_is_a_shortfall"),
    ("change-uncommitted", "it::gate::nothing_committed_is_nothing_judged"),
    ("output-collision", "site::write::tests::paths_that_collide_are_found"),
];

#[test]
fn every_code_is_raised_by_the_smallest_case_and_not_by_its_neighbour() {
    for case in cases() {
        for (make, raised) in [(case.bad, true), (case.good, false)] {
            let project = Project::empty();
            make(&project);
            if !raised && case.code == "base-url-missing" {
                project.file("plain/.keep", "");
            }
            let ran = (case.run)(&project);
            let said = format!("[{}]", case.code);
            assert_eq!(ran.out.contains(&said), raised, "{}:\n{}\n{}", case.code, ran.out, ran.err);
            assert!(ran.code <= 1, "{}: {}", case.code, ran.err);
        }
    }
}

#[test]
fn every_code_has_its_case_or_its_folder() {
    let mut known: BTreeSet<String> = cases().iter().map(|case| case.code.to_owned()).collect();
    known.extend(ELSEWHERE.iter().map(|(code, _)| (*code).to_owned()));
    for entry in std::fs::read_dir(home().join("tests/rules")).unwrap() {
        known.insert(entry.unwrap().file_name().to_string_lossy().into_owned());
    }
    known.extend(crate::changes::codes());
    #[cfg(not(unix))]
    known.extend(["file-not-regular", "file-mode"].map(str::to_owned));
    let all: BTreeSet<String> = Code::ALL.iter().map(|code| code.as_str().to_owned()).collect();
    assert_eq!(all.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "without a case");
    assert_eq!(known.difference(&all).collect::<Vec<_>>(), Vec::<&String>::new(), "without a code");
}
