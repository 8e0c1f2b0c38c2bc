//! Random histories, merged by real git: what a change that is not objected to brings is what is listed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use super::*;

/// Content of each path; absent paths are not there.
type Files = BTreeMap<usize, usize>;

/// Paths that histories change: entries, a status, owners, a workflow.
const PATHS: [&str; 6] = [
    "data/servers/a.b/c/1.0.0/server.json",
    "data/servers/a.b/c/1.0.0/status.json",
    "data/servers/d.e/f/2.0.0/server.json",
    "data/owners/a.b.toml",
    "data/tombstones/a.b/c/0.9.0.toml",
    ".github/workflows/gate.yml",
];

/// A text in several states, which change different lines so that git can merge them by lines.
fn text(path: usize, state: usize) -> String {
    let line = |n: usize| match (state, n) {
        (1, 0) | (3, 0) => format!("first line of {path}, changed\n"),
        (2, 11) | (3, 11) => format!("last line of {path}, changed\n"),
        _ => format!("line {n} of {path}\n"),
    };
    (0..12).map(line).collect()
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n as u64).unwrap()
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// A history that is made at random.
struct History {
    repo: git2::Repository,
    random: Random,
    commits: Vec<(git2::Oid, Files, Vec<usize>)>,
}

impl History {
    fn new(folder: &Path, seed: u64) -> Self {
        let repo = git2::Repository::init(folder).unwrap();
        let mut history = Self { repo, random: Random(seed * 7919 + 17), commits: Vec::new() };
        let files: Files =
            (0..PATHS.len()).filter(|_| history.random.chance(70)).map(|p| (p, 0)).collect();
        history.commit(files, vec![]);
        history
    }

    fn commit(&mut self, files: Files, parents: Vec<usize>) -> usize {
        let mut index = git2::Index::new().unwrap();
        for (path, state) in &files {
            let id = self.repo.blob(text(*path, *state).as_bytes()).unwrap();
            let zero = git2::IndexTime::new(0, 0);
            index
                .add(&git2::IndexEntry {
                    ctime: zero,
                    mtime: zero,
                    dev: 0,
                    ino: 0,
                    mode: 0o100_644,
                    uid: 0,
                    gid: 0,
                    file_size: 0,
                    id,
                    flags: 0,
                    flags_extended: 0,
                    path: PATHS[*path].into(),
                })
                .unwrap();
        }
        let tree = index.write_tree_to(&self.repo).unwrap();
        // Authors choose the dates of their commits.
        let time = 1_700_000_000 + i64::try_from(self.random.below(2_000_000)).unwrap() - 1_000_000;
        let who = git2::Signature::new("A", "a@example.com", &git2::Time::new(time, 0)).unwrap();
        let message = format!("commit {}", self.commits.len());
        let id = {
            let tree = self.repo.find_tree(tree).unwrap();
            let found: Vec<_> = parents
                .iter()
                .map(|p| self.repo.find_commit(self.commits[*p].0).unwrap())
                .collect();
            let found: Vec<_> = found.iter().collect();
            self.repo.commit(None, &who, &who, &message, &tree, &found).unwrap()
        };
        self.commits.push((id, files, parents));
        self.commits.len() - 1
    }

    fn edit(&mut self, on: usize) -> usize {
        let mut files = self.commits[on].1.clone();
        for _ in 0..=self.random.below(2) {
            let path = self.random.below(PATHS.len());
            match self.random.below(5) {
                0 => drop(files.remove(&path)),
                state => drop(files.insert(path, state - 1)),
            }
        }
        self.commit(files, vec![on])
    }

    /// A merge that takes each path from one of its parents; an evil one changes some as well.
    fn merge(&mut self, on: usize, others: Vec<usize>) -> usize {
        let mut files = self.commits[on].1.clone();
        for other in &others {
            let theirs = self.commits[*other].1.clone();
            for path in 0..PATHS.len() {
                // Mostly the side that is not as the first commit has it, as a true merge would.
                let first = self.commits[0].1.get(&path);
                let wanted = if self.random.chance(90) {
                    theirs.get(&path) != first
                } else {
                    self.random.chance(50)
                };
                if wanted {
                    match theirs.get(&path) {
                        Some(state) => drop(files.insert(path, *state)),
                        None => drop(files.remove(&path)),
                    }
                }
            }
        }
        if self.random.chance(15) {
            files.insert(self.random.below(PATHS.len()), 3);
        }
        let parents = std::iter::once(on).chain(others).collect();
        self.commit(files, parents)
    }

    fn there_and_back(&mut self, on: usize, path: usize, more: bool) -> usize {
        let mut files = self.commits[on].1.clone();
        let before = files.insert(path, 3);
        if more {
            files.insert((path + 1) % PATHS.len(), 2);
        }
        let there = self.commit(files.clone(), vec![on]);
        match before {
            Some(state) => drop(files.insert(path, state)),
            None => drop(files.remove(&path)),
        }
        self.commit(files, vec![there])
    }

    /// Undoes a commit on top of another.
    fn revert(&mut self, on: usize) -> usize {
        let at = self.random.below(self.commits.len());
        let Some(before) = self.commits[at].2.first().map(|p| self.commits[*p].1.clone()) else {
            return self.edit(on);
        };
        let mut files = self.commits[on].1.clone();
        for path in 0..PATHS.len() {
            if before.get(&path) != self.commits[at].1.get(&path) {
                match before.get(&path) {
                    Some(state) => drop(files.insert(path, *state)),
                    None => drop(files.remove(&path)),
                }
            }
        }
        self.commit(files, vec![on])
    }

    /// A published branch and a change; how often they meet differs.
    fn play(&mut self) -> (git2::Oid, git2::Oid) {
        let (mut main, mut topic, mut side) = (0, 0, 0);
        for _ in 0..2 + self.random.below(9) {
            match self.random.below(24) {
                20 | 21 => {
                    // Both merge what the other had before.
                    let (ours, theirs) =
                        (self.merge(main, vec![topic]), self.merge(topic, vec![main]));
                    (main, topic) = (ours, theirs);
                }
                22 | 23 => {
                    // Both go to another state of a file and back, the change with more besides.
                    let path = self.random.below(PATHS.len());
                    main = self.there_and_back(main, path, false);
                    topic = self.there_and_back(topic, path, true);
                }
                0..=4 => main = self.edit(main),
                5..=9 => topic = self.edit(topic),
                10 => topic = self.revert(topic),
                11 => main = self.revert(main),
                12 | 13 => topic = self.merge(topic, vec![main]),
                14 => main = self.merge(main, vec![topic]),
                15 => side = self.edit(topic),
                16 if side != topic => topic = self.merge(topic, vec![side]),
                17 if side != topic && main != topic => topic = self.merge(topic, vec![side, main]),
                18 => {
                    // A rebase by hand: the same files on top of the branch.
                    let files = self.commits[topic].1.clone();
                    topic = self.commit(files, vec![main]);
                }
                _ => topic = self.edit(topic),
            }
        }
        (self.commits[main].0, self.commits[topic].0)
    }
}

fn git(folder: &Path, args: &[&str]) -> bool {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "core.fsync=none", "-c", "gc.auto=0", "-c", "advice.detachedHead=false"])
        .args(args)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_EDITOR", "true")
        .envs([("GIT_AUTHOR_NAME", "A"), ("GIT_AUTHOR_EMAIL", "a@example.com")])
        .envs([("GIT_COMMITTER_NAME", "A"), ("GIT_COMMITTER_EMAIL", "a@example.com")])
        .output()
        .unwrap();
    output.status.success()
}

/// What HEAD has over `base`: path and content.
fn gained(folder: &Path, base: Oid) -> BTreeMap<String, Option<Oid>> {
    let git = Git::discover(folder).unwrap().unwrap();
    let head = git.head().unwrap().unwrap();
    let changed = git.compare(Some(base), head).unwrap();
    changed.into_iter().map(|c| (c.path, c.after.map(|side| side.oid))).collect()
}

/// How one history ended.
#[derive(Default)]
struct Tally {
    passed: usize,
    refused: usize,
    fewer: usize,
}

#[test]
fn real_git_brings_what_is_listed_and_nothing_else() {
    // Most of the time goes by with starting git, so several histories are played at once.
    let play = |part: u64| {
        let mut tally = Tally::default();
        (part..160).step_by(4).for_each(|seed| merge_for_real(seed, &mut tally));
        tally
    };
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let parts: Vec<_> = (0..4).map(|part| scope.spawn(move || play(part))).collect();
        parts.into_iter().map(|part| part.join().unwrap()).collect()
    });
    let sum = |of: fn(&Tally) -> usize| tallies.iter().map(of).sum::<usize>();
    let (passed, refused, fewer) = (sum(|t| t.passed), sum(|t| t.refused), sum(|t| t.fewer));
    assert!(passed > 25 && refused > 25, "{passed} passed, {refused} were refused");
    assert!(fewer * 10 < passed, "a rebase brought less in {fewer} of {passed}");
}

/// Makes a history, and merges, squashes and rebases it where nothing is objected to.
fn merge_for_real(seed: u64, tally: &mut Tally) {
    let folder = tempfile::tempdir().unwrap();
    let mut history = History::new(folder.path(), seed);
    let (base, head) = history.play();
    let (base, head) = (Oid::from(base), Oid::from(head));
    let reader = Git::discover(folder.path()).unwrap().unwrap();
    let Ok(merge) = Merge::of(&reader, Some(base), head, &mut |_| true) else { return };
    if !merge.objections.is_empty() {
        tally.refused += 1;
        return;
    }
    let listed: BTreeMap<String, Option<Oid>> =
        merge.changed.iter().map(|c| (c.path.clone(), c.after.map(|s| s.oid))).collect();
    if listed.is_empty() {
        return;
    }
    tally.passed += 1;
    let (base_text, head_text) = (base.to_string(), head.to_string());
    let start = |at: &str| assert!(git(folder.path(), &["checkout", "-qf", "--detach", at]));
    start(&base_text);
    assert!(
        git(folder.path(), &["merge", "-q", "--no-ff", "--no-edit", &head_text]),
        "seed {seed}"
    );
    assert_eq!(gained(folder.path(), base), listed, "merge, seed {seed}");
    start(&base_text);
    assert!(git(folder.path(), &["merge", "-q", "--squash", &head_text]), "seed {seed}");
    assert!(git(folder.path(), &["commit", "-qm", "squashed"]), "seed {seed}");
    assert_eq!(gained(folder.path(), base), listed, "squash, seed {seed}");
    start(&head_text);
    assert!(git(folder.path(), &["rebase", "-q", &base_text]), "rebase, seed {seed}");
    let brought = gained(folder.path(), base);
    // Git leaves out a commit whose like the branch had once, so that less may come.
    tally.fewer += usize::from(brought != listed);
    for (path, content) in &brought {
        assert_eq!(listed.get(path), Some(content), "rebase brings {path}, seed {seed}");
    }
}
