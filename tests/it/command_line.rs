//! The program as its user meets it: help, completions, suggestions, subfolders, what it says at its end.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use pretty_assertions::assert_eq;

use crate::project::{Project, Ran, tree};

/// A registry with two servers whose dates are pinned.
fn registry() -> Project {
    let project = Project::empty();
    for (name, version) in [("com.example/weather", "1.0.0"), ("com.example/maps", "2.0.0")] {
        project.entry(name, version).pin(name, version, "2026-01-01T00:00:00Z");
    }
    project
}

/// Runs the program in a folder below the project's.
fn run_in(project: &Project, folder: &str, args: &[&str]) -> Ran {
    let folder = project.path(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-static"));
    let ran = command.current_dir(folder).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: ran.status.code().unwrap(), out: text(ran.stdout), err: text(ran.stderr) }
}

/// The commands that help lists, each with its words.
fn commands(project: &Project, above: &[String]) -> Vec<Vec<String>> {
    let words: Vec<&str> = above.iter().map(String::as_str).chain(["--help"]).collect();
    let help = project.run_with(&words, &[("COLUMNS", "80")]).expect(0).out;
    let wide = help.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None, "{above:?}");
    let list = help.split("Commands:\n").nth(1).unwrap_or_default();
    let list = list.split("\n\n").next().unwrap_or_default();
    let names = list.lines().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.filter_map(|line| line.split_whitespace().next());
    let mut found = vec![above.to_vec()];
    for name in names.filter(|name| *name != "help") {
        let inner: Vec<String> = above.iter().cloned().chain([name.to_owned()]).collect();
        found.extend(commands(project, &inner));
    }
    found
}

#[test]
fn every_help_has_examples_and_only_the_first_has_the_global_options() {
    let project = Project::empty();
    let all = commands(&project, &[]);
    let top: Vec<&str> = all.iter().filter(|c| c.len() == 1).map(|c| c[0].as_str()).collect();
    assert_eq!(
        top,
        [
            "init",
            "add",
            "status",
            "check",
            "why",
            "serve",
            "build",
            "probe",
            "verify",
            "sign",
            "import",
            "sync",
            "outdated",
            "ci",
            "explain",
            "completions"
        ]
    );
    for words in &all {
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let help = project.run(&words).expect(0).out;
        assert_eq!(help.matches("\n  mcp-static ").count(), 2, "{words:?}: {help}");
        let is_top = words.len() == 1;
        assert_eq!(help.contains("--no-progress"), is_top, "{words:?}: {help}");
        assert_eq!(help.contains("Global options, such as --data"), !is_top, "{words:?}: {help}");
    }
    for (words, values) in [
        (["build", "--help"], "[possible values: plain, github-pages, gitlab-pages,"),
        (["serve", "--help"], "[possible values: plain, github-pages, gitlab-pages,"),
        (["probe", "--help"], "[possible values: vscode, copilot-cli,"),
        (["status", "--help"], "[possible values: active, deprecated, deleted]"),
        (["check", "--help"], "[possible values: strict, official]"),
    ] {
        let help = project.run(&words).expect(0).out;
        let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(help.contains(values), "{words:?}: {help}");
    }
    project.run(&["--help"]).expect(0).says("`mcp-static explain` lists the codes");
}

#[test]
fn a_wrong_word_gets_the_nearest() {
    let project = registry();
    for (args, hint) in [
        (&["build", "--for", "github-page"][..], "'github-pages'"),
        (&["serve", "--as", "ngnix"], "'nginx'"),
        (&["probe", "https://registry.example.com", "--client", "vscod"], "'vscode'"),
        (&["status", "com.example/weather", "deprecatd"], "'deprecated'"),
        (&["status", "com.example/wether", "deprecated"], "did you mean com.example/weather?"),
        (&["check", "--format", "jsom"], "'json'"),
        (&["check", "-A", "name-confusabel"], "did you mean name-confusable?"),
        (&["explain", "base-url-is-fil"], "did you mean base-url-is-a-file?"),
        (&["explain", "dup"], "choose from "),
        (&["explain", "placeholder"], "explain placeholder-left"),
        (&["bild"], "'build'"),
    ] {
        project.run(args).expect(2).says(hint);
    }
}

#[test]
fn wrong_settings_have_their_line_and_the_nearest_key() {
    let project = registry();
    for (text, line, hint) in [
        ("[registry]\nbaseurl = \"https://x.example\"\n", 2, "did you mean base_url?"),
        ("[registry]\n\n[catlog]\n", 3, "did you mean catalog?"),
        ("[registry]\nvisibility = \"privat\"\n", 2, "did you mean private?"),
        ("[probe]\nrequire = [\"vscod\"]\n", 2, "write \"vscode\""),
        ("[levels]\nallow = [\"name-confusabel\"]\n", 2, "write \"name-confusable\""),
        ("[registry]\nname = MCP\n", 2, "mcp-static explain settings-invalid"),
        ("[registry]\nfruit = 1\n", 2, "choose from name, base_url"),
    ] {
        project.file("registry-data/registry.toml", text);
        let ran = project.run(&["check"]).expect(1);
        let place = format!("--> registry-data/registry.toml:{line}:");
        assert!(ran.out.contains(&place) && ran.out.contains(hint), "{text}: {}", ran.out);
    }
    project.file("registry-data/registry.toml", "[registry]\nfruit = 1\n");
    let ran = project.run(&["probe", "https://registry.example.com"]).expect(2);
    assert!(ran.err.contains("\"fruit\" is not known"), "{}", ran.err);
    assert!(ran.err.contains("registry-data/registry.toml:2:1"), "{}", ran.err);
}

#[test]
fn a_refused_base_url_names_the_right_one_at_once() {
    let project = registry();
    for (wrong, right) in [
        ("http://registry.example.com/mcp/v0.1/servers/?x#y", "https://registry.example.com/mcp"),
        ("registry.example.com/", "https://registry.example.com"),
        ("HTTP://registry.example.com/index.html", "https://registry.example.com"),
        ("https://registry.example.com//", "https://registry.example.com"),
        (" https://registry.example.com/v0 ", "https://registry.example.com"),
    ] {
        let ran = project.run(&["build", "--base-url", wrong]).expect(2);
        assert!(ran.err.contains(&format!("write \"{right}\"")), "{wrong}: {}", ran.err);
        project.run(&["build", "--base-url", right]).expect(0);
    }
    for (wrong, why) in [
        ("http://under_score.example.com/v0.1", "is not a host"),
        ("registry", "such as \"https://registry.example.com\""),
        ("ftp://registry.example.com", "such as \"https://registry.example.com\""),
        ("https://", "begins with https://"),
        ("", "such as \"https://registry.example.com\""),
    ] {
        project.run(&["build", "--base-url", wrong]).expect(2).says(why);
    }
}

#[test]
fn commands_find_the_data_from_every_subfolder() {
    let project = registry();
    project.git();
    project.commit(1_780_000_000);
    for folder in ["docs/guides", "registry-data/servers/com.example"] {
        run_in(&project, folder, &["check"]).expect(0).says("checked 2 servers with 2 versions");
    }
    run_in(&project, "docs", &["status", "com.example/maps", "deprecated"]).expect(0);
    assert!(project.path("registry-data/servers/com.example/maps/2.0.0/status.json").exists());
    run_in(&project, "docs", &["build"]).expect(0);
    assert!(project.path("_site/manifest.json").exists() && !project.path("docs/_site").exists());
    // A place in the data is found from inside it too, and what is wrong has a path from here.
    project.file("registry-data/notes.txt", "x");
    run_in(&project, "docs", &["check"]).expect(0).says("--> ../registry-data/notes.txt");
    // What is named is taken as it is.
    run_in(&project, "docs", &["check", "--data", "registry-data"])
        .expect(2)
        .says("there is no data folder: registry-data");
    run_in(&project, "docs", &["add", "none.json", "--data", "data"]).expect(2).says("mkdir data");
    // The top of another repository is the end of the search.
    std::fs::create_dir_all(project.path("vendor/other/.git")).unwrap();
    run_in(&project, "vendor/other/src", &["status", "com.example/maps", "active"])
        .expect(2)
        .says("there is no data folder");
}

#[test]
fn every_command_ends_with_a_line_of_success_and_the_next_step() {
    let project = registry();
    project
        .file("registry-data/registry.toml", "[registry]\nbase_url = \"https://r.example.com\"\n");
    let document = project.read("registry-data/servers/com.example/maps/2.0.0/server.json");
    project.file("new.json", &document.replace("2.0.0", "2.1.0+a"));
    let says = |args: &[&str], lines: &[&str]| {
        let ran = project.run(args).expect(0);
        for line in lines {
            assert!(ran.err.lines().any(|l| l.starts_with(line)), "{args:?} {line}: {}", ran.err);
        }
        let last = ran.err.lines().last().unwrap_or_default().to_owned();
        assert!(last.starts_with("next: "), "{args:?}: {}", ran.err);
        let quiet = project.run(&[args, &["--quiet"]].concat());
        assert_eq!(quiet.err, "", "{args:?}");
    };
    says(&["check"], &["checked 2 servers with 2 versions: no errors"]);
    says(
        &["check", "new.json"],
        &["new.json is valid: com.example/maps 2.1.0+a", "next: `mcp-static add new.json`"],
    );
    says(&["add", "new.json", "--dry-run"], &["next: run it again without --dry-run"]);
    project
        .run(&["add", "new.json"])
        .expect(0)
        .says("  API   https://r.example.com/v0.1/servers/com.example%2Fmaps/versions/2.1.0%2Ba\n")
        .says("  page  https://r.example.com/servers/com.example/maps/\n")
        .says("next: git add registry-data/servers/com.example/maps/2.1.0+a/server.json");
    project.remove("registry-data/servers/com.example/maps/2.1.0+a");
    says(
        &["status", "com.example/maps", "deleted", "--dry-run"],
        &["com.example/maps@2.0.0 would"],
    );
    project.run(&["status", "com.example/maps", "deprecated"]).expect(0).says("next: git add -A");
    project
        .run(&["status", "com.example/maps", "deprecated"])
        .expect(0)
        .says("com.example/maps@2.0.0 is deprecated already; nothing to change");
    says(&["build"], &["2 servers with 2 versions for plain in _site: "]);
    says(&["check", "--site", "_site"], &["compared "]);
    says(&["explain"], &[]);
}

/// The files below a folder, without the working folders.
fn files(project: &Project, folder: &str) -> BTreeSet<String> {
    let names = tree(&project.path(folder)).into_keys();
    names.filter(|name| !name.starts_with(".mcp-static/")).collect()
}

#[test]
fn an_output_folder_for_one_host_and_one_for_several_replace_each_other() {
    let project = registry();
    let build = |hosts: &[&str]| {
        let hosts = hosts.iter().flat_map(|host| ["--for", host]);
        project.run(&["build", "--out", "out"].into_iter().chain(hosts).collect::<Vec<_>>())
    };
    let one = |host| {
        build(&[host]).expect(0);
        let manifest = project.json("out/manifest.json");
        let rows = manifest["files"].as_array().unwrap().len();
        assert_eq!(files(&project, "out").len(), rows + 1);
        project.run(&["check", "--site", "out"]).expect(0);
    };
    one("nginx");
    build(&["nginx", "s3"]).expect(0).says(" of the site that was there before");
    let several: BTreeSet<String> =
        files(&project, "out").iter().map(|f| f.split('/').next().unwrap().to_owned()).collect();
    assert_eq!(several, BTreeSet::from(["nginx".to_owned(), "s3".to_owned()]));
    project.run(&["check", "--site", "out/s3"]).expect(0);
    one("s3");
    assert!(!project.path("out/s3").exists() && !project.path("out/nginx").exists());
    // Nothing is removed that no manifest names.
    build(&["nginx", "s3"]).expect(0);
    project.file("out/nginx/mine.txt", "x");
    build(&["caddy"]).expect(0);
    assert_eq!(project.read("out/nginx/mine.txt"), "x");
    assert!(!project.path("out/nginx/manifest.json").exists());
    // What is not a site of a host keeps the folder from being taken.
    project.remove("out");
    build(&["nginx", "s3"]).expect(0);
    project.file("out/notes.txt", "x");
    build(&["nginx"]).expect(2).says("is not empty");
    assert!(project.path("out/s3/manifest.json").exists());
    // A build that fails leaves the old sites.
    project.remove("out/notes.txt");
    project.file("registry-data/registry.toml", "[registry]\nfruit = 1\n");
    build(&["nginx"]).expect(1);
    project.run(&["check", "--site", "out/s3"]).expect(0);
}

#[test]
fn repeated_findings_are_counted_unless_all_are_wanted() {
    let project = Project::empty();
    for i in 0..40 {
        let name = format!("com.example/server-{i}");
        let remote = r#""remotes": [{"type": "sse", "url": "https://localhost/"}],"#;
        project.entry_with(&name, "1.0.0", remote).pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    project.entry_with("com.example/wrong", "1.0.0", "\"websiteUrl\": \"http://example.com\",");
    project.pin("com.example/wrong", "1.0.0", "2026-01-01T00:00:00Z");
    let count = |ran: &Ran| ran.out.matches("warning[url-own-machine]: ").count();
    let brief = project.run(&["check"]).expect(1);
    assert_eq!(count(&brief), 6, "{}", brief.out);
    let line = "warning[url-own-machine]: 35 more, in 35 files\n";
    assert!(brief.out.contains(line), "{}", brief.out);
    assert!(brief.out.contains("help: --verbose shows all of them"), "{}", brief.out);
    assert!(brief.out.contains("error[website-url-invalid-scheme]"), "{}", brief.out);
    let all = project.run(&["check", "--verbose"]).expect(1);
    assert_eq!(count(&all), 40, "{}", all.out);
    assert!(!all.out.contains(" more, in "), "{}", all.out);
    let json = project.run(&["check", "--format", "json"]).expect(1);
    assert_eq!(json.out.matches("\"url-own-machine\"").count(), 40);
}

/// What bash offers for a line, the last word of which is not complete.
fn complete(project: &Project, folder: &str, line: &[&str]) -> Vec<String> {
    let script = project.run(&["completions", "bash"]).expect(0).out;
    let words: String = line.iter().map(|word| format!("'{word}' ")).collect();
    let (last, at) = (line[line.len() - 1], line.len() - 1);
    let text = format!(
        "COMP_WORDBREAKS=' @:'\n{script}\n[[ $COMP_WORDBREAKS != *@* ]] || exit 1\nCOMP_WORDS=({words}); COMP_CWORD={at}; COMP_TYPE=9\n\
         _clap_complete_mcp_static mcp-static '{last}' ''\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n"
    );
    let bin = Path::new(env!("CARGO_BIN_EXE_mcp-static")).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let folder = project.path(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut bash = Command::new("bash");
    let ran = bash.args(["-c", &text]).current_dir(folder).env("PATH", path).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let text = String::from_utf8(ran.stdout).unwrap();
    text.lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

#[test]
fn bash_completes_hosts_clients_statuses_codes_and_names() {
    let project = registry();
    project.entry("org.example/other", "1.0.0");
    project.file("registry-data/servers/com.example/bad\nname/1.0.0/server.json", "{}");
    let m = "mcp-static";
    for (line, offered) in [
        (&[m, "build", "--for", "git"][..], &["github-pages", "gitlab-pages"][..]),
        (&[m, "serve", "--as", "ngi"], &["nginx"]),
        (&[m, "probe", "--client", "vs"], &["vscode"]),
        (&[m, "check", "--deny", "name-conf"], &["name-confusable"]),
        (&[m, "explain", "base-url-is-a-f"], &["base-url-is-a-file"]),
        (&[m, "status", "o"], &["org.example/other"]),
        (&[m, "status", "com.ex"], &["com.example/maps", "com.example/weather"]),
        (&[m, "status", "com.example/w"], &["com.example/weather"]),
        (
            &[m, "sign", "entry", "com.example/maps"],
            &["com.example/maps", "com.example/maps@2.0.0"],
        ),
        (&[m, "sign", "owners", "org"], &["org.example"]),
        (&[m, "status", "com.example/maps", "de"], &["deprecated", "deleted"]),
        (&[m, "status", "../x"], &[]),
        (&[m, "--data", "none", "status", "com"], &[]),
        (&[m, "build", "--o"], &["--out", "--only"]),
        (&[m, "build", "--offl"], &["--offline"]),
    ] {
        assert_eq!(complete(&project, "", line), offered, "{line:?}");
    }
    let found = complete(&project, "", &[m, "status", ""]);
    assert_eq!(found[..2], ["com.example/", "org.example/"], "{found:?}");
    // From a subfolder, and for names only.
    let found = complete(&project, "docs", &[m, "probe", "--server", "org."]);
    assert_eq!(found, ["org.example/other"]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = project.run(&["completions", shell]).expect(0).out;
        assert!(script.contains("MCP_STATIC_COMPLETE"), "{shell}");
    }
    project.run(&["completions", "tcsh"]).expect(2).says("possible values: bash");
    project.run_with(&["check"], &[("MCP_STATIC_COMPLETE", "tcsh")]).expect(2);
}

#[test]
fn no_message_names_a_file_of_the_documentation() {
    let mut seen = 0;
    for (file, code) in crate::architecture::sources() {
        for (i, line) in code.lines().enumerate() {
            seen += 1;
            assert!(!line.contains("docs/"), "src/{file}:{}: {line}", i + 1);
        }
    }
    assert!(seen > 10_000, "the sources were not found");
}
