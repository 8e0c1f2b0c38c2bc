//! `sync` as a program, against a registry on this computer.

use std::sync::{Arc, Mutex};

use pretty_assertions::assert_eq;

use super::START;
use super::upstream::{World, listen};
use crate::probe::host::{Said, serve};
use crate::scratch::{Ran, Scratch};

/// A registry with two servers.
fn world() -> Arc<Mutex<World>> {
    let mut world = World::default();
    world.publish("com.example/weather", "1.0.0", START);
    world.publish("com.example/tides", "1.0.0", START);
    world.set("com.example/tides", "1.0.0", "deprecated", START + 60);
    Arc::new(Mutex::new(world))
}

fn settings(scratch: &Scratch, text: &str) {
    scratch.write("registry-data/registry.toml", text);
}

fn run(scratch: &Scratch, arguments: &[&str]) -> Ran {
    scratch.run(&[&["sync"], arguments].concat())
}

#[test]
fn entries_come_in_with_what_happened_and_the_next_step() {
    let world = world();
    let (base, scratch) = (listen(Arc::clone(&world)), Scratch::new());
    settings(&scratch, &format!("[[mirror]]\nfrom = \"{base}\"\nservers = [\"com.example/*\"]\n"));
    let new =
        "new        com.example/tides@1.0.0 (deprecated)\nnew        com.example/weather@1.0.0\n";
    let dry = run(&scratch, &["--dry-run"]);
    assert_eq!((dry.code, dry.out.as_str()), (0, new), "{}", dry.err);
    assert_eq!(scratch.files(), ["registry.toml"]);
    let ran = run(&scratch, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, new), "{}", ran.err);
    assert!(ran.err.contains("2 new, 0 updated, 0 unchanged, 0 skipped"), "{}", ran.err);
    assert!(
        ran.err.contains("git add -A registry-data && git commit -m \"Sync mirrored entries\"")
    );
    let files = scratch.files();
    assert!(files.contains(&"mirrors.json".to_owned()), "{files:?}");
    let (state, origin) = ("mirrors.json", "servers/com.example/tides/1.0.0/origin.json");
    let before = [scratch.read(state), scratch.read(origin)];
    let again = run(&scratch, &[]);
    assert_eq!((again.code, again.out.as_str()), (0, ""), "{}", again.err);
    assert_eq!([scratch.read(state), scratch.read(origin)], before);
    assert!(!again.err.contains("git add"), "{}", again.err);
    let checked = scratch.run(&["check"]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    world.lock().unwrap().set("com.example/weather", "1.0.0", "deleted", START + 120);
    let ran = run(&scratch, &[]);
    assert_eq!(ran.out, "deleted    com.example/weather@1.0.0\n");
}

#[test]
fn one_mirror_that_cannot_be_read_does_not_stop_the_next() {
    let scratch = Scratch::new();
    let good = listen(world());
    let broken = serve(Arc::new(|_| Said::new(403, "text/plain", "no")));
    settings(
        &scratch,
        &format!(
            "[[mirror]]\nfrom = \"{broken}\"\nservers = [\"com.far/tool\"]\n\n[[mirror]]\nfrom = \"{good}\"\nservers = [\"com.example/weather@latest\"]\n"
        ),
    );
    let ran = run(&scratch, &[]);
    assert_eq!(ran.code, 2, "{}{}", ran.out, ran.err);
    assert_eq!(ran.out, "new        com.example/weather@1.0.0\n");
    assert!(ran.err.contains("403"), "{}", ran.err);
}

#[test]
fn what_cannot_be_run_is_said() {
    let scratch = Scratch::new();
    for (text, code, said) in [
        ("", 2, "registry.toml has no [[mirror]]"),
        ("[[mirror]]\nfrom = \"official\"\n", 1, "missing field `servers`"),
        ("[[mirror]]\nfrom = \"official\"\nservers = []\n", 1, "no servers are named"),
        (
            "[[mirror]]\nfrom = \"x\"\nservers = [\"com.example/x@^y\"]\n",
            1,
            "\"x\" is not the base URL of a registry",
        ),
        (
            "[[mirror]]\nfrom = \"https://r.example/v0.1/servers\"\nservers = [\"com.example/*\"]\n",
            2,
            "write from = \"https://r.example\" in registry.toml",
        ),
        (
            "[[mirror]]\nfrom = \"official\"\nservers = [\"com.example/weather@1.0.0 \"]\n",
            1,
            "is not a version",
        ),
    ] {
        settings(&scratch, text);
        let ran = run(&scratch, &[]);
        assert_eq!(ran.code, code, "{text}: {}{}", ran.out, ran.err);
        assert!(format!("{}{}", ran.out, ran.err).contains(said), "{text}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_state_that_cannot_be_read_is_said_and_written_anew() {
    let (base, scratch) = (listen(world()), Scratch::new());
    settings(&scratch, &format!("[[mirror]]\nfrom = \"{base}\"\nservers = [\"com.example/*\"]\n"));
    assert_eq!(run(&scratch, &[]).code, 0);
    let right = scratch.read("mirrors.json");
    scratch.write("registry-data/mirrors.json", "{\"a\":");
    let ran = run(&scratch, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("this is not what `sync` wrote"), "{said}");
    assert!(said.contains("--> registry-data/mirrors.json"), "{said}");
    assert_eq!(scratch.read("mirrors.json"), right);
}
