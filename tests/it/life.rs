//! The life of a registry, played through the program: a public one from its first commit to a race,
//! and the first hour of a company's. Domains are asked of a real name server on this computer.

use std::cell::Cell;

use git2::build::CheckoutBuilder;
use hickory_server::proto::rr::RecordType::TXT;
use mcp_static::internals::proof::PublicKey;
use serde_json::{Value, json};

use crate::dns::server::{Act, NameServer, txt};
use crate::project::{Project, Ran};

const BASE_URL: &str = "https://mcp.acme.example";
const NAME: &str = "com.example/weather";

/// A registry with a published branch called `main`, and the resolver that it asks.
struct Life {
    project: Project,
    git: git2::Repository,
    dns: NameServer,
    /// Commits so far, which also tell the time.
    commits: Cell<i64>,
}

impl Life {
    /// What `init` makes of an empty folder, as the first commit.
    fn begin(profile: &[&str]) -> Self {
        let project = Project::empty();
        project
            .run(&[&["init", "--yes", "--example", "--base-url", BASE_URL], profile].concat())
            .expect(0);
        let mut options = git2::RepositoryInitOptions::new();
        options.initial_head("main");
        let git = git2::Repository::init_opts(project.path(""), &options).unwrap();
        let dns = NameServer::new(&[]);
        let settings = project.read("registry-data/registry.toml");
        let resolver = format!(
            "[ownership.dns]\nresolvers = [\"{}\"]\nquorum = 1\ntry_ms = 20000\ntotal_ms = 60000\n",
            dns.address
        );
        let settings = settings.replacen("[ownership.dns]\n", &resolver, 1);
        project.file("registry-data/registry.toml", &settings);
        let life = Self { project, git, dns, commits: Cell::new(0) };
        life.commit();
        life
    }

    fn run(&self, args: &[&str]) -> Ran {
        let home = self.project.path("home");
        self.project.run_with(args, &[("HOME", home.to_str().unwrap()), ("XDG_CONFIG_HOME", "")])
    }

    fn commit(&self) -> git2::Oid {
        self.commits.set(self.commits.get() + 1);
        self.project.commit(1_790_000_000 + 3600 * self.commits.get())
    }

    /// Makes a key and returns the record that lists it.
    fn key(&self, name: &str) -> String {
        let file = format!("home/{name}");
        self.run(&["sign", "key", "new", "--out", &file, "--domain", "example.com"]).expect(0);
        PublicKey::from_openssh_line(&self.project.read(&format!("{file}.pub"))).unwrap().record()
    }

    /// Tells what example.com lists from now on.
    fn lists(&self, records: &[&str]) {
        let records = records.iter().map(|record| txt("example.com", &[record])).collect();
        self.dns.tell("example.com", TXT, Act::Say(records));
    }

    /// Puts the work tree back to the published branch.
    fn home(&self) {
        self.git.set_head("refs/heads/main").unwrap();
        let mut checkout = CheckoutBuilder::new();
        checkout.force().remove_untracked(true).path("registry-data");
        self.git.checkout_head(Some(&mut checkout)).unwrap();
    }

    /// Makes a change on a branch that leaves the published one now; the branch's name.
    fn propose(&self, change: impl FnOnce(&Self)) -> String {
        self.home();
        let name = format!("change-{}", self.commits.get());
        let tip = self.git.head().unwrap().peel_to_commit().unwrap();
        self.git.branch(&name, &tip, false).unwrap();
        self.git.set_head(&format!("refs/heads/{name}")).unwrap();
        change(self);
        self.commit();
        name
    }

    fn verify(&self, branch: &str) -> Ran {
        self.run(&["verify", "--base", "main", "--head", branch])
    }

    /// Merges a branch as forges squash: one commit, unsigned, by somebody else.
    fn squash(&self, branch: &str) {
        let commit = |name: &str| {
            let name = format!("refs/heads/{name}");
            self.git.find_reference(&name).unwrap().peel_to_commit().unwrap()
        };
        let (main, change) = (commit("main"), commit(branch));
        let fork = self.git.merge_base(main.id(), change.id()).unwrap();
        let fork = self.git.find_commit(fork).unwrap();
        let [fork, ours, theirs] = [&fork, &main, &change].map(|commit| commit.tree().unwrap());
        let mut index = self.git.merge_trees(&fork, &ours, &theirs, None).unwrap();
        let tree = self.git.find_tree(index.write_tree_to(&self.git).unwrap()).unwrap();
        self.commits.set(self.commits.get() + 1);
        let time = git2::Time::new(1_790_000_000 + 3600 * self.commits.get(), 0);
        let forge = git2::Signature::new("Forge", "noreply@forge.example", &time).unwrap();
        let branch = Some("refs/heads/main");
        self.git.commit(branch, &forge, &forge, "squashed", &tree, &[&main]).unwrap();
        self.home();
    }

    /// Proposes, sees it pass, merges.
    fn publish(&self, change: impl FnOnce(&Self)) {
        let branch = self.propose(change);
        self.verify(&branch).expect(0).says("com.example is proven by proof-file");
        self.squash(&branch);
    }

    /// Proposes and sees it refused for `code`.
    fn refuse(&self, change: impl FnOnce(&Self), code: &str) {
        let branch = self.propose(change);
        self.verify(&branch).expect(1).says(&format!("[{code}]"));
        self.home();
    }

    fn edit(&self, path: &str, text: &str) {
        self.project.file(path, text);
    }

    /// Adds a version and signs it.
    fn version(&self, name: &str, version: &str, key: &str) {
        self.project.entry(name, version);
        let (what, key) = (format!("{name}@{version}"), format!("home/{key}"));
        self.run(&["sign", "entry", &what, "--key", &key]).expect(0);
    }

    /// Sets a status and signs it.
    fn status(&self, version: &str, word: &str, key: &str, more: &[&str]) {
        let (what, key) = (format!("{NAME}@{version}"), format!("home/{key}"));
        self.run(&["status", &what, word]).expect(0);
        self.run(&[&["sign", "status", &what, "--key", &key], more].concat()).expect(0);
    }

    fn build(&self) {
        self.run(&["build", "--only", "api", "--for", "plain"]).expect(0);
    }

    /// What the built site says of a version.
    fn built(&self, name: &str, version: &str) -> Value {
        self.build();
        self.project.json(&format!("_site/v0.1/servers/{name}/versions/{version}/index.json"))
    }

    /// Whether the built site no longer gives a version of the server.
    fn is_gone(&self, version: &str) -> bool {
        self.build();
        let versions = format!("_site/v0.1/servers/{NAME}/versions");
        assert!(self.project.path(&format!("{versions}/index.json")).exists());
        !self.project.path(&format!("{versions}/{version}/index.json")).exists()
    }
}

fn evidence(built: &Value) -> &Value {
    &built["_meta"]["example.acme.mcp/registry"]["ownership"]
}

fn state(built: &Value) -> &Value {
    &built["_meta"]["io.modelcontextprotocol.registry/official"]["status"]
}

fn folder(version: &str) -> String {
    format!("registry-data/servers/{NAME}/{version}")
}

#[test]
fn a_public_registry_lives_through_rotation_theft_strangers_and_races() {
    let life = Life::begin(&["--public"]);
    life.run(&["verify", "--base", "none"]).expect(0);

    // The first version, signed and squashed: the proof file is what is left to see.
    let first = life.key("first");
    let unlisted = life.propose(|life| life.version(NAME, "1.0.0", "first"));
    life.verify(&unlisted).expect(1).says("[ownership-key-not-listed]");
    life.lists(&["v=spf1 -all", &first]);
    life.verify(&unlisted).expect(0).says("com.example is proven by proof-file");
    life.squash(&unlisted);
    let built = life.built(NAME, "1.0.0");
    assert_eq!(evidence(&built)["method"], "proof-file", "{built:#}");
    assert_eq!(evidence(&built)["subject"], "domain:example.com");
    assert_eq!(evidence(&life.built("com.example/hello", "1.0.0"))["method"], "unrecorded");

    // A planned rotation: both are listed for a while, then the second alone.
    let second = life.key("second");
    life.lists(&[&first, &second]);
    life.publish(|life| life.version(NAME, "1.1.0", "second"));
    life.lists(&[&second]);
    life.refuse(|life| life.version(NAME, "1.1.1", "first"), "ownership-key-not-listed");

    // The second key is stolen. What the thief publishes passes until the record is gone; then the
    // owner withdraws it with a third key.
    life.publish(|life| life.version(NAME, "6.6.6", "second"));
    let third = life.key("third");
    life.lists(&[&third]);
    life.refuse(|life| life.version(NAME, "6.6.7", "second"), "ownership-key-not-listed");
    life.built(NAME, "6.6.6");
    life.publish(|life| life.status("6.6.6", "deleted", "third", &[]));
    assert!(life.is_gone("6.6.6"));

    // A deprecation, and later a withdrawal of the same version.
    let early = ["--issued", "2026-01-01T00:00:00Z"];
    life.publish(|life| life.status("1.0.0", "deprecated", "third", &early));
    assert_eq!(state(&life.built(NAME, "1.0.0")), "deprecated");
    let files = ["status.json", "status.proof.json"].map(|f| format!("{}/{f}", folder("1.0.0")));
    let old = files.clone().map(|file| life.project.read(&file));
    life.publish(|life| life.status("1.0.0", "deleted", "third", &[]));

    // A stranger edits, takes a status back, and plays the old one again.
    let document = format!("{}/server.json", folder("1.1.0"));
    let text = life.project.read(&document).replace("A server", "A server of mine");
    life.refuse(|life| life.edit(&document, &text), "version-immutable");
    let take_back = |life: &Life| {
        for file in &files {
            life.project.remove(file);
        }
    };
    life.refuse(take_back, "ownership-unproven");
    let replay = |life: &Life| {
        for (file, text) in files.iter().zip(&old) {
            life.edit(file, text);
        }
    };
    life.refuse(replay, "ownership-proof-age");
    assert!(life.is_gone("1.0.0"));

    // Three changes leave the published branch at once; two of them want the same version.
    let winner = life.propose(|life| life.version(NAME, "2.0.0", "third"));
    let loser = life.propose(|life| {
        life.project.entry_with(NAME, "2.0.0", "\"title\": \"Mine\",");
        life.run(&["sign", "entry", &format!("{NAME}@2.0.0"), "--key", "home/third"]).expect(0);
    });
    let apart = life.propose(|life| life.version("com.example/tides", "1.0.0", "third"));
    for branch in [&winner, &loser, &apart] {
        life.verify(branch).expect(0);
    }
    life.squash(&winner);
    life.verify(&loser).expect(1).says("[change-conflict]");
    life.verify(&apart).expect(0);
    life.squash(&apart);
    assert_eq!(evidence(&life.built("com.example/tides", "1.0.0"))["method"], "proof-file");
    life.run(&["check"]).expect(0);
}

#[test]
fn under_a_mistyped_folder_nothing_is_judged() {
    // Every file would be one without a meaning, and no settings would hold.
    let life = Life::begin(&["--public"]);
    let branch = life.propose(|life| {
        life.project.entry(NAME, "1.0.0");
    });
    let args = ["verify", "--offline", "--base", "main", "--head", &branch];
    life.run(&args).expect(1).says("[ownership-unproven]");
    let elsewhere = [&args[..], &["--data", "registry-dta"]].concat();
    life.run(&elsewhere).expect(2).says("neither base nor head holds the data folder");
    let hold = [&elsewhere[..], &["--hold", "held.txt"]].concat();
    life.run(&hold).expect(2).says("neither base nor head holds the data folder");
}

/// What GitHub says of a pull request in a company's repository.
fn company_event(life: &Life, branch: &str, own: bool) -> String {
    let tip = life.git.revparse_single(branch).unwrap().id().to_string();
    let owner = json!({ "login": "acme", "id": 1, "type": "Organization" });
    let repo = |id: u64| json!({ "id": id, "owner": owner });
    let event = json!({
        "pull_request": {
            "number": 1,
            "user": { "login": "alice", "id": 1001, "type": "User" },
            "head": { "sha": tip, "ref": branch, "repo": repo(if own { 7 } else { 8 }) },
            "base": { "sha": "", "ref": "main", "repo": repo(7) },
        },
        "repository": { "visibility": "private", "default_branch": "main" },
    });
    life.project.file("event.json", &event.to_string());
    life.project.path("event.json").to_string_lossy().into_owned()
}

#[test]
fn a_companys_first_hour_needs_no_network() {
    let life = Life::begin(&["--private", "--name", "Acme"]);
    life.run(&["verify", "--base", "none"]).expect(0);
    life.run(&["check"]).expect(0);

    // A colleague's branch: nothing to sign, nobody to ask, people review.
    let branch = life.propose(|life| {
        life.project.entry("com.acme.tools/wiki", "1.0.0");
    });
    let event = company_event(&life, &branch, true);
    let judge = |branch: &str, event: &str| {
        let args = ["verify", "--base", "main", "--head", branch, "--event", event];
        life.project.run_with(&args, &[("GITHUB_SERVER_URL", "https://github.com")])
    };
    judge(&branch, &event).expect(0).says("com.acme.tools is decided by review (alice)");
    // From a fork somebody who may push has to take it over.
    let event = company_event(&life, &branch, false);
    judge(&branch, &event).expect(4).says("[needs-maintainer]");
    life.squash(&branch);
    assert_eq!(evidence(&life.built("com.acme.tools/wiki", "1.0.0"))["method"], "reviewed");

    // Review does not undo what a registry promises.
    let branch = life.propose(|life| {
        life.project.entry_with("com.acme.tools/wiki", "1.0.0", "\"title\": \"Wiki\",");
    });
    let event = company_event(&life, &branch, true);
    judge(&branch, &event).expect(1).says("[version-immutable]");
    assert_eq!(life.dns.heard(), [], "somebody was asked");
}
