//! What holds for every change: the verdict follows from trees and signed commits alone, and nothing
//! that a stranger writes acts on whoever reads the report.

use mcp_static::internals::diag::Code;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::changes::{ID, Repo, judge};
use crate::project::{Project, Ran};

/// Parts of a change, each of a few commands about paths of its own.
const PARTS: [&[&str]; 9] = [
    &["entry io.github.alice/tides 1.0.0"],
    &["entry com.acme/weather 1.1.0", "proof com.acme/weather 1.1.0 key=a"],
    &["entry com.acme/weather 1.2.0"],
    &["status com.acme/weather 1.0.0 deleted", "status-proof com.acme/weather 1.0.0 key=a"],
    &["entry org.old/tool 1.0.0 Edited"],
    &["remove registry-data/servers/org.old/gone/"],
    &["owners com.acme keys = [\"{key:a}\"]", "owners-proof com.acme key=a"],
    &["file .github/workflows/judge.yml on: push"],
    &["link registry-data/servers/com.acme/link"],
];

/// The same parts in one history.
fn history(parts: &[usize], cuts: &[bool], detours: bool, merge: bool, signed: bool) -> Vec<Value> {
    let mut commands = Vec::new();
    for (part, cut) in parts.iter().zip(cuts) {
        if detours {
            // A first draft, and a file that does not stay.
            commands.push(format!("file registry-data/draft-{part} ::error::x"));
            commands.push("commit author=M_<m@evil.example>".to_owned());
            commands.push(format!("remove registry-data/draft-{part}"));
        }
        commands.extend(PARTS[*part].iter().map(|command| (*command).to_owned()));
        if *cut {
            commands.push("commit".to_owned());
        }
    }
    if merge {
        commands.extend(["commit", "take", "commit with=base"].map(str::to_owned));
    }
    if signed {
        commands.push("commit".to_owned());
    }
    commands.into_iter().map(Value::from).collect()
}

/// A change by these commands, with its world.
fn case(first: &[Value], commands: &[Value]) -> Value {
    let head = [first, commands].concat();
    let says = json!({ "acme.com": { "txt": [crate::changes::fill("{key:a}")] } });
    json!({
        "base": ["entry com.acme/weather 1.0.0", "entry org.old/tool 1.0.0", "entry org.old/gone 1.0.0"],
        "meanwhile": ["entry net.third/thing 1.0.0"],
        "head": head,
        "event": { "author": "alice:1001" },
        "world": { "dns": { "1.1.1.1": says, "8.8.8.8": says } },
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_verdict_does_not_depend_on_the_way_to_the_trees(
        parts in prop::sample::subsequence((0..PARTS.len()).collect::<Vec<_>>(), 1..6),
        order in any::<u64>(),
        cuts in prop::collection::vec(any::<bool>(), 6),
        detours in any::<bool>(),
        merge in any::<bool>(),
        signed in any::<bool>(),
    ) {
        // A signed commit is the same object in both histories, so it comes first in both.
        let first = match signed {
            true => vec![json!("entry com.acme/weather 1.3.0"), json!("commit sign=a")],
            false => Vec::new(),
        };
        let mut shuffled = parts.clone();
        for i in (1..shuffled.len()).rev() {
            let other = usize::try_from(order.rotate_left(u32::try_from(i * 7).unwrap())).unwrap();
            shuffled.swap(i, other % (i + 1));
        }
        let plain = history(&parts, &[false; 6], false, false, signed);
        let winding = history(&shuffled, &cuts, detours, merge, signed);
        let plain = judge(&case(&first, &plain)).unwrap().judged;
        let winding = judge(&case(&first, &winding)).unwrap().judged;
        prop_assert_eq!(plain, winding);
    }
}

/// Pieces of text that somebody may want to be read as something else.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "::error::x",
        "::",
        "\n",
        "\r\n",
        "\u{1b}[31m",
        "\u{1b}]0;x\u{7}",
        "##[error]x",
        "##vso[x]",
        "\u{9b}2J",
        "\u{85}",
        "\u{2028}",
        "\u{202e}",
        "\u{200b}",
        "\u{feff}",
        "`",
        "|",
        "<b>",
        "<!-- ",
        "-->",
        "[x](https://evil.example)",
        "@all",
        "%0A::warning::",
        "\t",
        " ",
        "a",
        "é",
        "\u{7f}",
        "\"",
        "\\",
        "{",
        "#",
    ]);
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

/// Text that git takes for a name in a folder.
fn name(text: &str) -> String {
    let text = text.replace(['/', '\0'], "");
    if matches!(text.as_str(), "" | "." | "..") { "x".to_owned() } else { text }
}

/// A bare repository with a published branch and a change, and the event of a forge, all of which say
/// what strangers want.
fn hostile_change(texts: &[String]) -> (Project, String, String) {
    let project = Project::empty();
    let mut repo = Repo::new(&project.path("registry.git"));
    let settings = format!(
        "[registry]\nid = \"{ID}\"\nvisibility = \"private\"\n[[ownership.rule]]\nnamespace = \"com.acme\"\nmethods = [\"commit-author\"]\nauthors = [\"nobody\"]\n"
    );
    repo.write("registry-data/registry.toml", &settings);
    repo.write("registry-data/servers/com.acme/weather/1.0.0/server.json", "{}");
    let base = repo.play(&[]);
    let at = |i: usize| name(&texts[i]);
    repo.run(&format!(
        "entry com.acme/weather 1.1.0 {}",
        json!(texts[0]).to_string().trim_matches('"')
    ));
    repo.write("registry-data/servers/com.acme/weather/1.0.0/server.json", &texts[1]);
    repo.write("registry-data/servers/com.acme/weather/1.1.0/proof.json", &texts[2]);
    repo.write("registry-data/servers/com.acme/weather/1.1.0/status.json", &texts[3]);
    repo.write(&format!("registry-data/servers/{}/{}/{}/server.json", at(4), at(5), at(6)), "{}");
    repo.write(&format!("registry-data/owners/{}.toml", at(7).to_lowercase()), &texts[8]);
    repo.write(&format!("registry-data/tombstones/com.acme/{}/1.toml", at(9)), &texts[10]);
    repo.write(&format!("{}/{}", at(11), at(0)), "x");
    repo.play(&[]);
    let tip = repo.git.find_commit(repo.tip.unwrap()).unwrap();
    let author = texts[12].replace(['\n', '\0'], " ");
    let raw = format!(
        "tree {}\nparent {base}\nauthor {author} <x> 1760000000 +0000\ncommitter {author} <x> 1760000000 +0000\n\n{}",
        tip.tree_id(),
        texts[13]
    );
    let odb = repo.git.odb().unwrap();
    let head = odb.write(git2::ObjectType::Commit, raw.as_bytes()).unwrap();
    let account = json!({ "login": texts[14], "id": 1001, "type": texts[15] });
    let event = json!({
        "pull_request": {
            "number": 1, "title": texts[0], "user": account,
            "head": { "sha": head.to_string(), "ref": texts[1], "repo": { "id": 2, "owner": account } },
            "base": { "sha": "", "ref": texts[2], "repo": { "id": 1, "owner": account } },
            "created_at": texts[3],
        },
        "repository": { "default_branch": texts[4], "full_name": texts[5], "visibility": "public" },
    });
    project.file("event.json", &event.to_string());
    (project, base.to_string(), head.to_string())
}

/// Fails when a text could act on a terminal, a log or a reader.
fn assert_tame(what: &str, text: &str, commands: bool) {
    let acts = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{feff}')
    };
    assert!(!text.contains(acts), "{what}: {text:?}");
    for line in text.lines().filter(|line| line.trim_start().starts_with("::")) {
        assert!(commands, "{what}: {line:?}");
        let (word, rest) = line[2..].split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&word), "{what}: {line:?}");
        let (properties, _) = rest.split_once("::").unwrap();
        let code = properties.rsplit("title=").next().unwrap();
        assert!(Code::parse(code).is_ok(), "{what}: {line:?}");
    }
    let log = text.to_lowercase();
    assert!(!log.contains("##[") && !log.contains("##vso["), "{what}: {text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_a_stranger_writes_acts_on_whoever_reads_the_report(
        texts in prop::collection::vec(hostile(), 16),
        hold in any::<bool>(),
    ) {
        let (project, base, head) = hostile_change(&texts);
        for format in ["human", "github", "markdown", "json", "sarif"] {
            let mut args = vec![
                "verify", "--offline", "--data", "registry.git/registry-data", "--base", &base,
                "--head", &head, "--event", "event.json", "--format", format, "-v",
                "--report", "report.json", "--comment", "comment.md",
            ];
            if hold {
                args.extend(["--hold", "held.txt"]);
            }
            let server = [("GITHUB_SERVER_URL", "https://github.com")];
            let Ran { code, out, err } = project.run_with(&args, &server);
            // What came to the branch is held back; only what was there before may be refused for good.
            prop_assert!((i32::from(!hold)..=2).contains(&code), "{code}\n{out}\n{err}");
            assert_tame(format, &out, format == "github");
            assert_tame("stderr", &err, false);
            if code == 2 {
                continue; // nothing was judged, so nothing was written
            }
            let comment = project.read("comment.md");
            assert_tame("comment", &comment, false);
            // Only the first line is ours to be hidden; a name may hold such marks in a code span.
            let mut lines = comment.lines();
            prop_assert_eq!(lines.next(), Some("<!-- mcp-static verify -->"));
            prop_assert!(!lines.any(|line| line.trim_start().starts_with('<')), "{comment}");
            let report = project.read("report.json");
            assert_tame("report", &report, false);
            let findings = &project.json("report.json")["findings"];
            prop_assert!(report.contains("\"version-immutable\""), "{findings}");
            if hold {
                let held = project.json("report.json")["held"].as_array().unwrap().len();
                prop_assert_eq!(project.read("held.txt").lines().count(), held, "a line each");
            }
            if format == "github" {
                let commands = out.lines().filter(|line| line.starts_with("::")).count();
                prop_assert_eq!(commands, findings.as_array().unwrap().len());
            }
        }
    }
}
