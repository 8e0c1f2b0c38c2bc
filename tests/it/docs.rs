//! The documentation: every command block is run or says why not, every command and flag exists, every
//! link leads somewhere, and every page can be found. `tests/e2e/docs.py` runs the blocks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mcp_static::internals::diag::Code;
use mcp_static::internals::model::probe::Trouble;
use mcp_static::internals::site::host_named;

use crate::project::{Project, home};

/// A line of a page: its number, its text, and the language of the code block that it is in.
struct Line<'a> {
    number: usize,
    text: &'a str,
    fence: Option<&'a str>,
}

/// The lines of a page. Lines with fence marks belong to their block.
fn lines(page: &str) -> Vec<Line<'_>> {
    let mut fence = None;
    let mut found = Vec::new();
    for (i, text) in page.lines().enumerate() {
        let mark = text.trim_start().strip_prefix("```");
        let opens = fence.is_none();
        if let Some(language) = mark.filter(|_| opens) {
            fence = Some(language.trim());
        }
        found.push(Line { number: i + 1, text, fence });
        if mark.is_some() && !opens {
            fence = None;
        }
    }
    found
}

/// Markdown files below a folder, by path from the top of the repository.
fn markdown(folder: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![PathBuf::from(folder)];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(home().join(&folder)).unwrap() {
            let path = folder.join(entry.unwrap().file_name());
            if home().join(&path).is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                let text = std::fs::read_to_string(home().join(&path)).unwrap();
                found.insert(path.to_string_lossy().replace('\\', "/"), text);
            }
        }
    }
    found
}

/// Every page with marks.
fn pages() -> BTreeMap<String, String> {
    let mut pages = markdown("docs");
    pages.extend(markdown(".github"));
    for page in ["README.md", "CHANGELOG.md", "tests/README.md"] {
        pages.insert(page.to_owned(), std::fs::read_to_string(home().join(page)).unwrap());
    }
    pages
}

/// Every page with commands.
fn all_pages() -> BTreeMap<String, String> {
    let mut pages = pages();
    pages.extend(markdown("src/diag/explain"));
    pages
}

#[test]
fn every_shell_block_is_run_or_says_why_not() {
    let world = std::fs::read_to_string(home().join("tests/e2e/docs_world.py")).unwrap();
    let (mut wrong, mut run) = (Vec::new(), 0);
    for (page, text) in pages() {
        let lines = lines(&text);
        for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.text.trim() == "```sh") {
            let mark = i.checked_sub(1).map_or("", |before| lines[before].text.trim());
            let mark = mark.strip_prefix("<!-- ").and_then(|m| m.strip_suffix(" -->"));
            let (kind, words) = mark.map_or(("", ""), |m| m.split_once(": ").unwrap_or((m, "")));
            let fits = match kind {
                "run" => words.split(", ").filter(|word| !word.is_empty()).all(|word| {
                    word.strip_prefix("exit ").map_or_else(
                        || world.contains(&format!("    \"{word}\": ")),
                        |status| status.parse::<u8>().is_ok(),
                    )
                }),
                "not run" => words.len() > 5,
                "command" => page == "README.md" && ["test", "serve"].contains(&words),
                _ => false,
            };
            run += usize::from(kind == "run");
            if !fits {
                wrong.push(format!("{page}:{}: {mark:?}", line.number));
            }
        }
    }
    let marks =
        "<!-- run -->, <!-- run: SCENE --> or <!-- not run: reason -->; see tests/e2e/docs.py";
    assert!(wrong.is_empty(), "write {marks} in front of\n{}", wrong.join("\n"));
    assert!(run > 50, "only {run} blocks are run");
}

#[test]
fn every_exception_is_about_an_explain_page_with_commands() {
    let table = std::fs::read_to_string(home().join("tests/e2e/docs.toml")).unwrap();
    for (code, row) in table.parse::<toml::Table>().unwrap() {
        let page = Code::parse(&code).unwrap_or_else(|_| panic!("{code}")).explanation();
        let blocks = page.matches("```sh\n").count();
        assert!(blocks > 0, "{code} has no commands");
        for (key, value) in row.as_table().unwrap() {
            assert!(
                ["before", "exits", "needs", "not-run"].contains(&key.as_str()),
                "{code}: {key}"
            );
            assert!(key != "exits" || value.as_array().unwrap().len() <= blocks, "{code}");
        }
    }
}

/// The commands of this program in a page: the words after its name.
fn commands(page: &str) -> Vec<(usize, Vec<String>)> {
    let mut found = Vec::new();
    for line in lines(page) {
        match line.fence {
            Some("sh") => {
                let code = line.text.split(" #").next().unwrap_or_default();
                found.extend(of_this_program(code).into_iter().map(|words| (line.number, words)));
            }
            Some(_) => {}
            None => {
                for span in line.text.split('`').skip(1).step_by(2) {
                    found.extend(
                        of_this_program(span).into_iter().map(|words| (line.number, words)),
                    );
                }
            }
        }
    }
    found
}

/// The commands of this program in a line of shell: the words after its name, up to the command's end.
fn of_this_program(code: &str) -> Vec<Vec<String>> {
    let ends = ["|", "||", "&&", "&", ">", "2>"];
    let clean = |word: &str| word.trim_matches(['(', '{', ')', ';', '"', '\'']).to_owned();
    let words: Vec<&str> = code.split_whitespace().collect();
    words
        .split(|word| ends.contains(word))
        .filter_map(|command| {
            let mut words = command.iter().map(|word| clean(word));
            // Variables that are set for the command come first.
            let name = words.find(|word| !word.is_empty() && !word.contains('='))?;
            (name == "mcp-static").then(|| words.filter(|word| !word.is_empty()).collect())
        })
        .collect()
}

/// The help of every verb, as the program prints it.
struct Help {
    project: Project,
    known: BTreeMap<String, String>,
}

impl Help {
    fn of(&mut self, verbs: &[&str]) -> &str {
        let project = &self.project;
        self.known.entry(verbs.join(" ")).or_insert_with(|| {
            let ran = project.run(&[verbs, &["--help"]].concat());
            if ran.code == 0 { ran.out } else { String::new() }
        })
    }

    /// Whether a flag of these verbs has this name.
    fn has(&mut self, verbs: &[&str], flag: &str) -> bool {
        let is_end = |c: char| !c.is_ascii_alphanumeric() && c != '-';
        // Global options are in the help of the program only.
        let all = format!("{}\n{}", self.of(verbs).to_owned(), self.of(&[]));
        all.split(is_end).any(|word| word == flag)
    }
}

#[test]
fn every_command_and_every_flag_exists() {
    let mut help = Help { project: Project::empty(), known: BTreeMap::new() };
    let (mut wrong, mut flags) = (Vec::new(), 0);
    for (page, text) in all_pages() {
        for (line, words) in commands(&text) {
            let mut say = |what: String| wrong.push(format!("{page}:{line}: {what}"));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let Some(at) = words.iter().position(|word| !word.starts_with('-')) else { continue };
            let depth = match words[at..] {
                ["sign", "key", ..] => 3,
                ["sign", ..] => 2,
                _ => 1,
            };
            let verbs = &words[at..words.len().min(at + depth)];
            if verbs[0] == "VERB" {
                continue;
            }
            if help.of(verbs).is_empty() {
                say(format!("there is no command {}", verbs.join(" ")));
                continue;
            }
            for pair in words.windows(2).chain([&[*words.last().unwrap(), ""][..]]) {
                let (word, value) = pair[0].split_once('=').unwrap_or((pair[0], pair[1]));
                if word.starts_with('-') && word != "-" && word != "--" {
                    flags += 1;
                    if !help.has(verbs, word) {
                        say(format!("{} has no flag {word}", verbs.join(" ")));
                    }
                }
                let is_placeholder =
                    value.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c == '…');
                let exists = is_placeholder
                    || match word {
                        "--for" | "--as" | "--host" => host_named(value).is_some(),
                        "-A" | "-W" | "-D" => Code::parse(value).is_ok(),
                        "explain" => Code::parse(value).is_ok() || Trouble::parse(value).is_some(),
                        _ => true,
                    };
                if !exists {
                    say(format!("{word} knows no {value}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(flags > 80, "only {flags} flags were found");
}

#[test]
fn the_readme_lists_every_command() {
    let readme = std::fs::read_to_string(home().join("README.md")).unwrap();
    let help = Project::empty().run(&["--help"]).expect(0).out;
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let verbs: BTreeSet<&str> = list
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert!(verbs.len() > 8, "{help}");
    for verb in verbs {
        let row = format!("\n| `{verb}");
        let is_listed = [" ", "`"].iter().any(|end| readme.contains(&(row.clone() + end)));
        assert!(is_listed, "README.md does not list {verb}");
    }
}

/// Targets of the links of a page, with their lines.
fn links(page: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for line in lines(page).iter().filter(|line| line.fence.is_none()) {
        let prose: Vec<&str> = line.text.split('`').step_by(2).collect();
        for part in prose.join("x").split("](").skip(1) {
            let target = part.split(')').next().unwrap_or_default().to_owned();
            if !target.contains("://") && !target.starts_with("mailto:") {
                found.push((line.number, target));
            }
        }
    }
    found
}

/// The anchors of a page, as GitHub makes them of headings.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = lines(page).into_iter().filter(|line| line.fence.is_none());
    headings
        .filter_map(|line| {
            line.text
                .trim_start_matches('#')
                .strip_prefix(' ')
                .filter(|_| line.text.starts_with('#'))
        })
        .map(|heading| {
            let kept =
                heading.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
            kept.collect::<String>().to_lowercase().replace(' ', "-")
        })
        .collect()
}

/// The path to which a link of a page leads, from the top of the repository; and its anchor.
fn target(page: &str, link: &str) -> (String, Option<String>) {
    let (path, anchor) =
        link.split_once('#').map_or((link, None), |(p, a)| (p, Some(a.to_owned())));
    if path.is_empty() {
        return (page.to_owned(), anchor);
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop()),
            "." | "" => {}
            part => parts.push(part),
        }
    }
    (parts.join("/"), anchor)
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for (page, text) in &pages {
        for (line, link) in links(text) {
            count += 1;
            let (path, anchor) = target(page, &link);
            let exists = match (&anchor, pages.get(&path)) {
                (Some(anchor), Some(text)) => anchors(text).contains(anchor),
                (Some(_), None) => false,
                (None, _) => home().join(&path).exists(),
            };
            if !exists {
                wrong.push(format!("{page}:{line}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these links lead nowhere:\n{}", wrong.join("\n"));
    assert!(count > 80, "only {count} links were found");
}

#[test]
fn every_page_is_reached_from_the_index() {
    let pages = markdown("docs");
    let (mut seen, mut open) = (BTreeSet::new(), vec!["docs/README.md".to_owned()]);
    while let Some(page) = open.pop() {
        let Some(text) = pages.get(&page).filter(|_| seen.insert(page.clone())) else { continue };
        open.extend(links(text).iter().map(|(_, link)| target(&page, link).0));
    }
    let lost: Vec<_> = pages.keys().filter(|page| !seen.contains(*page)).collect();
    assert!(lost.is_empty(), "docs/README.md does not lead to {lost:?}");
    assert!(Path::new(&home()).join("docs/hosts").is_dir() && seen.len() > 20);
}

#[test]
fn the_table_of_causes_is_the_one_of_the_program() {
    let path = home().join("docs/probe.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let start = page.find("| word | what is wrong | fix |").unwrap();
    let end = start + page[start..].find("\n\n").unwrap();
    let mut table = "| word | what is wrong | fix |\n|---|---|---|".to_owned();
    for trouble in Trouble::ALL {
        let text = |text: &str| text.replace('|', "\\|");
        table += &format!(
            "\n| `{}` | {} | {} |",
            trouble.id(),
            text(trouble.title()),
            text(trouble.fix())
        );
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, format!("{}{table}{}", &page[..start], &page[end..])).unwrap();
        return;
    }
    assert_eq!(page[start..end], table, "BLESS=1 cargo test --test it docs:: writes the table");
}

#[test]
fn the_worked_case_of_the_tests_page_gets_its_verdict() {
    let page = std::fs::read_to_string(home().join("tests/README.md")).unwrap();
    let text = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let case = serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
    let judged = crate::changes::judge(&case).unwrap().judged;
    assert_eq!(judged.judgement.as_str(), case["expect"]["judgement"], "{:?}", judged.report);
    assert_eq!(judged.namespaces.len(), 1);
}
