//! Tree objects with any bytes, read from a real repository.

use std::cell::Cell;

use git2::{ObjectType, Repository};
use mcp_static::internals::data::Tree;
use mcp_static::internals::world::git::Git;

use super::Target;

/// Trees as git stores them.
pub const TREE: Target = Target {
    name: "tree",
    about: "tree objects of git",
    seeds: || {
        let entry = |mode: &str, name: &str| {
            [format!("{mode} {name}\0").as_bytes(), &[0x5a; 20][..]].concat()
        };
        let blob = [b"100644 server.json\0".as_slice(), EMPTY_BLOB].concat();
        vec![
            entry("100644", "registry.toml"),
            [entry("100644", "a"), entry("40000", "servers"), entry("120000", "z")].concat(),
            blob.repeat(2),
        ]
    },
    words: &[
        "100644 ",
        "40000 ",
        "120000 ",
        "160000 ",
        "\0",
        "..",
        ".git",
        "a/b",
        "../../x",
        "\\",
        "owners",
        "servers",
        "registry.toml",
        "9999999999999999999999 ",
        "é",
    ],
    prepare,
};

/// Id of the blob without bytes.
const EMPTY_BLOB: &[u8] = &[
    0xe6, 0x9d, 0xe2, 0x9b, 0xb2, 0xd1, 0xd6, 0x43, 0x4b, 0x8b, 0x29, 0xae, 0x77, 0x5a, 0xd8, 0xc2,
    0xe4, 0x8c, 0x53, 0x91,
];

/// Inputs after which the repository is thrown away, because every one leaves objects in it.
const ROUND: u32 = 2000;

fn prepare(hunt: &mut dyn FnMut(&super::Check<'_>)) {
    let place = Cell::new(None);
    let count = Cell::new(0);
    hunt(&|bytes| {
        let (folder, repository) = match place.take().filter(|_| count.get() < ROUND) {
            Some(place) => place,
            None => {
                count.set(0);
                let folder = tempfile::tempdir().expect("a temporary folder");
                let repository = Repository::init_bare(folder.path()).expect("a repository");
                repository.blob(b"").expect("an empty blob");
                (folder, repository)
            }
        };
        count.set(count.get() + 1);
        check(folder.path(), &repository, bytes);
        place.set(Some((folder, repository)));
    });
}

/// Commits the bytes as the data folder's tree and reads them as a stranger's.
fn check(path: &std::path::Path, repository: &Repository, bytes: &[u8]) {
    let odb = repository.odb().expect("objects");
    let Ok(inner) = odb.write(ObjectType::Tree, bytes) else { return };
    let top = [b"40000 registry-data\0".as_slice(), inner.as_bytes()].concat();
    let top = odb.write(ObjectType::Tree, &top).expect("a tree");
    let commit = format!("tree {top}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n");
    let commit = odb.write(ObjectType::Commit, commit.as_bytes()).expect("a commit");
    let git = Git::discover(path).expect("a repository").expect("a repository");
    let Ok(files) = git.files(commit.into(), "registry-data") else { return };
    for file in files.iter().filter(|file| file.well_formed && file.utf8) {
        for part in file.path.split('/') {
            assert!(!matches!(part, "" | "." | ".."), "{:?}", file.path);
            assert!(!part.eq_ignore_ascii_case(".git") && !part.contains('\\'), "{:?}", file.path);
        }
    }
    let Ok(tree) = Tree::from_commit(&git, commit.into(), "registry-data", "registry-data") else {
        return;
    };
    for server in tree.servers() {
        for part in [&server.namespace, &server.name] {
            assert!(!part.contains('/') && !matches!(&**part, "" | "." | ".."), "{part:?}");
        }
    }
}
