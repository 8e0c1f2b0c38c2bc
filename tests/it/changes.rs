//! Every case under `tests/changes`: a base, a head and a recorded world, judged, and the verdict
//! compared with the one that the case expects.
//!
//! A case is one file:
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
//! Commands stand at the top of `changes/repo.rs`, what the forge may say at that of
//! `changes/forge.rs`. `{key:a}` in any text is the record of key `a`, `{print:a}` its fingerprint;
//! letters that begin with `p` are keys on P-384. A case may also say `first = true` (there is no
//! base), `offline = true`, `by_commit = true` (the gate before a deployment) and `[[pulls]]` (what
//! the forge knows of a commit there). Worlds also hold `now`, `no_resolver` (why
//! there is none), `packages` (what package registries give: JSON, a text or a status by URL), and `upstream` (what other registries
//! give: a description, a status or `false` for silence, by `REGISTRY NAME VERSION`). Expectations
//! besides: `notes`, `labels`, `safe`, `held` (paths; `… as before` where an
//! older state is published), `up_to` (commits after the base up to which nothing is
//! held), `says` (texts of the report), `asked` (questions for DNS, in order), `error`.

mod forge;
mod repo;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::fake::{FakeClock, FakeDns, FakeExchange, FakeHttp, FakeWellKnown};
use mcp_static::internals::config::{Ownership, PackageSettings};
use mcp_static::internals::diag::Severity;
use mcp_static::internals::error::{Error, ErrorKind};
use mcp_static::internals::judge::{Judged, Network, VerifyOptions, verify};
use mcp_static::internals::package::Doors;
use mcp_static::internals::pipeline::verify_by_commit;
use mcp_static::internals::proof::Verdict;
use mcp_static::internals::proof::event::{PullRequest, parse_pulls};
use mcp_static::internals::world::clock::Clock;
use mcp_static::internals::world::dns::Dns;
use mcp_static::internals::world::http::Http;
use mcp_static::internals::world::wellknown::WellKnown;
use serde_json::{Value, json};

use crate::project::home;

pub use repo::{ID, Repo, fill};

use forge::{event, pull};
use repo::{record_url, upstream_record};

/// The moment at which cases are judged, unless they say otherwise.
const NOW: &str = "2026-11-22T06:00:00Z";

/// The world of a case.
pub struct World {
    /// Why there is nobody to ask.
    no_resolver: Option<String>,
    dns: Option<Arc<FakeDns>>,
    well_known: Option<Arc<FakeWellKnown>>,
    http: FakeHttp,
    packages: Option<FakeExchange>,
    clock: FakeClock,
    pulls: Option<Value>,
}

impl World {
    /// One in which nobody answers.
    pub fn silent() -> Self {
        Self {
            no_resolver: None,
            dns: None,
            well_known: None,
            http: FakeHttp::new(),
            packages: None,
            clock: FakeClock::at(1_780_000_000),
            pulls: None,
        }
    }
}

impl Network for World {
    fn dns(&self, _: &Ownership) -> Result<Option<Arc<dyn Dns>>, Error> {
        match &self.no_resolver {
            Some(why) => Err(Error::new(ErrorKind::Usage, why.clone())),
            None => Ok(self.dns.clone().map(|dns| dns as Arc<dyn Dns>)),
        }
    }

    fn well_known(&self, _: &Ownership) -> Result<Option<Arc<dyn WellKnown>>, Error> {
        Ok(self.well_known.clone().map(|fake| fake as Arc<dyn WellKnown>))
    }

    fn http(&self) -> Option<&dyn Http> {
        Some(&self.http)
    }

    fn packages(&self, _: &PackageSettings) -> Result<Option<Doors<'_>>, Error> {
        Ok(self.packages.as_ref().map(|fake| Doors {
            public: fake,
            named: fake,
            clock: &self.clock,
            tokens: BTreeMap::new(),
        }))
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

/// What became of a case.
pub struct Outcome {
    pub judged: Judged,
    /// What DNS was asked.
    asked: Vec<String>,
    /// How many commits after the base nothing is held up to.
    up_to: Option<usize>,
}

/// Judges a case; the error is what went wrong with our own work.
pub fn judge(case: &Value) -> Result<Outcome, Error> {
    let folder = tempfile::tempdir().unwrap();
    let mut repo = Repo::new(folder.path());
    let settings = case["settings"].as_str().unwrap_or("");
    repo.write(
        "registry-data/registry.toml",
        &fill(&format!("[registry]\nid = \"{ID}\"\n{settings}\n")),
    );
    let commands = |key: &str| -> Option<Vec<String>> {
        let list = case[key].as_array()?;
        Some(list.iter().map(|c| c.as_str().unwrap().to_owned()).collect())
    };
    let list = |key: &str| commands(key).unwrap_or_default();
    let meanwhile = commands("meanwhile");
    let (base, head) = repo.branch(&list("base"), meanwhile.as_deref(), &list("head"));
    let world: Value = serde_json::from_str(&fill(&case["world"].to_string())).unwrap();
    let clock = world["now"].as_str().unwrap_or(NOW).to_owned();
    let part = |key: &str| match &world[key] {
        Value::Null => json!({}),
        part => part.clone(),
    };
    let dns: FakeDns = serde_json::from_value(part("dns")).unwrap();
    let well_known: FakeWellKnown = serde_json::from_value(part("http")).unwrap();
    let mut http = FakeHttp::new();
    for (what, given) in world["upstream"].as_object().cloned().unwrap_or_default() {
        let words: Vec<&str> = what.split(' ').collect();
        let (name, version) = (words[1], words[2]);
        let url = record_url(words[0], name, version);
        http = match given {
            Value::String(about) => {
                http.body(&url, upstream_record(name, version, &about).to_string())
            }
            Value::Number(status) => {
                http.status(&url, u16::try_from(status.as_u64().unwrap()).unwrap(), None)
            }
            _ => http.silence(&url),
        };
    }
    let offline = case["offline"] == true;
    let network = World {
        no_resolver: world["no_resolver"].as_str().map(str::to_owned),
        dns: (!offline).then(|| Arc::new(dns)),
        well_known: (!offline).then(|| Arc::new(well_known)),
        http,
        packages: (!offline).then(|| serde_json::from_value(part("packages")).unwrap()),
        clock: FakeClock::at(
            mcp_static::internals::model::Timestamp::parse(&clock).unwrap().unix(),
        ),
        pulls: case["pulls"]
            .as_array()
            .map(|pulls| pulls.iter().map(|p| pull(p, &head.to_string())).collect()),
    };
    let options = VerifyOptions {
        data: folder.path().join("registry-data"),
        base: (case["first"] != true).then(|| base.to_string()),
        head: Some(head.to_string()),
        event: event(&case["event"], &head.to_string()),
        ..VerifyOptions::default()
    };
    let judged = if case["by_commit"] == true {
        verify_by_commit(&options, &network)
    } else {
        verify(&options, &network)
    }?;
    let asked = network.dns.map_or(Vec::new(), |dns| dns.asked());
    let up_to = judged.proven_up_to.as_ref().map(|proven| {
        let ahead = |tip: &str| git2::Oid::from_str(tip).unwrap();
        repo.git.graph_ahead_behind(ahead(proven), base).unwrap().0
    });
    Ok(Outcome { judged, asked, up_to })
}

/// What is wrong with the outcome of a case.
fn compare(case: &Value) -> Vec<String> {
    let expect = &case["expect"];
    let Outcome { judged, asked, up_to } = match judge(case) {
        Ok(outcome) => outcome,
        Err(e) => {
            let wanted = expect["error"].as_str().unwrap_or("no error");
            let said = format!("{e:#}");
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
    let held: Vec<String> = judged
        .held
        .iter()
        .map(|back| match &back.held.from {
            Some(_) => format!("{} as before", back.held.path),
            None => back.held.path.clone(),
        })
        .collect();
    same("held", json!(held), &expect["held"]);
    same("up_to", json!(up_to), &expect["up_to"]);
    same("asked", json!(asked), &expect["asked"]);
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

/// Returns every case by its file's name, in order.
fn cases() -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(home().join("tests/changes")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
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
    // Most of the time goes by with writing repositories, so several are judged at once.
    let failed: Vec<String> = std::thread::scope(|scope| {
        let judge = |part: &[(String, Value)]| -> Vec<String> {
            let wrong = part.iter().map(|(name, case)| (name, compare(case)));
            let wrong = wrong.filter(|(_, wrong)| !wrong.is_empty());
            wrong.map(|(name, wrong)| format!("{name}:\n  {}", wrong.join("\n  "))).collect()
        };
        let parts: Vec<_> = all.chunks(32).map(|part| scope.spawn(move || judge(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let cases = all.len();
    assert!(failed.is_empty(), "{} of {cases} failed\n{}", failed.len(), failed.join("\n"));
    assert!(cases >= 80, "only {cases} cases were found");
}
