//! `[[mirror]]` and `sync`, against a registry in memory and against our own server.

mod hostile;
mod program;
pub(crate) mod upstream;

use std::collections::BTreeSet;
use std::path::Path;

use mcp_static::internals::config::{Config, Mirror};
use mcp_static::internals::data::{MirrorState, apply};
use mcp_static::internals::error::{ErrorKind, Result};
use mcp_static::internals::import::{MirrorRun, PageStore, Upstream, steps};
use mcp_static::internals::world::clock::Clock as _;
use pretty_assertions::assert_eq;

use crate::fake::FakeClock;
use crate::scratch::Scratch;
use upstream::{BASE, Dice, Fault, World};

const DAY: i64 = 24 * 60 * 60;
const START: i64 = 1_767_225_600;

/// A data folder with a mirror, as it goes from run to run.
struct Here {
    scratch: Scratch,
    mirror: Mirror,
    state: Option<MirrorState>,
    said: Vec<String>,
    changed: Vec<String>,
}

/// The one mirror of these settings.
fn mirror(settings: &str) -> Mirror {
    let text = format!("[[mirror]]\nfrom = \"{BASE}\"\n{settings}\n");
    let (config, wrong) = Config::parse("registry.toml", &text);
    assert!(wrong.is_empty(), "{wrong:?}");
    config.mirrors.into_iter().next().unwrap()
}

impl Here {
    fn new(settings: &str) -> Self {
        let (scratch, mirror) = (Scratch::new(), mirror(settings));
        Self { scratch, mirror, state: None, said: Vec::new(), changed: Vec::new() }
    }

    /// One run. What it says and what it changes is kept.
    fn sync(&mut self, world: &World, now: i64, full: bool) -> Result<()> {
        let clock = FakeClock::at(now);
        let data = self.scratch.data();
        let upstream = Upstream {
            http: world,
            clock: &clock,
            registry: BASE.to_owned(),
            token: None,
            on_progress: &|_| {},
        };
        let (root, state) = (data.as_path(), self.state.as_ref());
        let run = MirrorRun { root, label: "registry-data", mirror: &self.mirror, state, full };
        let store = PageStore::of_mirror(&data, BASE);
        let planned = run.plan(&upstream, &store)?;
        self.said = planned.plan.findings.iter().map(|it| it.message.clone()).collect();
        self.changed = steps(&planned.plan.edits).iter().map(ToString::to_string).collect();
        apply(&data, &planned.plan.edits, &|_| {}).unwrap();
        store.clear().unwrap();
        self.state = planned.state;
        Ok(())
    }

    fn changed_entries(&self) -> BTreeSet<String> {
        let entry = |line: &String| line.split_whitespace().nth(1).unwrap().to_owned();
        self.changed.iter().map(entry).collect()
    }
}

fn read(root: &Path, file: &str) -> String {
    std::fs::read_to_string(root.join(file)).unwrap()
}

/// A year in the life of a registry; returns the entries that change on a day, and the servers that vanish.
fn live(world: &mut World, dice: &Dice, now: i64, gone: &mut BTreeSet<String>) -> BTreeSet<String> {
    let mut touched = BTreeSet::new();
    for hour in 0..dice.roll(4) {
        let now = now + 3600 * i64::try_from(hour).unwrap();
        let namespace = ["com.all", "com.range", "com.other"][dice.roll(3)];
        let name = format!("{namespace}/server-{}", dice.roll(12));
        if gone.contains(&name) {
            continue;
        }
        let of: Vec<String> = world
            .records
            .iter()
            .filter(|it| it.name == name)
            .map(|it| it.version.clone())
            .collect();
        match dice.roll(10) {
            0 if !of.is_empty() && dice.roll(4) == 0 => {
                world.records.retain(|it| it.name != name);
                gone.insert(name);
            }
            1..=4 if !of.is_empty() => {
                let version = &of[dice.roll(of.len())];
                let status = ["active", "deprecated", "deleted"][dice.roll(3)];
                world.set(&name, version, status, now);
                touched.insert(format!("{name}@{version}"));
            }
            _ => {
                let version = format!("{}.{}.0", 1 + dice.roll(2), of.len());
                if !of.contains(&version) {
                    world.publish(&name, &version, now);
                    touched.insert(format!("{name}@{version}"));
                }
            }
        }
    }
    touched
}

/// What goes wrong on a day.
fn trouble(world: &World, dice: &Dice) {
    let mut faults = world.faults.lock().unwrap();
    faults.clear();
    if dice.roll(3) == 0 {
        let kinds = [
            Fault::Silence,
            Fault::Status(429),
            Fault::Status(500),
            Fault::Garbage,
            Fault::Truncated,
            Fault::SameCursor,
        ];
        faults.extend((0..20).map(|_| (dice.roll(3) == 0).then(|| kinds[dice.roll(kinds.len())])));
    }
}

#[test]
fn a_year_of_a_registry_ends_like_a_fresh_crawl() {
    let settings =
        "servers = [\"com.all/*\", \"com.range/*@^1\"]\nexclude = [\"com.all/server-3\"]";
    let (mut here, dice, mut world) = (Here::new(settings), Dice::new(7), World::default());
    let (mut gone, mut since_last) = (BTreeSet::new(), BTreeSet::new());
    let (mut failed, mut ran, mut full) = (0, 0, 0);
    world.publish("com.all/server-0", "1.0.0", START);
    since_last.insert("com.all/server-0@1.0.0".to_owned());
    for day in 1..=365 {
        let now = START + day * DAY;
        since_last.extend(live(&mut world, &dice, now - DAY + 60, &mut gone));
        trouble(&world, &dice);
        let before = here.scratch.files();
        match here.sync(&world, now, false) {
            Ok(()) => {
                ran += 1;
                full += usize::from(!world.asked().iter().any(|url| url.contains("updated_since")));
                // Only what changed there changes here.
                let odd: Vec<_> = here.changed_entries().difference(&since_last).cloned().collect();
                assert!(odd.is_empty(), "day {day}: {odd:?} did not change");
                since_last.clear();
                // Nothing happens twice.
                world.faults.lock().unwrap().clear();
                let (state, files) = (here.state.clone(), here.scratch.files());
                here.sync(&world, now, false).unwrap();
                assert_eq!((&here.changed, &here.state), (&Vec::new(), &state), "day {day}");
                assert_eq!(here.scratch.files(), files);
            }
            Err(_) => {
                failed += 1;
                assert_eq!(here.scratch.files(), before, "day {day}: half a run was written");
            }
        }
        world.asked();
        let _ = before;
    }
    assert!(
        failed > 5 && ran > 300 && full > 40 && gone.len() > 2,
        "{failed} {ran} {full} {gone:?}"
    );
    world.faults.lock().unwrap().clear();
    let end = START + 366 * DAY;
    here.sync(&world, end, true).unwrap();
    for name in gone.iter().filter(|name| here.scratch.data().join("servers").join(name).exists()) {
        assert!(here.said.iter().any(|it| it.starts_with(name.as_str())), "{name} {:?}", here.said);
    }
    let mut fresh = Here::new(settings);
    fresh.sync(&world, end, false).unwrap();
    let (kept, new) = (here.scratch.files(), fresh.scratch.files());
    assert!(new.len() > 50, "{}", new.len());
    for file in &new {
        assert!(kept.contains(file), "{file} was lost");
        assert_eq!(read(&here.scratch.data(), file), read(&fresh.scratch.data(), file), "{file}");
    }
    let surplus = kept.iter().filter(|file| !new.contains(file));
    for file in surplus {
        let name: Vec<&str> = file.split('/').skip(1).take(2).collect();
        assert!(
            gone.contains(&name.join("/")),
            "{file} is not listed upstream any more and did not vanish"
        );
    }
}

#[test]
fn the_latest_version_that_comes_back_without_a_date_comes_in_with_the_next_whole_comparison() {
    let mut here = Here::new("servers = [\"com.example/*@latest\"]");
    let mut world = World::default();
    world.publish("com.example/aa", "1.0.0", START - 30 * DAY);
    world.publish("com.example/aa", "2.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    assert_eq!(here.changed, ["new        com.example/aa@2.0.0"]);
    world.set("com.example/aa", "2.0.0", "deleted", START + 3 * DAY);
    here.sync(&world, START + 4 * DAY, false).unwrap();
    assert_eq!(here.changed, ["deleted    com.example/aa@2.0.0"]);
    here.sync(&world, START + 5 * DAY, false).unwrap();
    assert_eq!(here.changed, Vec::<String>::new());
    here.sync(&world, START + 9 * DAY, false).unwrap();
    assert_eq!(here.changed, ["new        com.example/aa@1.0.0"]);
}

#[test]
fn what_came_in_is_kept_current_whatever_is_selected_now() {
    let mut here = Here::new("servers = [\"com.example/aa@latest\"]");
    let mut world = World::default();
    world.publish("com.example/aa", "1.0.0", START);
    world.publish("com.example/bb", "1.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    assert!(world.asked().iter().all(|url| url.contains("/com.example%2Faa/versions")));
    world.publish("com.example/aa", "2.0.0", START + 2 * DAY);
    world.set("com.example/aa", "1.0.0", "deprecated", START + 2 * DAY);
    here.mirror = mirror("servers = [\"com.example/bb\"]");
    here.sync(&world, START + 3 * DAY, false).unwrap();
    assert_eq!(
        here.changed,
        ["deprecated com.example/aa@1.0.0", "new        com.example/bb@1.0.0"]
    );
}

#[test]
fn new_settings_are_compared_with_everything() {
    let mut here = Here::new("servers = [\"com.a/*\"]");
    let mut world = World::default();
    world.publish("com.a/xx", "1.0.0", START);
    world.publish("com.b/xx", "1.0.0", START);
    world.publish("com.a/yy", "1.0.0", START + 20 * DAY);
    here.sync(&world, START + 30 * DAY, false).unwrap();
    here.mirror = mirror("servers = [\"com.a/*\", \"com.b/*\"]");
    here.sync(&world, START + 30 * DAY, false).unwrap();
    assert_eq!(here.changed, ["new        com.b/xx@1.0.0"]);
    assert!(here.said.is_empty(), "{:?}", here.said);
}

#[test]
fn a_registry_that_does_not_know_updated_since_is_asked_for_everything() {
    let mut here = Here::new("servers = [\"*\"]");
    let mut world = World::default();
    world.plain = true;
    world.publish("com.a/xx", "1.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    world.publish("com.a/xx", "1.1.0", START + DAY);
    here.sync(&world, START + 2 * DAY, false).unwrap();
    assert_eq!(here.changed, ["new        com.a/xx@1.1.0"]);
    assert_eq!(world.asked().iter().filter(|url| url.contains("updated_since")).count(), 1);
}

#[test]
fn own_entries_win_and_that_is_said() {
    let mut here = Here::new("servers = [\"com.example/*\"]");
    let mut world = World::default();
    world.publish("com.example/aa", "1.0.0", START);
    world.publish("com.example/bb", "1.0.0", START);
    let own = world.records[0].json()["server"].to_string().replace("1.0.0", "0.9.0");
    here.scratch.write("registry-data/servers/com.example/aa/0.9.0/server.json", own);
    here.sync(&world, START + DAY, false).unwrap();
    assert_eq!(here.changed, ["new        com.example/bb@1.0.0"]);
    let whose = "com.example/aa was not mirrored: this registry has its own entries with that name";
    assert_eq!(here.said, [whose]);
}

#[test]
fn what_vanishes_or_was_never_there_is_said_and_nothing_goes() {
    for list in ["\"com.example/*\", \"org.none/*\"", "\"com.example/aa\", \"org.none/xx\""] {
        let mut here = Here::new(&format!("servers = [{list}]"));
        let mut world = World::default();
        world.publish("com.example/aa", "1.0.0", START);
        here.sync(&world, START + DAY, false).unwrap();
        assert_eq!(here.said.len(), 1, "{:?}", here.said);
        assert!(here.said[0].starts_with("https://upstream.example.com has no"));
        let files = here.scratch.files();
        world.records.clear();
        world.publish("com.other/aa", "1.0.0", START);
        here.sync(&world, START + 20 * DAY, false).unwrap();
        assert!(
            here.said.iter().any(|it| it.starts_with("com.example/aa is not listed")),
            "{:?}",
            here.said
        );
        assert_eq!(here.scratch.files(), files);
    }
}

#[test]
fn a_version_that_nothing_has_is_said() {
    let selectors =
        ["com.a/aa@^9", "com.a/bb@lates", "com.a/*@>7", "com.a/aa@1.0.0", "com.*@latest"];
    let mut here = Here::new(&format!("servers = {selectors:?}"));
    let mut world = World::default();
    world.publish("com.a/aa", "1.0.0", START);
    world.publish("com.a/bb", "1.0.0", START);
    let unmatched = |text: &str| format!("{BASE} has nothing that matches {text:?}");
    for full in [true, false] {
        here.sync(&world, START + DAY, full).unwrap();
        here.said.sort();
        // Only a whole list shows that a pattern matches nothing.
        let mut expected = vec![unmatched("com.a/aa@^9"), unmatched("com.a/bb@lates")];
        expected.splice(0..0, full.then(|| unmatched("com.a/*@>7")));
        assert_eq!(here.said, expected);
    }
}

#[test]
fn a_registry_that_deletes_too_much_at_once_is_not_followed() {
    let mut here = Here::new("servers = [\"*\"]\nmax_deletions = 2");
    let mut world = World::default();
    for name in ["com.a/aa", "com.a/bb", "com.a/cc"] {
        world.publish(name, "1.0.0", START);
    }
    here.sync(&world, START + DAY, false).unwrap();
    for name in ["com.a/aa", "com.a/bb", "com.a/cc"] {
        world.set(name, "1.0.0", "deleted", START + 2 * DAY);
    }
    let error = here.sync(&world, START + 3 * DAY, false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Remote);
    let what = "would mark 3 entries as deleted, and max_deletions of this [[mirror]] is 2";
    assert!(error.to_string().contains(what), "{error}");
    here.mirror.max_deletions = 3;
    here.sync(&world, START + 3 * DAY, false).unwrap();
    assert_eq!(here.changed.len(), 3);
}

#[test]
fn statuses_are_only_reported_where_the_settings_say_so() {
    let mut here = Here::new("servers = [\"*\"]\nstatus = \"report\"");
    let mut world = World::default();
    world.publish("com.a/aa", "1.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    world.set("com.a/aa", "1.0.0", "deleted", START + 2 * DAY);
    here.sync(&world, START + 3 * DAY, false).unwrap();
    assert_eq!(here.changed, Vec::<String>::new());
    assert_eq!(here.said, ["com.a/aa@1.0.0 is deleted in its registry and active here"]);
}

#[test]
fn a_run_that_broke_off_goes_on_where_it_stopped() {
    let mut here = Here::new("servers = [\"*\"]");
    let mut world = World::default();
    for number in 0..30 {
        world.publish(&format!("com.a/s{number}"), "1.0.0", START);
    }
    // The list of turns is taken from its end: two pages come, and then nothing more.
    *world.faults.lock().unwrap() =
        vec![Some(Fault::Silence); 10].into_iter().chain([None, None]).collect();
    let error = here.sync(&world, START + DAY, false).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Indeterminate);
    assert!(here.scratch.files().is_empty());
    world.asked();
    world.faults.lock().unwrap().clear();
    here.sync(&world, START + DAY + 60, false).unwrap();
    assert_eq!(here.changed.len(), 30);
    assert_eq!(world.asked().len(), 3, "two of five pages were kept");
}

#[test]
fn the_clock_waits_as_long_as_a_busy_registry_asks() {
    let here = Here::new("servers = [\"*\"]");
    let mut world = World::default();
    world.publish("com.a/aa", "1.0.0", START);
    *world.faults.lock().unwrap() = vec![Some(Fault::Status(429))];
    let clock = FakeClock::at(START + DAY);
    let upstream = Upstream {
        http: &world,
        clock: &clock,
        registry: BASE.to_owned(),
        token: None,
        on_progress: &|_| {},
    };
    let data = here.scratch.data();
    let run = MirrorRun { root: &data, label: "d", mirror: &here.mirror, state: None, full: false };
    let planned = run.plan(&upstream, &PageStore::none()).unwrap();
    assert_eq!(planned.plan.new, 1);
    assert_eq!(clock.now(), START + DAY + 2);
}

#[test]
fn a_server_that_is_named_beside_a_pattern_comes_once() {
    let mut here = Here::new(
        "servers = [\"com.example/*@latest\", \"com.example/aa\"]\nmax_deletions = 1\nstatus = \"report\"",
    );
    let mut world = World::default();
    world.publish("com.example/aa", "1.0.0", START - 60);
    world.publish("com.example/aa", "2.0.0", START);
    here.sync(&world, START + DAY, false).unwrap();
    assert_eq!(here.changed.len(), 2, "{:?}", here.changed);
    world.set("com.example/aa", "2.0.0", "deleted", START + DAY);
    here.sync(&world, START + 2 * DAY, false).unwrap();
    assert_eq!(here.said, ["com.example/aa@2.0.0 is deleted in its registry and active here"]);
    here.mirror =
        mirror("servers = [\"com.example/*@latest\", \"com.example/aa\"]\nmax_deletions = 1");
    here.sync(&world, START + 3 * DAY, false).unwrap();
    assert_eq!(here.changed, ["deleted    com.example/aa@2.0.0"]);
}
