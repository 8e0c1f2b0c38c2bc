//! What lies around is not believed: working folders, manifests, links and obstacles in the output.

use std::collections::BTreeMap;
use std::path::Path;

use mcp_static::internals::config::BaseUrl;
use mcp_static::internals::pipeline::{
    BuildOptions, BuildTarget, LoadOptions, Silent, build, load,
};
use mcp_static::internals::site::host_named;
use pretty_assertions::assert_eq;

use crate::project::{Project, tree};

type Files = BTreeMap<String, Vec<u8>>;

const WORK: &str = ".mcp-static/_site";

/// Removes whatever is at a path, and no target of a link.
fn clear(path: &Path) {
    match std::fs::symlink_metadata(path) {
        Ok(meta) if meta.is_dir() => std::fs::remove_dir_all(path).unwrap(),
        Ok(_) => std::fs::remove_file(path).unwrap(),
        Err(_) => {}
    }
}

/// A repository of three commits between which entries come, go and change without changing size.
fn history() -> (Project, [String; 3]) {
    let project = Project::empty();
    project.git();
    for name in ["aa", "bb", "cc", "dd"] {
        project.entry(&format!("com.example/{name}"), "1.0.0");
    }
    let first = project.commit(1_700_000_000);
    project.entry("com.example/aa", "1.1.0").entry("com.example/ee", "1.0.0");
    project.remove("registry-data/servers/com.example/dd");
    let status = "registry-data/servers/com.example/aa/1.0.0/status.json";
    project.file(status, "{\"status\":\"deprecated\",\"statusMessage\":\"one\"}");
    let second = project.commit(1_700_000_100);
    project.file(status, "{\"status\":\"deprecated\",\"statusMessage\":\"two\"}");
    let third = project.commit(1_700_000_200);
    (project, [first, second, third].map(|id| id.to_string()))
}

/// Builds a revision in this process, as the binary does.
fn build_revision(project: &Project, revision: &str, out: &str) -> Files {
    let out = project.path(out);
    let work = out.with_file_name(".mcp-static").join(out.file_name().unwrap());
    let options = LoadOptions {
        data: project.path("registry-data"),
        revision: Some(revision.to_owned()),
        base_url: BaseUrl::parse("https://registry.example.com").ok(),
        remember: Some(work),
        ..LoadOptions::default()
    };
    let loaded = load(&options).unwrap();
    let target = BuildTarget { host: host_named("plain").unwrap(), out: &out };
    let built = build(&loaded, &[target], &BuildOptions::default(), &Silent).unwrap();
    assert!(!built.report.has_errors());
    tree(&out)
}

/// A small generator, so that every run tries the same.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

/// Damages one file of the working folder; `older` holds what earlier builds left there.
fn damage(dice: &mut Dice, work: &Path, older: &[Files], mine: &Path) -> String {
    let names: Vec<String> = tree(work).into_keys().collect();
    let (name, other) = (&names[dice.below(names.len())], &names[dice.below(names.len())]);
    let path = work.join(name);
    let mut bytes = std::fs::read(&path).unwrap();
    let lines: Vec<Vec<u8>> = bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    let (at, line) = (dice.below(bytes.len()), dice.below(lines.len()));
    let kind = dice.below(12);
    match kind {
        0 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
        // A digit is still a digit: what a parser takes.
        1 | 2 => {
            let digits: Vec<usize> =
                (0..bytes.len()).filter(|at| bytes[*at].is_ascii_digit()).collect();
            if let Some(at) = digits.get(dice.below(digits.len())) {
                bytes[*at] = b'0' + (bytes[*at] - b'0' + 1) % 10;
            }
        }
        3 => bytes = [&lines[..line], lines.get(line + 1..).unwrap_or_default()].concat().concat(),
        4 => bytes = [&lines[..line], &lines[line.saturating_sub(1)..]].concat().concat(),
        5 => bytes.truncate(at),
        6 => bytes.clear(),
        7 => bytes = std::fs::read(work.join(other)).unwrap(),
        // One file or all files of an earlier build, well formed and sealed.
        8 => bytes = older[dice.below(older.len())].get(name).cloned().unwrap_or_default(),
        9 => {
            for (name, bytes) in &older[dice.below(older.len())] {
                std::fs::write(work.join(name), bytes).unwrap();
            }
            return "all files are older".to_owned();
        }
        10 => {
            clear(&path);
            std::fs::create_dir_all(path.join("folder")).unwrap();
            return format!("{name} is a folder");
        }
        11 => {
            clear(&path);
            #[cfg(unix)]
            std::os::unix::fs::symlink(mine, &path).unwrap();
            return format!("{name} is a link");
        }
        _ => {}
    }
    std::fs::write(&path, bytes).unwrap();
    format!("damage {kind} of {name}")
}

#[test]
fn whatever_became_of_the_working_folder_the_next_build_is_a_fresh_one() {
    let (project, revisions) = history();
    let fresh = |i: usize| build_revision(&project, &revisions[i], &format!("fresh-{i}/_site"));
    let wanted = [fresh(0), fresh(1), fresh(2)];
    assert!(wanted[1] != wanted[2] && wanted[1].len() == wanted[2].len());
    let (work, mine) = (project.path(WORK), project.path("mine"));
    project.file("mine", "dear");
    let (mut dice, mut state, mut older) = (Dice(11), 0, Vec::new());
    for round in 0..150 {
        let built = build_revision(&project, &revisions[state], "_site");
        assert_eq!(built.keys().collect::<Vec<_>>(), wanted[state].keys().collect::<Vec<_>>());
        assert!(built == wanted[state], "round {round}, an undisturbed build");
        older.push(tree(&work));
        let what = damage(&mut dice, &work, &older, &mine);
        state = dice.below(revisions.len());
        let built = build_revision(&project, &revisions[state], "_site");
        assert!(built == wanted[state], "round {round}: {what}, then revision {state}");
        assert_eq!(project.read("mine"), "dear", "round {round}: {what}");
    }
}

#[test]
fn an_older_cache_is_recognised_where_the_clock_of_the_disk_is_coarse() {
    let (project, revisions) = history();
    let wanted = build_revision(&project, &revisions[1], "_site");
    let (site, cache) = (project.path("_site"), project.path(&format!("{WORK}/cache")));
    let older = std::fs::read(&cache).unwrap();
    let modified = |path: &String| std::fs::metadata(site.join(path)).unwrap().modified().unwrap();
    let times: Vec<_> = wanted.keys().map(|path| (path, modified(path))).collect();
    let other = build_revision(&project, &revisions[2], "_site");
    assert!(other.iter().zip(&wanted).any(|(a, b)| a.1 != b.1 && a.1.len() == b.1.len()));
    for (path, time) in times {
        let file = std::fs::File::options().append(true).open(site.join(path)).unwrap();
        file.set_modified(time).unwrap();
    }
    std::fs::write(&cache, older).unwrap();
    assert!(build_revision(&project, &revisions[1], "_site") == wanted);
}

#[test]
fn a_list_that_somebody_touched_without_moving_its_time_is_not_cut_into_the_next_one() {
    let (project, revisions) = history();
    build_revision(&project, &revisions[1], "_site");
    let list = project.path("_site/v0.1/servers/index.json");
    let time = std::fs::metadata(&list).unwrap().modified().unwrap();
    let text = std::fs::read_to_string(&list).unwrap();
    std::fs::write(&list, text.replace("A server", "A trojan")).unwrap();
    std::fs::File::options().append(true).open(&list).unwrap().set_modified(time).unwrap();
    let wanted = build_revision(&project, &revisions[2], "fresh/_site");
    assert!(build_revision(&project, &revisions[2], "_site") == wanted);
}

#[test]
fn a_working_folder_that_is_a_link_or_a_file_is_replaced_and_its_target_left_alone() {
    let project = Project::sample();
    project.file("elsewhere/letter", "dear");
    project.build_api().expect(0);
    let wanted = tree(&project.path("_site"));
    for path in [".mcp-static", WORK] {
        for link in [true, false] {
            clear(&project.path(path));
            if link {
                #[cfg(unix)]
                std::os::unix::fs::symlink(project.path("elsewhere"), project.path(path)).unwrap();
            } else {
                project.file(path, "a file");
            }
            project.remove("_site/v0.1/ping/index.json");
            project.build_api().expect(0);
            assert_eq!(tree(&project.path("_site")), wanted);
            assert_eq!(tree(&project.path("elsewhere")).len(), 1);
        }
    }
}

#[test]
fn a_working_folder_that_git_tracks_is_refused() {
    let (project, _) = history();
    project.build_api().expect(0);
    let repo = git2::Repository::open(project.path("")).unwrap();
    let mut index = repo.index().unwrap();
    index.add_path(Path::new(".mcp-static/_site/cache")).unwrap();
    index.write().unwrap();
    project.commit(1_700_000_300);
    for verb in [
        &["build"][..],
        &["check"],
        &["serve", "--addr", "127.0.0.1:0"],
        &["build", "--rev", "HEAD~1"],
    ] {
        project
            .run(verb)
            .expect(2)
            .says("git tracks the working folder")
            .says("git rm -r -f .mcp-static");
    }
    // Beside an output elsewhere in the repository, and inside of one for several hosts.
    index.remove_path(Path::new(".mcp-static/_site/cache")).unwrap();
    project.file("sites/.MCP-static/x", "");
    index.add_path(Path::new("sites/.MCP-static/x")).unwrap();
    index.write().unwrap();
    project.commit(1_700_000_400);
    project.run(&["build", "--out", "sites/one"]).expect(2).says("git tracks");
    project
        .run(&["build", "--out", "sites", "--for", "plain", "--for", "nginx"])
        .expect(2)
        .says("git tracks");
    project.run(&["check"]).expect(0);
    project.build_api().expect(0);
}

#[test]
fn a_change_that_brings_a_working_folder_is_the_maintainers_to_judge() {
    let protected = |path: &str| mcp_static::internals::proof::change::is_protected(path, &[]);
    for path in [".mcp-static", ".mcp-static/_site/cache", "sites/.MCP-Static/one/dates"] {
        assert!(protected(path), "{path}");
    }
    assert!(!protected(".mcp-static.md") && !protected("docs/mcp-static/x"));
}

#[test]
fn what_a_stranger_left_in_the_working_folder_moves_and_removes_nothing() {
    let project = Project::sample();
    project.build_api().expect(0);
    let wanted = tree(&project.path("_site"));
    project.file("mine/letter", "dear").file("_site/CNAME", "registry.example.com\n");
    // A journal of the former kind, and a staged tree without a commit that announces it.
    project
        .file(&format!("{WORK}/journal"), "mcp-static journal 1\nM ../mine/letter\nR CNAME\nend\n");
    project
        .file(&format!("{WORK}/mine/letter"), "not dear")
        .file(&format!("{WORK}/stage/CNAME"), "evil");
    project.file(&format!("{WORK}/stage/manifest.json"), "{\"tool\":\"mine\",\"files\":[]}");
    project.build_api().expect(0);
    assert_eq!(project.read("mine/letter"), "dear");
    assert_eq!(project.read("_site/CNAME"), "registry.example.com\n");
    project.remove("_site/CNAME");
    assert_eq!(tree(&project.path("_site")), wanted);
}

/// Adds rows to the manifest of `_site`, as somebody who wants files removed would.
fn add_rows(project: &Project, paths: &[&str]) {
    let mut manifest = project.json("_site/manifest.json");
    for path in paths {
        let row = serde_json::json!({ "path": path, "size": 4, "sha256": "0".repeat(64) });
        manifest["files"].as_array_mut().unwrap().push(row);
    }
    project.file("_site/manifest.json", &manifest.to_string());
}

#[test]
fn rows_that_leave_the_site_are_nobodys_and_remove_nothing() {
    let project = Project::sample();
    project.build_api().expect(0);
    let wanted = tree(&project.path("_site"));
    project.file("mine/letter", "dear");
    let absolute = project.path("mine/letter").to_string_lossy().into_owned();
    let rows =
        ["../mine/letter", "v0/../../mine/letter", "./x", "a//b", "..\\mine\\letter", &absolute];
    add_rows(&project, &rows);
    add_rows(&project, &[&format!("{}f", "a/".repeat(200_000))]);
    project.build_api().expect(0);
    assert_eq!(project.read("mine/letter"), "dear");
    assert_eq!(tree(&project.path("_site")), wanted);
    let mut manifest = project.json("_site/manifest.json");
    manifest["root"] = "../mine".into();
    project.file("_site/manifest.json", &manifest.to_string()).file("mine/manifest.json", "dear");
    project.build_api().expect(0);
    assert_eq!(project.read("mine/manifest.json"), "dear");
}

#[test]
#[cfg(unix)]
fn nothing_is_written_or_removed_through_a_link_in_the_output() {
    use std::os::unix::fs::symlink;
    let project = Project::sample();
    project.build_api().expect(0);
    let wanted = tree(&project.path("_site"));
    // A row behind a link.
    project.file("mine/letter", "dear");
    symlink(project.path("mine"), project.path("_site/mine")).unwrap();
    add_rows(&project, &["mine/letter"]);
    project
        .build_api()
        .expect(2)
        .says("a symbolic link is where a folder has to be: _site/mine")
        .says("nothing was changed");
    project.remove("_site/mine/letter").file("mine/letter", "dear");
    clear(&project.path("_site/mine"));
    project.build_api().expect(0);
    assert_eq!(project.read("mine/letter"), "dear");
    // A linked folder, even one that holds the right bytes, with and without a cache.
    std::fs::rename(project.path("_site/v0"), project.path("moved")).unwrap();
    symlink(project.path("moved"), project.path("_site/v0")).unwrap();
    let moved = tree(&project.path("moved"));
    let status = "registry-data/servers/com.example/status-page/1.0.0/status.json";
    project.build_api().expect(2).says("_site/v0").says("move _site/v0 out of the output folder");
    project.file(status, "{\"status\":\"deprecated\"}\n").remove(".mcp-static");
    project.build_api().expect(2).says("_site/v0");
    project.remove("registry-data/servers/com.example/status-page");
    project.build_api().expect(2).says("_site/v0");
    assert_eq!(tree(&project.path("moved")), moved);
    // A linked file is replaced; what it led to stays.
    let project = Project::sample();
    project.build_api().expect(0);
    let ping = project.path("_site/v0/ping/index.json");
    std::fs::rename(&ping, project.path("ping")).unwrap();
    symlink(project.path("ping"), &ping).unwrap();
    project.run(&["check", "--site", "_site"]).expect(1).says("it is not a regular file");
    project.build_api().expect(0);
    assert!(!ping.is_symlink() && project.path("ping").exists());
    assert_eq!(tree(&project.path("_site")), wanted);
    project.run(&["check", "--site", "_site"]).expect(0);
}

#[test]
#[cfg(unix)]
fn an_output_behind_a_link_of_the_repository_is_refused() {
    use std::os::unix::fs::symlink;
    let project = Project::sample();
    project.file("elsewhere/letter", "dear");
    symlink(project.path("elsewhere"), project.path("sites")).unwrap();
    let hosts = ["build", "--only", "api", "--out", "sites", "--for", "plain", "--for", "nginx"];
    for args in [&hosts[..], &["build", "--only", "api", "--out", "sites/one/site"]] {
        project.run(args).expect(2).says("behind a symbolic link").says("sites");
    }
    assert_eq!(tree(&project.path("elsewhere")).len(), 1);
    // A link outside of the repository is the machine's own.
    let outside = Project::empty();
    outside.file("real/x", "");
    symlink(outside.path("real"), outside.path("link")).unwrap();
    let out = outside.path("link/site").to_string_lossy().into_owned();
    project.run(&["build", "--only", "api", "--out", &out]).expect(0);
}

#[test]
fn what_is_in_the_way_is_named_before_anything_moves() {
    let project = Project::sample();
    project.build_api().expect(0);
    let whole = tree(&project.path("_site"));
    let status = "registry-data/servers/com.example/status-page/1.0.0/status.json";
    project.file(status, "{\"status\":\"deprecated\"}\n");
    let place = "_site/v0/servers";
    let (kept, list) = (project.path("kept"), format!("{place}/index.json"));
    // A file where a folder has to be.
    std::fs::rename(project.path(place), &kept).unwrap();
    project.file(place, "mine");
    let before = tree(&project.path("_site"));
    project
        .build_api()
        .expect(2)
        .says("a file is where a folder has to be")
        .says(place)
        .says("build again");
    assert_eq!(tree(&project.path("_site")), before);
    project.remove(place);
    std::fs::rename(&kept, project.path(place)).unwrap();
    // A folder where a file has to be.
    project.remove(&list).file(&format!("{list}/mine"), "mine");
    let before = tree(&project.path("_site"));
    project.build_api().expect(2).says("a folder is where a file has to be").says(&list);
    assert_eq!(tree(&project.path("_site")), before);
    // An empty one is nothing that anybody could miss.
    project.remove(&format!("{list}/mine"));
    std::fs::create_dir_all(project.path(&format!("{list}/empty"))).unwrap();
    project.build_api().expect(0);
    project.remove(status);
    project.build_api().expect(0);
    assert_eq!(tree(&project.path("_site")), whole);
}

#[test]
fn with_several_hosts_an_obstacle_in_one_site_keeps_all_as_they_were() {
    let project = Project::sample();
    let hosts = ["build", "--only", "api", "--for", "plain", "--for", "nginx"];
    project.run(&hosts).expect(0);
    project.remove("registry-data/servers/com.example/status-page");
    let manifest = project.json("_site/nginx/manifest.json");
    let rows = manifest["files"].as_array().unwrap();
    let path = rows
        .iter()
        .map(|row| row["path"].as_str().unwrap())
        .find(|path| path.contains("v0.1/servers"))
        .unwrap();
    let folder = format!("_site/nginx/{}", &path[..path.find("v0.1").unwrap() + 4]);
    project.remove(&folder).file(&folder, "mine");
    let before = tree(&project.path("_site"));
    project.run(&hosts).expect(2).says(&folder);
    let mut after = tree(&project.path("_site"));
    after.retain(|path, _| before.contains_key(path));
    assert_eq!(after, before);
}

#[test]
#[cfg(unix)]
fn a_linked_folder_of_templates_is_refused() {
    let project = Project::sample();
    project.file("registry-data/registry.toml", "[catalog]\ntemplates = \"looks/mine\"\n");
    project.file("elsewhere/mine/home.html", "secret");
    std::os::unix::fs::symlink(project.path("elsewhere"), project.path("looks")).unwrap();
    let url = ["--base-url", "https://registry.example.com"];
    project
        .run(&[&["build"][..], &url].concat())
        .expect(2)
        .says("behind a symbolic link: looks")
        .says("[catalog] templates");
}
