#![allow(clippy::unwrap_used, clippy::panic)]
use std::collections::BTreeMap;

use super::super::below::files_below;
use super::super::guard::Forbidden;
use super::super::{HostFile, Output};
use super::*;
use crate::site::lower::Destination as _;

type Files = BTreeMap<String, Vec<u8>>;

/// Three sites: files that change, come, go, become folders and were folders.
const SITES: [&[(&str, &str)]; 3] = [
    &[("index", "a"), ("x/same", "s"), ("x/old", "o"), ("turns", "file"), ("d/e/f", "deep")],
    &[("index", "b"), ("x/same", "s"), ("x/new/n", "n"), ("turns/into", "folder"), ("d", "flat")],
    &[("index", "c"), ("turns", "back"), ("d/e/g", "other")],
];

/// Every file below a folder. A link stands for itself.
fn tree(folder: &Path) -> Files {
    let read = |path: String| {
        let full = folder.join(&path);
        let bytes = match full.is_symlink() {
            true => b"a link".to_vec(),
            false => fs::read(full).unwrap(),
        };
        (path, bytes)
    };
    files_below(folder).unwrap().into_iter().map(read).collect()
}

fn fill(folder: &Path, files: &Files) {
    clear(folder).unwrap();
    for (path, bytes) in files {
        let full = folder.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, bytes).unwrap();
    }
}

fn open(out: &Path, site: usize) -> Output {
    let output = Output::open(out, &Forbidden::default()).unwrap();
    for (path, text) in SITES[site] {
        let body = text.as_bytes().to_vec().into();
        output.put(HostFile { path: (*path).to_owned(), body }).unwrap();
    }
    output
}

fn build(out: &Path, site: usize) -> Files {
    let manifest = Manifest { tool: format!("site {site}"), ..Manifest::default() };
    open(out, site).prepare(manifest).unwrap().commit().unwrap();
    tree(out)
}

/// What a commit from the first site to the second leaves when it is killed after `done` steps: the
/// output and the working folder. `None` when there are not so many.
fn killed_after(done: usize) -> Option<(Files, Files)> {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("site");
    build(&out, 0);
    let manifest = Manifest { tool: "site 1".to_owned(), ..Manifest::default() };
    let mut ready = open(&out, 1).prepare(manifest).unwrap();
    ready.announce().unwrap();
    let below = Below::new(out.clone());
    let stage = dir.path().join(".mcp-static/site/stage");
    let steps = ready.plan().steps();
    for step in steps.get(..done)? {
        carry_out(*step, &below, &stage).unwrap();
    }
    Some((tree(&out), tree(&dir.path().join(".mcp-static"))))
}

#[test]
fn after_a_commit_that_stopped_anywhere_the_next_build_is_a_fresh_one_whatever_became_of_its_files()
{
    let fresh = tempfile::tempdir().unwrap();
    let wanted = [0, 1, 2].map(|site| build(&fresh.path().join(site.to_string()), site));
    let dir = tempfile::tempdir().unwrap();
    let (out, work) = (dir.path().join("site"), dir.path().join(".mcp-static"));
    let mine = dir.path().join("mine");
    fs::write(&mine, "dear").unwrap();
    let (mut states, mut rounds) = (0, 0);
    for done in 0.. {
        let Some((site, working)) = killed_after(done) else { break };
        states += 1;
        let mut after = |what: &str| {
            fill(&out, &site);
            fill(&work, &working);
            damage(what, &out, &work, &mine);
            let next = (rounds + done) % wanted.len();
            assert_eq!(build(&out, next), wanted[next], "{done} steps, {what}, site {next}");
            assert_eq!(fs::read(&mine).unwrap(), b"dear", "{what}");
            rounds += 1;
        };
        for kind in ["keep ", "lose-output ", "lose ", "lose site", "link site", "link site/stage"]
        {
            after(kind);
        }
        for path in working.keys() {
            for kind in ["lose", "flip", "cut", "replace", "folder", "link"] {
                after(&format!("{kind} {path}"));
            }
        }
    }
    assert!(states > 8 && rounds > 250, "{states} states, {rounds} rounds");
}

fn damage(what: &str, out: &Path, work: &Path, mine: &Path) {
    let (kind, path) = what.split_once(' ').unwrap();
    let path = &work.join(path);
    let mut bytes = fs::read(path).unwrap_or_default();
    match kind {
        "keep" => {}
        "lose" => clear(path).unwrap(),
        "lose-output" => clear(out).unwrap(),
        "flip" => {
            bytes.iter_mut().last().into_iter().for_each(|byte| *byte ^= 1);
            fs::write(path, bytes).unwrap();
        }
        "cut" => fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        "replace" => fs::copy(mine, path).map(drop).unwrap(),
        "folder" => {
            clear(path).unwrap();
            fs::create_dir_all(path.join("folder")).unwrap();
        }
        "link" => {
            clear(path).unwrap();
            #[cfg(unix)]
            std::os::unix::fs::symlink(mine, path).unwrap();
        }
        _ => panic!("{kind}"),
    }
}

#[test]
fn a_commit_that_is_whole_is_completed_before_anything_is_built() {
    let fresh = tempfile::tempdir().unwrap();
    let wanted = build(&fresh.path().join("1"), 1);
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("site");
    for done in 0.. {
        let Some((site, working)) = killed_after(done) else { break };
        fill(&out, &site);
        fill(&dir.path().join(".mcp-static"), &working);
        drop(Output::open(&out, &Forbidden::default()).unwrap());
        assert_eq!(tree(&out), wanted, "{done} steps");
    }
}

#[test]
fn an_interrupted_commit_is_not_taken_for_a_whole_site() {
    let dir = tempfile::tempdir().unwrap();
    for done in 0.. {
        let Some((site, _)) = killed_after(done) else { break };
        fill(dir.path(), &site);
        let whole = Manifest::load(dir.path()).unwrap().unwrap().next.is_none();
        let (_, problems) = super::super::compare_site(dir.path()).unwrap();
        assert_eq!(problems.is_empty(), whole, "{done} steps: {problems:?}");
    }
}
