//! Registries, settings and data folders that `sync` must not be misled by.

use pretty_assertions::assert_eq;

use super::upstream::World;
use super::{DAY, Here, START, mirror};

#[test]
fn a_withdrawal_counts_once_however_often_it_is_listed() {
    let mut here = Here::new("servers = [\"*\", \"com.a/aa\"]\nmax_deletions = 1");
    let mut world = World::default();
    world.publish("com.a/aa", "1.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    world.set("com.a/aa", "1.0.0", "deleted", START + 2 * DAY);
    here.sync(&world, START + 3 * DAY, false).unwrap();
    assert_eq!(here.changed, ["deleted    com.a/aa@1.0.0"]);
}

#[test]
fn statuses_that_were_only_reported_are_taken_over_when_the_settings_change() {
    let mut here = Here::new("servers = [\"*\"]\nstatus = \"report\"");
    let mut world = World::default();
    world.publish("com.a/aa", "1.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    world.set("com.a/aa", "1.0.0", "deprecated", START + 2 * DAY);
    world.publish("com.a/bb", "1.0.0", START + 4 * DAY);
    here.sync(&world, START + 4 * DAY, true).unwrap();
    assert_eq!(here.changed, ["new        com.a/bb@1.0.0"]);
    here.mirror = mirror("servers = [\"*\"]");
    here.sync(&world, START + 4 * DAY, false).unwrap();
    assert_eq!(here.changed, ["deprecated com.a/aa@1.0.0"]);
}

#[test]
fn another_document_is_said_whatever_becomes_of_statuses() {
    for status in ["follow", "report"] {
        let mut here = Here::new(&format!("servers = [\"*\"]\nstatus = \"{status}\""));
        let mut world = World::default();
        world.publish("com.a/aa", "1.0.0", START);
        here.sync(&world, START + DAY, false).unwrap();
        let file = "registry-data/servers/com.a/aa/1.0.0/server.json";
        let other = here.scratch.read("servers/com.a/aa/1.0.0/server.json").replace("A s", "My s");
        here.scratch.write(file, other);
        here.sync(&world, START + DAY, true).unwrap();
        assert_eq!(here.said.len(), 1, "{status} {:?}", here.said);
        assert!(here.said[0].contains("a published version is immutable"), "{:?}", here.said);
    }
}

#[test]
fn a_folder_without_a_document_is_no_own_entry() {
    let mut here = Here::new("servers = [\"*\"]");
    let mut world = World::default();
    world.publish("com.a/aa", "1.0.0", START);
    here.scratch.write("registry-data/servers/com.a/aa/1.0.0/annotations.json", "{}");
    here.sync(&world, START + DAY, false).unwrap();
    assert_eq!((here.changed.len(), &here.said), (1, &Vec::new()));
}

#[test]
fn a_selector_without_a_version_and_a_server_without_versions_are_said() {
    let mut here = Here::new("servers = [\"com.a/aa@^3\", \"com.a/*@9.0.0\", \"com.a/aa@1.0.0\"]");
    let mut world = World::default();
    world.publish("com.a/aa", "1.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    let said = [
        "https://upstream.example.com has nothing that matches \"com.a/*@9.0.0\"",
        "https://upstream.example.com has nothing that matches \"com.a/aa@^3\"",
    ];
    assert_eq!(here.said, said);
    here.mirror = mirror("servers = [\"com.a/aa\"]");
    world.hollow = true;
    here.sync(&world, START + 2 * DAY, false).unwrap();
    assert_eq!(here.said.len(), 1, "{:?}", here.said);
    assert!(here.said[0].starts_with("com.a/aa is not listed"), "{:?}", here.said);
}
