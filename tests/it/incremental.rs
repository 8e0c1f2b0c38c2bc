//! After any sequence of edits, what a build makes out of the last one is what a fresh build makes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mcp_static::internals::config::EXPORT_IDS;
use mcp_static::internals::pipeline::{
    BuildOptions, BuildTarget, LoadOptions, Silent, build, load,
};
use mcp_static::internals::site::host_named;
use sha2::{Digest as _, Sha256};

use crate::project::{Project, tree};
use crate::trust::Dice;

/// Hosts with pages of lists and without, and one that moves files of the API.
const HOSTS: [&str; 3] = ["plain", "nginx", "gitlab-pages"];

/// Kinds of packages, so that servers come and go in facets and exports.
const PACKAGES: [&str; 3] = [
    "",
    "\"remotes\": [{\"type\": \"streamable-http\", \"url\": \"https://NAME.example.com/mcp\"}],",
    "\"packages\": [{\"registryType\": \"npm\", \"identifier\": \"NAME\", \"version\": \"1.0.0\", \"transport\": {\"type\": \"stdio\"}}],",
];

/// Every file for other systems.
fn exports() -> String {
    format!("[exports]\nenable = {EXPORT_IDS:?}\n")
}

/// Enough that a change of one is little.
const NAMES: [&str; 20] = [
    "aa", "bb", "b-b", "b.c/xx", "cc", "dd", "ee", "ff", "gg", "hh", "ii", "jj", "kk", "ll", "mm",
    "nn", "oo", "pp", "qq", "zz",
];

/// Returns the full name; some are in a namespace of their own, whose place in the order is another one than
/// that of its folder.
fn full(name: &str) -> String {
    match name.split_once('.') {
        Some((_, rest)) => format!("com.example.{rest}"),
        None => format!("com.example/{name}"),
    }
}

struct Edits {
    project: Project,
    dice: Dice,
    /// Versions of each server that is there.
    servers: BTreeMap<&'static str, Vec<String>>,
    commits: i64,
}

impl Edits {
    fn new(seed: u64) -> Self {
        let project = Project::empty();
        project.git();
        project.file(
            "registry-data/registry.toml",
            "[registry]\nbase_url = \"https://registry.example.com\"\n",
        );
        let mut edits = Self { project, dice: Dice(seed), servers: BTreeMap::new(), commits: 0 };
        edits.set("Zero", "public", &exports());
        NAMES[..16].iter().for_each(|name| edits.publish(name));
        edits.commit();
        edits
    }

    fn set(&self, name: &str, visibility: &str, more: &str) {
        let text = format!(
            "[registry]\nname = \"{name}\"\nvisibility = \"{visibility}\"\nbase_url = \"https://registry.example.com\"\n{more}"
        );
        self.project.file("registry-data/registry.toml", &text);
    }

    fn commit(&mut self) {
        self.commits += 1;
        self.project.commit(1_700_000_000 + self.commits * 21_600);
    }

    fn publish(&mut self, name: &'static str) {
        let versions = self.servers.entry(name).or_default();
        let version = format!("1.{}.0", versions.len());
        let more = PACKAGES[self.dice.below(PACKAGES.len())]
            .replace("NAME", &name.replace(['.', '/'], "-"));
        self.project.entry_with(&full(name), &version, &more);
        versions.push(version);
    }

    /// A server that is there, and one of its versions.
    fn some(&mut self) -> Option<(&'static str, String)> {
        let at = self.dice.below(self.servers.len());
        let (name, versions) = self.servers.iter().nth(at)?;
        Some((name, versions[self.dice.below(versions.len())].clone()))
    }

    /// Changes something in the data, and says what.
    fn edit(&mut self) -> String {
        let kind = self.dice.below(11);
        let some = self.some();
        match (kind, some) {
            (0 | 1, _) => {
                let name = NAMES[self.dice.below(NAMES.len())];
                self.publish(name);
                format!("publish {name}")
            }
            (2 | 3, Some((name, version))) => {
                let status = ["active", "deprecated", "deleted"][self.dice.below(3)];
                let message =
                    if status == "active" { "" } else { ",\"statusMessage\":\"because\"" };
                let text = format!("{{\"status\":\"{status}\"{message}}}");
                let path = format!("registry-data/servers/{}/{version}/status.json", full(name));
                self.project.file(&path, &text);
                format!("{name} {version} is {status}")
            }
            (4, Some((name, version))) => {
                let words = ["short", "a little longer", "as long as this"];
                let title = format!("\"title\": \"{}\",", words[self.dice.below(3)]);
                self.project.entry_with(&full(name), &version, &title);
                self.let_be(name, &version);
                format!("another title of {name} {version}")
            }
            (5, Some((name, _))) if self.servers.len() > 1 => {
                self.servers.remove(name);
                self.project.remove(&format!("registry-data/servers/{}", full(name)));
                format!("remove {name}")
            }
            (10, Some((name, version))) => self.overrule(name, &version),
            (8 | 9, Some((name, version))) => self.annotate(kind == 8, name, &version),
            (6, _) => {
                let name = ["One", "Two"][self.dice.below(2)];
                let visibility = ["public", "private"][self.dice.below(2)];
                let exports = [String::new(), exports()][self.dice.below(2)].clone();
                self.set(name, visibility, &exports);
                format!("settings {name} {visibility} {exports}")
            }
            _ => "nothing".to_owned(),
        }
    }

    /// Changes a version by an override, or takes its override away.
    fn overrule(&mut self, name: &str, version: &str) -> String {
        if self.let_be(name, version) {
            return format!("{name} {version} is as it was");
        }
        let folder = format!("registry-data/servers/{}/{version}", full(name));
        let digest = Sha256::digest(self.project.read(&format!("{folder}/server.json")));
        let of: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let url = format!("https://{}-{version}.corp.example/mcp", name.replace(['.', '/'], "-"));
        let text = format!(
            "{{\"reason\":\"ours\",\"of\":\"{of}\",\"patch\":{{\"remotes\":[{{\"type\":\"sse\",\"url\":\"{url}\"}}]}}}}"
        );
        self.project.file(&format!("{folder}/override.json"), &text);
        format!("{name} {version} is overridden")
    }

    /// Takes the override of a version away; returns whether there was one.
    fn let_be(&self, name: &str, version: &str) -> bool {
        let path = format!("registry-data/servers/{}/{version}/override.json", full(name));
        let is_there = self.project.path(&path).is_file();
        if is_there {
            self.project.remove(&path);
        }
        is_there
    }

    /// Changes what the registry says about a server, or about one of its versions.
    fn annotate(&mut self, of_all: bool, name: &str, version: &str) -> String {
        let folder = format!("registry-data/servers/{}", full(name));
        let path = match of_all {
            true => format!("{folder}/annotations.json"),
            false => format!("{folder}/{version}/annotations.json"),
        };
        let text = [
            "",
            "{\"org.example/x\": [1, 2]}",
            "{\"com.example.registry/registry\": {\"tier\": \"trial\", \"owner\": \"Maps team\", \"tags\": [\"a\", \"b\"]}}",
            // It expires while the commits of a run go by.
            "{\"com.example.registry/registry\": {\"review\": {\"date\": \"2023-11-01\", \"expires\": \"2023-11-15\"}}}",
        ][self.dice.below(4)];
        match text {
            "" if self.project.path(&path).is_file() => drop(self.project.remove(&path)),
            "" => {}
            text => drop(self.project.file(&path, text)),
        }
        format!("{path} is {text:?}")
    }

    /// Builds for all hosts; the sites are in folders of `out`.
    fn build(&self, out: &str) -> BTreeMap<String, Vec<u8>> {
        let out = self.project.path(out);
        let options = LoadOptions {
            revision: Some("HEAD".to_owned()),
            remember: Some(out.join(".mcp-static").join(HOSTS[0])),
            ..LoadOptions::new(self.project.path("registry-data"))
        };
        let loaded = load(&options).unwrap();
        let places: Vec<PathBuf> = HOSTS.iter().map(|host| out.join(host)).collect();
        let mut targets = Vec::new();
        for (host, out) in HOSTS.iter().zip(&places) {
            targets.push(BuildTarget { host: host_named(host).unwrap(), out });
        }
        let built = build(&loaded, &targets, &BuildOptions::default(), &Silent).unwrap();
        assert!(!built.report.has_errors(), "{}", built.report);
        let mut files = tree(&out);
        files.retain(|path, _| !path.starts_with(".mcp-static"));
        files
    }

    /// Damages a file of the working folder or of a site, and says which.
    fn damage(&mut self) -> String {
        let host = HOSTS[self.dice.below(HOSTS.len())];
        let kind = self.dice.below(8);
        let folder =
            if kind < 4 { format!("inc/.mcp-static/{host}") } else { format!("inc/{host}") };
        let files: Vec<String> = tree(&self.project.path(&folder)).into_keys().collect();
        let name = &files[self.dice.below(files.len())];
        let path = self.project.path(&folder).join(name);
        if name == "manifest.json" || kind > 6 {
            return "no damage".to_owned();
        }
        self.spoil(&path, kind % 4);
        format!("damage {kind} of {folder}/{name}")
    }

    fn spoil(&mut self, path: &Path, kind: usize) {
        let mut bytes = std::fs::read(path).unwrap();
        let at = self.dice.below(bytes.len());
        match kind {
            0 => bytes.truncate(at),
            1 if !bytes.is_empty() => bytes[at] ^= 1,
            2 => return std::fs::remove_file(path).unwrap(),
            _ => {
                let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
                let lost = self.dice.below(lines.len());
                bytes =
                    [&lines[..lost], lines.get(lost + 1..).unwrap_or_default()].concat().concat();
            }
        }
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn after_any_edits_a_build_makes_what_a_fresh_one_makes() {
    let (mut from_cache, mut from_changes) = (0, 0);
    for seed in 1..3 {
        let mut edits = Edits::new(seed);
        let mut story = Vec::new();
        for round in 0..9 {
            let built = edits.build("inc");
            from_cache += usize::from(edits.project.path("inc/.mcp-static/plain/cache").exists());
            from_changes +=
                usize::from(edits.project.path("inc/.mcp-static/plain/cache-changed").exists());
            let fresh = edits.build(&format!("fresh-{round}"));
            let differ: Vec<_> =
                fresh.iter().filter(|(path, text)| built.get(*path) != Some(text)).collect();
            let names: Vec<_> = differ.iter().map(|(path, _)| path).collect();
            assert!(
                names.is_empty() && built.len() == fresh.len(),
                "seed {seed}: {story:?}: {names:?}"
            );
            for _ in 0..=edits.dice.below(3) {
                let edit = edits.edit();
                story.push(edit);
            }
            edits.commit();
            let damage = edits.damage();
            story.push(damage);
        }
    }
    assert!(from_cache > 12 && from_changes > 2, "{from_cache} {from_changes}");
}

/// Returns the bytes of the files that a build writes anew, the manifest and the lock excepted.
fn written(
    before: &BTreeMap<PathBuf, std::time::SystemTime>,
    root: &Path,
) -> BTreeMap<String, u64> {
    let mut sizes = BTreeMap::new();
    for (path, bytes) in tree(root) {
        let time = std::fs::metadata(root.join(&path)).unwrap().modified().unwrap();
        if before.get(Path::new(&path)) != Some(&time) {
            sizes.insert(path, bytes.len() as u64);
        }
    }
    sizes
}

#[test]
fn one_changed_server_writes_only_what_it_is_in() {
    let project = Project::empty();
    for i in 0..120 {
        let name = format!("com.example/s{i:03}");
        project.entry(&name, "1.0.0").pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    let run = || project.run(&["build", "--base-url", "https://registry.example.com"]).expect(0);
    run();
    let root = project.path("");
    let times = tree(&root).into_keys().map(|path| {
        let time = std::fs::metadata(root.join(&path)).unwrap().modified().unwrap();
        (PathBuf::from(path), time)
    });
    let before: BTreeMap<_, _> = times.collect();
    let status = "registry-data/servers/com.example/s060/1.0.0/status.json";
    project.file(status, "{\"status\":\"deprecated\",\"statusMessage\":\"old\"}");
    std::thread::sleep(std::time::Duration::from_millis(20));
    run();
    let sizes = written(&before, &root);
    let cache = sizes.keys().filter(|path| path.starts_with(".mcp-static/_site/cache"));
    assert_eq!(cache.collect::<Vec<_>>(), [".mcp-static/_site/cache-changed"]);
    assert!(sizes[".mcp-static/_site/cache-changed"] < 20_000, "{sizes:?}");
    let others =
        sizes.keys().filter(|path| path.contains("com.example/s") && !path.contains("s060"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&String>::new());
}
