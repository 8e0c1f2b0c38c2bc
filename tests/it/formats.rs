//! The printed forms of a report.

use mcp_static::internals::diag::format::{Format, Style, render, summary};
use mcp_static::internals::diag::{Code, Diagnostic, Finding, Levels, Place, Report, SourceFile};
use pretty_assertions::assert_eq;
use proptest::prelude::*;
use serde_json::Value;

const SERVER: &str = "{\n  \"$schema\": \"x\",\n  \"name\": \"io.github.acme/wether\",\n\t\"version\": \"1.0.0\"\n}\n";

fn name_and_folder() -> Diagnostic {
    let path = "registry-data/servers/io.github.acme/weather/1.0.0/server.json";
    SourceFile::new(path, SERVER).diagnose(
        Finding::new(Code::NamePathMismatch, "/name", "server name and folder disagree")
            .help("rename the folder or write \"io.github.acme/weather\""),
    )
}

/// An error with a source line, a warning with a second place, a second error of a known code and a
/// note without a file.
fn report() -> Report {
    let mut report = Report::new();
    report.push(name_and_folder());
    let mut second = Place::file("registry-data/servers/b/server.json");
    (second.line, second.column) = (12, 5);
    report.push(
        Diagnostic::new(Code::RemoteUrlShared, Place::file("z.json"), "the URL is taken")
            .label(second, "first used here"),
    );
    report.push(Diagnostic::new(Code::NamePathMismatch, Place::file("z.json"), "again"));
    report.push(Diagnostic::new(Code::BaseUrlMissing, Place::default(), "no base URL is known"));
    report.finish(&Levels::default())
}

fn print(report: &Report, format: Format) -> String {
    render(report, format, &Style::default())
}

#[test]
fn the_human_form_points_into_the_source() {
    let expected = r#"note[base-url-missing]: no base URL is known
   = more: mcp-static explain base-url-missing

error[name-path-mismatch]: server name and folder disagree
  --> registry-data/servers/io.github.acme/weather/1.0.0/server.json:3:11   /name
   |
 3 |   "name": "io.github.acme/wether",
   |           ^^^^^^^^^^^^^^^^^^^^^^^
   = help: rename the folder or write "io.github.acme/weather"
   = more: mcp-static explain name-path-mismatch

error[name-path-mismatch]: again
  --> z.json

warning[remote-url-shared]: the URL is taken
   --> z.json
   --> registry-data/servers/b/server.json:12:5
    | first used here
    = more: mcp-static explain remote-url-shared

2 errors, 1 warning, 1 note in 2 files
"#;
    assert_eq!(print(&report(), Format::Human), expected);
}

#[test]
fn colour_changes_nothing_but_colour() {
    let coloured = render(&report(), Format::Human, &Style::new(true));
    assert!(coloured.contains("\u{1b}[1;31merror[name-path-mismatch]\u{1b}[0m: "));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, print(&report(), Format::Human));
}

#[test]
fn carets_stand_below_what_is_shown() {
    let source = SourceFile::new("a.json", "{\t\"né\u{202e}\": \"天気\"}");
    let mut report = Report::new();
    report.push(source.diagnose(Finding::new(Code::ValueNotAllowed, "/né\u{202e}", "bad")));
    let expected = r#"error[value-not-allowed]: bad
  --> a.json:1:10   /né\u{202e}
   |
 1 | { "né\u{202e}": "天気"}
   |                 ^^^^
   = more: mcp-static explain value-not-allowed

1 error in 1 file
"#;
    assert_eq!(print(&report, Format::Human), expected);
}

#[test]
fn the_json_form_has_its_keys_in_order_and_labels_when_there_are_some() {
    let expected = r#"{"code":"base-url-missing","severity":"note","file":"","pointer":"","line":null,"column":null,"message":"no base URL is known","help":null}
{"code":"name-path-mismatch","severity":"error","file":"registry-data/servers/io.github.acme/weather/1.0.0/server.json","pointer":"/name","line":3,"column":11,"message":"server name and folder disagree","help":"rename the folder or write \"io.github.acme/weather\""}
{"code":"name-path-mismatch","severity":"error","file":"z.json","pointer":"","line":null,"column":null,"message":"again","help":null}
{"code":"remote-url-shared","severity":"warning","file":"z.json","pointer":"","line":null,"column":null,"message":"the URL is taken","help":null,"labels":[{"file":"registry-data/servers/b/server.json","pointer":"","line":12,"column":5,"message":"first used here"}]}
"#;
    assert_eq!(print(&report(), Format::Json), expected);
}

#[test]
fn annotations_put_errors_first_and_escape() {
    let mut report = report();
    let place = Place { file: "a,b:c%.json".into(), line: 2, ..Place::default() };
    report.push(Diagnostic::new(Code::JsonSyntax, place, "100% wrong\n::error::x"));
    let expected = r#"::error file=registry-data/servers/io.github.acme/weather/1.0.0/server.json,line=3,col=11,title=name-path-mismatch::server name and folder disagree%0Ahelp: rename the folder or write "io.github.acme/weather"
::error file=z.json,title=name-path-mismatch::again
::error file=a%2Cb%3Ac%25.json,line=2,title=json-syntax::100%25 wrong\u{a}::error::x
::warning file=z.json,title=remote-url-shared::the URL is taken%0Aregistry-data/servers/b/server.json:12:5: first used here
::notice title=base-url-missing::no base URL is known
3 errors, 1 warning, 1 note in 3 files
"#;
    assert_eq!(print(&report, Format::Github), expected);
}

#[test]
fn more_annotations_than_the_forge_shows_are_announced() {
    let mut report = Report::new();
    for i in 0..11 {
        report.push(Diagnostic::new(Code::JsonSyntax, Place::file(format!("{i}")), "bad"));
    }
    let text = print(&report, Format::Github);
    assert_eq!(
        text.lines().last(),
        Some(
            "11 errors in 11 files; the first ten of each kind are annotated, this log holds them all"
        )
    );
}

#[test]
fn sarif_names_rules_places_and_fingerprints() {
    let log: Value = serde_json::from_str(&print(&report(), Format::Sarif)).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules: Vec<&str> = run["tool"]["driver"]["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["id"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["name-path-mismatch", "remote-url-shared", "base-url-missing"]);
    let results = run["results"].as_array().unwrap();
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(result["ruleId"], rules[index]);
    }
    assert_eq!(
        results[1],
        serde_json::json!({
            "ruleId": "name-path-mismatch",
            "ruleIndex": 0,
            "level": "error",
            "message": { "text": "server name and folder disagree\nhelp: rename the folder or write \"io.github.acme/weather\"" },
            "partialFingerprints": { "mcpStaticPlace/v1": "name-path-mismatch registry-data/servers/io.github.acme/weather/1.0.0/server.json#/name" },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": "registry-data/servers/io.github.acme/weather/1.0.0/server.json" },
                    "region": { "startLine": 3, "startColumn": 11, "endColumn": 34 },
                },
                "logicalLocations": [{ "fullyQualifiedName": "/name" }],
            }],
        })
    );
    let related = &results[3]["relatedLocations"][0];
    assert_eq!(related["message"]["text"], "first used here");
    assert_eq!(related["physicalLocation"]["region"]["startLine"], 12);
    assert_eq!(results[0]["locations"], serde_json::json!([]));
}

#[test]
fn sarif_paths_are_relative_references() {
    let mut report = Report::new();
    report.push(Diagnostic::new(Code::JsonSyntax, Place::file("c:/ä b?#%.json"), "bad"));
    let log: Value = serde_json::from_str(&print(&report, Format::Sarif)).unwrap();
    let uri = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    assert_eq!(uri["uri"], "c%3A/%C3%A4%20b%3F%23%25.json");
}

#[test]
fn the_markdown_form_groups_by_file() {
    let expected = r#"**2 errors, 1 warning, 1 note in 2 files**

**The registry as a whole**

- **note** `base-url-missing`: no base URL is known

`registry-data/servers/io.github.acme/weather/1.0.0/server.json`

- **error** `name-path-mismatch` at 3:11 `/name`: server name and folder disagree
  - help: rename the folder or write "io.github.acme/weather"

`z.json`

- **error** `name-path-mismatch`: again
- **warning** `remote-url-shared`: the URL is taken
  - `registry-data/servers/b/server.json:12:5`: first used here
"#;
    assert_eq!(print(&report(), Format::Markdown), expected);
}

#[test]
fn markdown_of_strangers_is_text() {
    let hostile =
        "<img src=x> [a](http://e.vil) @octocat #12 `code` | **b** &amp; www.e.vil\n# head";
    let mut report = Report::new();
    report.push(Diagnostic::new(Code::JsonSyntax, Place::file("a``b`.json"), hostile));
    let expected = "**1 error in 1 file**\n\n``` a``b`.json ```\n\n- **error** `json-syntax`: \
&lt;img src=x&gt; &#91;a&#93;(http&#58;//e.vil) @&#8203;octocat #&#8203;12 `code` &#124; \
&#42;&#42;b&#42;&#42; &amp;amp; www&#46;e.vil&#92;u{a}#&#8203; head\n";
    assert_eq!(print(&report, Format::Markdown), expected);
}

#[test]
fn a_long_comment_says_how_much_it_leaves_out() {
    let mut report = Report::new();
    for i in 0..2000 {
        let code = if i % 2 == 0 { Code::JsonSyntax } else { Code::FileUnexpected };
        let long = "<".repeat(1000);
        report.push(Diagnostic::new(code, Place::file(format!("{i:04}.json")), long));
    }
    let text = print(&report, Format::Markdown);
    assert!(text.chars().count() <= 60_000);
    let shown = text.lines().filter(|line| line.starts_with("- **")).count();
    let left = 1000 - shown;
    assert_eq!(
        text.lines().last().unwrap(),
        format!("…and {left} errors, 1000 warnings more that this comment has no room for.")
    );
    // No error makes room for a warning that stands before it.
    assert!(shown > 30 && !text.contains("- **warning**"), "{shown} are shown");
}

#[test]
fn an_empty_report_says_so_where_a_person_reads() {
    let report = Report::new();
    assert_eq!(print(&report, Format::Human), "no problems found\n");
    assert_eq!(print(&report, Format::Github), "no problems found\n");
    assert_eq!(print(&report, Format::Markdown), "**no problems found**\n");
    assert_eq!(print(&report, Format::Json), "");
    let log: Value = serde_json::from_str(&print(&report, Format::Sarif)).unwrap();
    assert_eq!(log["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn counting_words_agree_in_number() {
    let mut report = Report::new();
    report.push(Diagnostic::new(Code::JsonSyntax, Place::file("a"), "x"));
    assert_eq!(summary(&report), "1 error in 1 file");
    report.push(Diagnostic::new(Code::JsonSyntax, Place::file("b"), "x"));
    report.push(Diagnostic::new(Code::FileUnexpected, Place::default(), "x"));
    assert_eq!(summary(&report), "2 errors, 1 warning in 2 files");
}

#[test]
fn every_form_has_a_name_that_reads_back() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.as_str()), Some(format));
    }
    assert_eq!(Format::parse("jsom"), None);
}

fn reorders(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2028}' | '\u{200b}')
}

/// Text that tries to act: commands, markup, controls, reordering characters.
fn hostile() -> impl Strategy<Value = String> {
    "(::error::|##\\[group\\]|##vso\\[x\\]|\\n|\\r|%0A|@a|[`|<&,:#\\[]|\u{1b}\\[0m|\u{202e}|\u{200b}|\u{85}|[a-zé天 ]|\\PC|\\p{C}){0,10}"
}

prop_compose! {
    fn diagnostic()(
        code in prop::sample::select(Code::ALL),
        file in hostile(),
        pointer in hostile(),
        (line, column) in (0u32..300, 0u32..50),
        (message, help, label) in (hostile(), prop::option::of(hostile()), prop::option::of(hostile())),
        (text, before, width) in (hostile(), 0usize..20, 1usize..20),
    ) -> Diagnostic {
        let place = Place { file, line, column, pointer: pointer.into() };
        let mut diagnostic = Diagnostic::new(code, place.clone(), message);
        diagnostic.snippet = Some(mcp_static::internals::diag::Snippet { text, before, width });
        diagnostic.help = help;
        match label {
            Some(label) => diagnostic.label(place, label),
            None => diagnostic,
        }
    }
}

proptest! {
    // A log holds whole pages of explanation and takes its time.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_form_can_be_made_to_act(items in prop::collection::vec(diagnostic(), 0..5)) {
        let mut report = Report::new();
        report.extend(items.clone());
        for format in Format::ALL {
            let text = print(&report, format);
            prop_assert!(text.is_empty() || text.ends_with('\n'));
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", text);
            prop_assert!(!text.contains(reorders));
            prop_assert!(!text.contains("##[") && !text.contains("##vso["));
            let commands = text.lines().filter(|line| line.trim_start().starts_with("::")).count();
            prop_assert_eq!(commands, if format == Format::Github { items.len() } else { 0 });
        }
    }

    #[test]
    fn json_lines_parse_back(items in prop::collection::vec(diagnostic(), 0..5)) {
        let mut report = Report::new();
        report.extend(items.clone());
        let text = print(&report, Format::Json);
        prop_assert_eq!(text.lines().count(), items.len());
        for (line, item) in text.lines().zip(&items) {
            let value: Value = serde_json::from_str(line).unwrap();
            prop_assert_eq!(&value["file"], &item.place.file);
            prop_assert_eq!(&value["pointer"], item.place.pointer.as_str());
            prop_assert_eq!(value["line"].as_u64().unwrap_or(0), u64::from(item.place.line));
            prop_assert_eq!(value["help"].is_null(), item.help.is_none());
        }
    }

    #[test]
    fn sarif_parses_back(items in prop::collection::vec(diagnostic(), 0..5)) {
        let mut report = Report::new();
        report.extend(items.clone());
        let log: Value = serde_json::from_str(&print(&report, Format::Sarif)).unwrap();
        let results = log["runs"][0]["results"].as_array().unwrap();
        prop_assert_eq!(results.len(), items.len());
        for (result, item) in results.iter().zip(&items) {
            prop_assert_eq!(&result["ruleId"], item.code.as_str());
            for place in result["locations"].as_array().unwrap() {
                let uri = place["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap_or("");
                prop_assert!(uri.bytes().all(|b| b.is_ascii_graphic() && !b":?#[]@\"<>".contains(&b)));
            }
        }
    }
}

/// The other JSON that the program writes: a probe's result, and the report of `verify`.
#[test]
fn no_json_holds_a_character_that_acts_instead_of_being_seen() {
    let hostile = "a\u{202e}b\u{200b}\u{1b}[2J ##[group]";
    let record = serde_json::json!({
        "tool": "mcp-static 0.1.0", "baseUrl": "https://registry.example.com", "servers": 1, "requests": 1,
        "lookedUp": [{ "name": hostile, "version": "1" }], "notes": [hostile],
        "clients": [{ "id": "x", "name": "x", "verdict": "works", "capabilities": {} }],
    });
    let text = mcp_static::internals::probe::to_json(
        &mcp_static::internals::probe::from_json(record.to_string().as_bytes()).unwrap(),
    );
    let project = crate::project::Project::small();
    project.file("registry-data/servers/com.example/a\u{202e}b/1.0.0/server.json", "{}");
    project.git();
    project.commit(1_800_000_000);
    project.run(&["verify", "--base", "none", "--offline", "--report", "report.json"]);
    let report = project.read("report.json");
    for text in [text, report] {
        assert!(text.contains("202e"), "{text}");
        assert!(
            !text.contains(['\u{202e}', '\u{200b}', '\u{1b}']) && !text.contains("##["),
            "{text}"
        );
        serde_json::from_str::<Value>(&text).unwrap();
    }
}
