//! Every case under `tests/changes`: a base, a head and a recorded world, judged, and the verdict
//! compared with the one that the case expects.
//!
//! `case.toml` of a case:
//!
//! ```toml
//! about = "what it shows"
//! base = ["entry com.example/weather 1.0.0"]           # commands; a commit is made after them
//! head = ["entry com.example/weather 1.1.0", "proof com.example/weather 1.1.0 key=a"]
//! meanwhile = []                                       # what the base gains after the change left it
//! settings = "[ownership]\ntrust = \"proof\""          # registry.toml of the base
//! [event]                                              # what the forge says; absent for no event
//! author = "alice:1001"
//! [world]                                              # as the recorded worlds of the library
//! [expect]
//! judgement = "proven"                                 # refused, unknown, needs-maintainer
//! by = { "com.example" = "proof-file" }
//! codes = ["…"]                                        # exactly those that are not notes
//! ```
//!
//! Commands: `entry NAME VERSION [TEXT]`, `file PATH TEXT`, `remove PATH`, `status NAME VERSION WORD`,
//! `proof NAME VERSION …`, `status-proof NAME VERSION …`, `owners NAMESPACE TEXT`, `owners-proof
//! NAMESPACE …`, `link PATH`, `exec PATH`, `commit [sign=KEY] [author=…]`. Proofs take `key=a`,
//! `domain=`, `audience=`, `issued=`, `name=`, `version=`, `of=PATH`, `sig=` to differ from what fits.
//! `{key:a}` in any text is the record of key `a`, `{print:a}` its fingerprint.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use mcp_static::config::Ownership;
use mcp_static::diag::Severity;
use mcp_static::pipeline::{Doors, Judged, VerifyOptions, verify, verify_by_commit};
use mcp_static::proof::event::{Event, PullRequest, parse_event, parse_pulls};
use mcp_static::proof::{Action, Algorithm, PrivateKey, Statement, Verdict, content_hash};
use mcp_static::world::clock::Clock;
use mcp_static::world::dns::Dns;
use mcp_static::world::fake::{FakeClock, FakeDns, FakeHttp, FakeWellKnown};
use mcp_static::world::http::Http;
use mcp_static::world::wellknown::WellKnown;
use serde_json::{Value, json};

use crate::project::home;

/// The registry that every case is about.
const ID: &str = "https://registry.example.org";

/// The moment at which cases are judged, unless they say otherwise.
const NOW: &str = "2026-11-22T06:00:00Z";

/// A key by a letter: the same in every run.
pub fn key(letter: &str) -> PrivateKey {
    let algorithm = if letter.starts_with('p') { Algorithm::EcdsaP384 } else { Algorithm::Ed25519 };
    let mut seed = [7; 48];
    seed[..letter.len()].copy_from_slice(letter.as_bytes());
    let length = if algorithm == Algorithm::Ed25519 { 32 } else { 48 };
    PrivateKey::from_raw(algorithm, &seed[..length]).unwrap()
}

/// Replaces what stands for keys.
fn fill(text: &str) -> String {
    let mut text = text.to_owned();
    for (mark, show) in [("{key:", 0), ("{print:", 1)] {
        while let Some(at) = text.find(mark) {
            let end = at + text[at..].find('}').unwrap();
            let public = key(&text[at + mark.len()..end]).public().clone();
            let value = if show == 0 { public.record() } else { public.fingerprint() };
            text.replace_range(at..=end, &value);
        }
    }
    text
}

/// A repository that is made of paths, without a work tree.
struct Repo {
    git: git2::Repository,
    files: BTreeMap<String, (i32, Vec<u8>)>,
    tip: Option<git2::Oid>,
    time: i64,
}

impl Repo {
    fn new(folder: &Path) -> Self {
        let git = git2::Repository::init_bare(folder).unwrap();
        Self { git, files: BTreeMap::new(), tip: None, time: 1_760_000_000 }
    }

    fn tree(&self, prefix: &str) -> git2::Oid {
        let mut builder = self.git.treebuilder(None).unwrap();
        let mut folders = std::collections::BTreeSet::new();
        for (path, (mode, bytes)) in &self.files {
            let Some(rest) = path.strip_prefix(prefix) else { continue };
            match rest.split_once('/') {
                Some((folder, _)) => drop(folders.insert(folder.to_owned())),
                None => {
                    let blob = self.git.blob(bytes).unwrap();
                    builder.insert(rest, blob, *mode).unwrap();
                }
            }
        }
        for folder in folders {
            let tree = self.tree(&format!("{prefix}{folder}/"));
            builder.insert(folder, tree, 0o40_000).unwrap();
        }
        builder.write().unwrap()
    }

    fn commit(&mut self, options: &BTreeMap<&str, &str>) {
        self.time += 3600;
        let author =
            options.get("author").copied().unwrap_or("A <a@example.com>").replace('_', " ");
        let (name, mail) = author.split_once(" <").unwrap();
        let time = git2::Time::new(self.time, 0);
        let who = git2::Signature::new(name, mail.trim_end_matches('>'), &time).unwrap();
        let tree = self.git.find_tree(self.tree("")).unwrap();
        let parent = self.tip.map(|oid| self.git.find_commit(oid).unwrap());
        let parents: Vec<_> = parent.iter().collect();
        let buffer = self.git.commit_create_buffer(&who, &who, "change", &tree, &parents).unwrap();
        let text = buffer.as_str().unwrap().to_owned();
        let oid = match options.get("sign") {
            None => {
                self.git.odb().unwrap().write(git2::ObjectType::Commit, text.as_bytes()).unwrap()
            }
            Some(letter) => {
                let namespace = options.get("namespace").copied().unwrap_or("git");
                let signature = key(letter).sign_ssh(namespace, text.as_bytes()).unwrap();
                self.git.commit_signed(&text, signature.trim_end(), None).unwrap()
            }
        };
        self.tip = Some(oid);
    }

    fn write(&mut self, path: &str, text: &str) {
        self.files.insert(path.to_owned(), (0o100_644, text.as_bytes().to_vec()));
    }

    fn run(&mut self, command: &str) {
        let command = fill(command);
        let (verb, rest) = command.split_once(' ').unwrap_or((&command, ""));
        let words: Vec<&str> = rest.split_whitespace().collect();
        let options: BTreeMap<&str, &str> =
            words.iter().filter_map(|word| word.split_once('=')).collect();
        let data = |path: &str| format!("registry-data/{path}");
        let folder = |name: &str, version: &str| data(&format!("servers/{name}/{version}"));
        match verb {
            "entry" => {
                let mut parts = rest.splitn(3, ' ');
                let (name, version) = (parts.next().unwrap(), parts.next().unwrap());
                let about = parts.next().unwrap_or("A server");
                let text = format!(
                    "{{\n  \"$schema\": \"https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json\",\n  \"name\": \"{name}\",\n  \"description\": \"{about}\",\n  \"version\": \"{version}\"\n}}\n"
                );
                self.write(&format!("{}/server.json", folder(name, version)), &text);
            }
            "status" => {
                let text = format!("{{\"status\":\"{}\"}}\n", words[2]);
                self.write(&format!("{}/status.json", folder(words[0], words[1])), &text);
            }
            "proof" => self.prove(Action::Publish, words[0], words[1], &options),
            "status-proof" => self.prove(Action::SetStatus, words[0], words[1], &options),
            "owners-proof" => self.prove(Action::SetOwners, words[0], "-", &options),
            "owners" => {
                let (namespace, text) = rest.split_once(' ').unwrap();
                let text = format!("namespace = \"{namespace}\"\n{text}\n");
                self.write(&data(&format!("owners/{}.toml", namespace.to_lowercase())), &text);
            }
            "file" => {
                let (path, text) = rest.split_once(' ').unwrap_or((rest, ""));
                self.write(path, text);
            }
            "remove" => self.files.retain(|path, _| !path.starts_with(words[0])),
            "link" => drop(self.files.insert(words[0].to_owned(), (0o120_000, b"x".to_vec()))),
            "exec" => self.files.get_mut(words[0]).unwrap().0 = 0o100_755,
            "commit" => self.commit(&options),
            other => panic!("there is no command {other:?}"),
        }
    }

    fn prove(&mut self, action: Action, name: &str, version: &str, options: &BTreeMap<&str, &str>) {
        let folder = format!("registry-data/servers/{name}/{version}");
        let (about, place) = match action {
            Action::Publish => (format!("{folder}/server.json"), format!("{folder}/proof.json")),
            Action::SetStatus => {
                (format!("{folder}/status.json"), format!("{folder}/status.proof.json"))
            }
            Action::SetOwners => {
                let place = format!("registry-data/owners/{}", name.to_lowercase());
                (format!("{place}.toml"), format!("{place}.proof.json"))
            }
        };
        let about = options.get("of").map_or(about, |path| (*path).to_owned());
        let bytes = self.files[&about].1.clone();
        let sha256 = match action {
            Action::SetOwners => mcp_static::data::digest(&bytes),
            _ => content_hash(&mcp_static::data::read_json("x", bytes).unwrap()).unwrap(),
        };
        let namespace = name.split('/').next().unwrap();
        let labels: Vec<&str> = namespace.rsplit('.').collect();
        let domain = labels.join(".").to_lowercase();
        let option = |key: &str, default: &str| {
            options.get(key).map_or(default.to_owned(), |value| (*value).to_owned())
        };
        let (audience, domain) = (option("audience", ID), option("domain", &domain));
        let issued = option("issued", "2026-11-22T05:00:00Z");
        let (name, version) = (option("name", name), option("version", version));
        let stated = Action::parse(&option("action", action.as_str())).unwrap();
        let statement = Statement {
            audience: &audience,
            action: stated,
            domain: &domain,
            name: &name,
            version: &version,
            sha256: &sha256,
            issued: &issued,
        };
        let key = key(&option("key", "a"));
        let mut signature = key.sign(statement.to_text().unwrap().as_bytes()).unwrap();
        if options.get("sig") == Some(&"wrong") {
            signature[3] ^= 1;
        }
        let public = key.public();
        use base64::Engine as _;
        let proof = json!({
            "v": 1, "audience": audience, "action": stated.as_str(), "domain": domain,
            "issued": issued, "alg": public.algorithm().as_str(), "key": public.to_base64(),
            "sig": base64::engine::general_purpose::STANDARD.encode(&signature),
        });
        self.write(&place, &format!("{proof:#}\n"));
    }
}

/// The world of a case.
struct World {
    dns: Option<Arc<FakeDns>>,
    well_known: Option<Arc<FakeWellKnown>>,
    http: FakeHttp,
    clock: FakeClock,
    pulls: Option<Value>,
}

impl Doors for World {
    fn dns(&self, _: &Ownership) -> Option<Arc<dyn Dns>> {
        self.dns.clone().map(|dns| dns as Arc<dyn Dns>)
    }

    fn well_known(&self, _: &Ownership) -> Option<Arc<dyn WellKnown>> {
        self.well_known.clone().map(|fake| fake as Arc<dyn WellKnown>)
    }

    fn http(&self) -> Option<&dyn Http> {
        Some(&self.http)
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn pulls_of(&self, _: &str) -> Result<Vec<PullRequest>, String> {
        match &self.pulls {
            None => Err("the forge does not answer".to_owned()),
            Some(pulls) => parse_pulls(pulls.to_string().as_bytes()),
        }
    }
}

/// `alice:1001` and a kind as the forge writes an account.
fn account(text: &str, kind: &str) -> Value {
    let (login, id) = text.split_once(':').unwrap();
    json!({ "login": login, "id": id.parse::<u64>().unwrap(), "type": kind })
}

/// The pull request of a case as the forge writes it.
fn pull(event: &Value, head: &str) -> Value {
    let text = |key: &str, default: &str| event[key].as_str().unwrap_or(default).to_owned();
    let author = text("author", "alice:1001");
    let owner = text("owner", &author);
    let own = event["own_branch"] == true;
    let repo = json!({
        "id": if own { 1 } else { 2 },
        "owner": account(&owner, &text("owner_kind", "User")),
    });
    json!({
        "number": 7,
        "user": if author == "none:0" { Value::Null } else { account(&author, &text("author_kind", "User")) },
        "head": { "sha": text("head", head), "ref": "change", "repo": if event["fork_gone"] == true { Value::Null } else { repo } },
        "base": { "sha": "", "ref": text("base", "main"), "repo": { "id": 1, "owner": account("registry:1", "Organization") } },
        "created_at": text("created", "2026-11-22T05:30:00Z"),
        "merged_at": event["merged_as"].as_str().map(|_| NOW),
        "merge_commit_sha": event["merged_as"].as_str().map(|m| if m == "head" { head } else { m }),
    })
}

fn event(event: &Value, head: &str) -> Option<Event> {
    let private = event["private"] == true;
    let mut payload = json!({
        "repository": { "id": 1, "full_name": "registry/data", "private": private,
                        "visibility": if private { "private" } else { "public" }, "default_branch": "main" },
        "sender": { "login": "mallory", "id": 666, "type": "User" },
    });
    match event["kind"].as_str().unwrap_or("pull_request") {
        "pull_request" => payload["pull_request"] = pull(event, head),
        "merge_group" => payload["merge_group"] = json!({ "head_sha": head }),
        _ => payload["after"] = json!(head),
    }
    let server = event["server"].as_str().unwrap_or("https://github.com");
    event.is_object().then(|| parse_event(payload.to_string().as_bytes(), server).unwrap())
}

/// Judges a case; the error is what went wrong with our own work.
fn judge(case: &Value) -> Result<Judged, mcp_static::error::Error> {
    let folder = tempfile::tempdir().unwrap();
    let mut repo = Repo::new(folder.path());
    let settings = case["settings"].as_str().unwrap_or("");
    repo.write(
        "registry-data/registry.toml",
        &fill(&format!("[registry]\nid = \"{ID}\"\n{settings}\n")),
    );
    let commands = |key: &str| -> Vec<String> {
        let list = case[key].as_array().cloned().unwrap_or_default();
        list.iter().map(|c| c.as_str().unwrap().to_owned()).collect()
    };
    let play = |repo: &mut Repo, key: &str| {
        let commands = commands(key);
        commands.iter().for_each(|command| repo.run(command));
        if commands.last().is_none_or(|last| !last.starts_with("commit")) {
            repo.run("commit");
        }
    };
    play(&mut repo, "base");
    let (fork, files) = (repo.tip.unwrap(), repo.files.clone());
    play(&mut repo, "head");
    let head = repo.tip.unwrap();
    let mut base = fork;
    if case["meanwhile"].is_array() {
        (repo.files, repo.tip) = (files, Some(fork));
        play(&mut repo, "meanwhile");
        base = repo.tip.unwrap();
    }
    let world: Value = serde_json::from_str(&fill(&case["world"].to_string())).unwrap();
    let clock = world["now"].as_str().unwrap_or(NOW).to_owned();
    let part = |key: &str| match &world[key] {
        Value::Null => json!({}),
        part => part.clone(),
    };
    let dns: FakeDns = serde_json::from_value(part("dns")).unwrap();
    let well_known: FakeWellKnown = serde_json::from_value(part("http")).unwrap();
    let mut http = FakeHttp::new();
    for (url, body) in world["registries"].as_object().cloned().unwrap_or_default() {
        http = match &body {
            Value::Null => http.silence(&url),
            Value::Number(status) => {
                http.status(&url, u16::try_from(status.as_u64().unwrap()).unwrap(), None)
            }
            body => http.body(&url, body.to_string()),
        };
    }
    let offline = case["offline"] == true;
    let doors = World {
        dns: (!offline).then(|| Arc::new(dns)),
        well_known: (!offline).then(|| Arc::new(well_known)),
        http,
        clock: FakeClock::at(mcp_static::model::Timestamp::parse(&clock).unwrap().unix()),
        pulls: case["pulls"]
            .as_array()
            .map(|pulls| pulls.iter().map(|p| pull(p, &head.to_string())).collect()),
    };
    let mut options = VerifyOptions::default();
    options.data = folder.path().join("registry-data");
    options.base = (case["first"] != true).then(|| base.to_string());
    options.head = Some(head.to_string());
    options.event = event(&case["event"], &head.to_string());
    if case["by_commit"] == true {
        verify_by_commit(&options, &doors)
    } else {
        verify(&options, &doors)
    }
}

/// What is wrong with the outcome of a case.
fn compare(case: &Value) -> Vec<String> {
    let expect = &case["expect"];
    let judged = match judge(case) {
        Ok(judged) => judged,
        Err(e) => {
            let wanted = expect["error"].as_str().unwrap_or("no error");
            let said = e.to_string();
            return if said.contains(wanted) { vec![] } else { vec![format!("error: {said}")] };
        }
    };
    let mut wrong = Vec::new();
    let mut same = |what: &str, got: Value, want: &Value| {
        if !want.is_null() && got != *want {
            wrong.push(format!("{what} is {got}, expected {want}"));
        }
    };
    same("judgement", json!(judged.judgement.as_str()), &expect["judgement"]);
    let mut codes: Vec<&str> = judged
        .report
        .items()
        .iter()
        .filter(|d| d.severity != Severity::Note)
        .map(|d| d.code.as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    same("codes", json!(codes), expect.get("codes").unwrap_or(&json!([])));
    let by: BTreeMap<&str, &str> = judged
        .namespaces
        .iter()
        .filter_map(|n| match &n.verdict {
            Verdict::Proven { by, .. } => Some((n.namespace.as_str(), *by)),
            _ => None,
        })
        .collect();
    same("by", json!(by), &expect["by"]);
    let notes = judged.report.items().iter().filter(|d| d.severity == Severity::Note);
    let mut notes: Vec<&str> = notes.map(|d| d.code.as_str()).collect();
    notes.dedup();
    same("notes", json!(notes), &expect["notes"]);
    same("labels", json!(judged.labels), &expect["labels"]);
    same("safe", json!(judged.safe), &expect["safe"]);
    same("held", json!(judged.held), &expect["held"]);
    if expect["error"].is_string() {
        wrong.push("it was judged, but an error was expected".to_owned());
    }
    let said: String = judged
        .report
        .items()
        .iter()
        .map(|d| format!("{} {:?} {:?} {:?}\n", d.message, d.help, d.labels, d.place.file))
        .chain(judged.namespaces.iter().map(|n| format!("{n:?}\n")))
        .collect();
    for text in expect["says"].as_array().cloned().unwrap_or_default() {
        let text = fill(text.as_str().unwrap());
        if !said.contains(&text) {
            wrong.push(format!("it does not say {text:?}"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(said);
    }
    wrong
}

/// Every case by its folder's name, in order.
fn cases() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(home().join("tests/changes")).unwrap() {
        let path = entry.unwrap().path();
        let Ok(text) = std::fs::read_to_string(path.join("case.toml")) else { continue };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let case: toml::Value = toml::from_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        found.push((name, serde_json::to_value(case).unwrap()));
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

/// Every code that a case expects, or that it says is a note.
pub fn codes() -> Vec<String> {
    let list =
        |case: &Value, key: &str| case["expect"][key].as_array().cloned().unwrap_or_default();
    let all = cases()
        .into_iter()
        .flat_map(|(_, case)| [list(&case, "codes"), list(&case, "notes")].concat());
    all.map(|code| code.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_change_gets_the_verdict_that_its_case_expects() {
    let all = cases();
    let failed: Vec<String> = all
        .iter()
        .filter_map(|(name, case)| {
            let wrong = compare(case);
            (!wrong.is_empty()).then(|| format!("{name}:\n  {}", wrong.join("\n  ")))
        })
        .collect();
    let cases = all.len();
    assert!(failed.is_empty(), "{} of {cases} failed\n{}", failed.len(), failed.join("\n"));
    assert!(cases >= 80, "only {cases} cases were found");
}
