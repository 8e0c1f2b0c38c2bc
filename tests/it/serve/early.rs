//! What is answered while the registry is still being read.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mcp_static::internals::pipeline::Observer;
use mcp_static::internals::serve::{Handle, LiveSource, Options, Reading, Server};
use pretty_assertions::assert_eq;

use super::client::{Client, Reply, get};
use super::large::random;
use super::load_options;
use crate::project::Project;

/// Holds up the reading of entries until it is opened.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    wake: Condvar,
}

impl Gate {
    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.wake.notify_all();
    }
}

impl Observer for Gate {
    fn stage(&self, name: &'static str, _: u64) {
        assert_eq!(name, "checking");
        drop(self.wake.wait_while(self.open.lock().unwrap(), |open| !*open).unwrap());
    }
}

/// A server whose registry is read when the gate is opened.
struct Reads {
    address: SocketAddr,
    handle: Handle,
    gate: Arc<Gate>,
    thread: Option<JoinHandle<Result<bool, String>>>,
}

impl Reads {
    fn start(project: &Project, patience: Duration) -> Self {
        let how = load_options(project.path("registry-data"));
        let mut options = Options::default();
        options.patience = patience;
        let server = Server::bind("127.0.0.1:0", options).unwrap();
        let (address, handle) = (server.local_addr(), server.handle());
        let gate = Arc::new(Gate::default());
        let observer = gate.clone();
        let thread = std::thread::spawn(move || {
            let source = LiveSource::new(how);
            let served = server.run_source(&source, &*observer, |_: &Reading| (), None);
            served.map_err(|e| format!("{e:#}"))
        });
        Self { address, handle, gate, thread: Some(thread) }
    }

    /// Opens the gate and waits until everything is read.
    fn finish(&self) {
        self.gate.open();
        wait_for(self.address, "/v0.1/health");
    }

    /// Opens the gate, and waits until the server ends by itself; whether it has served anything as a whole.
    fn ends(&mut self) -> Result<bool, String> {
        self.gate.open();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Reads {
    fn drop(&mut self) {
        self.gate.open();
        self.handle.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join().unwrap();
        }
    }
}

/// No wait at all: what is not known early is refused.
const NONE: Duration = Duration::ZERO;
const LONG: Duration = Duration::from_secs(60);

type Question = (&'static str, String, &'static str);

/// An answer without what differs between two requests for the same.
fn ask(client: &mut Client, (method, target, more): &Question) -> Reply {
    let mut reply = client.ask(method, target, more);
    reply.headers.retain(|(name, _)| name != "Date");
    reply
}

/// Waits until anything is known; single servers are answered from then on.
fn wait_for(address: SocketAddr, target: &str) -> Reply {
    let start = Instant::now();
    loop {
        let reply = get(address, target);
        if reply.status != 503 {
            return reply;
        }
        assert!(start.elapsed() < LONG, "{target} is never answered");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let names = entries.map(|entry| entry.file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with(".json")).collect();
    names.sort();
    names
}

/// What is asked of single servers, and lists whose pages are soon full.
fn questions(project: &Project) -> Vec<Question> {
    let mut asked: Vec<Question> = Vec::new();
    let mut get = |target: String| asked.push(("GET", target, ""));
    let servers = project.path("registry-data/servers");
    for namespace in names(&servers) {
        for name in names(&servers.join(&namespace)).into_iter().step_by(5) {
            let api = format!("/v0.1/servers/{namespace}%2F{name}/versions");
            let mut targets: Vec<String> = names(&servers.join(&namespace).join(&name));
            targets.extend(["latest".to_owned(), "9.9.9".to_owned()]);
            for version in targets {
                get(format!("{api}/{version}"));
                get(format!("{api}/{version}?include_deleted=true"));
                get(format!("/servers/{namespace}/{name}/{version}/"));
            }
            for more in ["", "?include_deleted=true", "?include_deleted=perhaps"] {
                get(format!("{api}{more}"));
            }
            get(format!("/v0/servers/{namespace}/{name}/versions/latest"));
            get(format!("/v0.1/servers?search={name}"));
            get(format!("/v0.1/servers?cursor={namespace}/{name}&limit=9"));
            get(format!("/servers/{namespace}/{name}"));
            get(format!("/servers/{namespace}/{name}/"));
            get(format!("/servers/{namespace}/{name}/badge.svg"));
        }
    }
    for query in [
        "limit=30",
        "limit=1",
        "limit=100",
        "limit=7&version=latest",
        "limit=5&include_deleted=true",
        "limit=3&updated_since=2025-03-14T00:00:00Z",
        "cursor=com.example1/&limit=20",
        "cursor=zzz",
        "search=nothing-has-this",
        "search=S1&limit=4",
        "limit=0",
        "limit=x&include_deleted=2",
        "search=%00",
    ] {
        get(format!("/v0.1/servers?{query}"));
    }
    get("/v0.1/servers/nobody%2Fhas-this/versions".to_owned());
    get("/v0.1/servers/nobody/versions/1.0.0".to_owned());
    get("/v0.1/servers/%zz/versions".to_owned());
    asked.push(("OPTIONS", "/v0.1/servers".to_owned(), ""));
    asked.push(("DELETE", "/v0.1/servers/com.example/x".to_owned(), ""));
    asked.push(("HEAD", "/v0.1/servers?limit=3".to_owned(), ""));
    asked.push(("GET", "/v0.1/servers?limit=3".to_owned(), "Accept-Encoding: gzip\r\n"));
    asked
}

#[test]
fn what_is_answered_early_is_what_is_answered_later() {
    let project = random(300, 5);
    let server = Reads::start(&project, NONE);
    assert_eq!(wait_for(server.address, "/v0.1/servers?limit=30").status, 200);
    let asked = questions(&project);
    let mut client = Client::connect(server.address);
    let early: Vec<Reply> = asked.iter().map(|question| ask(&mut client, question)).collect();
    server.finish();
    let mut pages = 0;
    for (question, early) in asked.iter().zip(early) {
        let later = ask(&mut client, question);
        // That a server has no such page is said by a page of the whole registry.
        if early.status == 503 {
            assert_eq!((later.status, &question.1[..9]), (404, "/servers/"), "{question:?}");
            continue;
        }
        pages += usize::from(question.1.starts_with("/servers/") && early.status == 200);
        assert_eq!(early.status, later.status, "{question:?}");
        assert_eq!(early.headers, later.headers, "{question:?}");
        assert!(early.body == later.body, "{question:?}: other bytes");
    }
    assert!(pages > 50, "{pages}");
}

#[test]
fn what_needs_the_whole_registry_waits_and_not_for_ever() {
    let project = random(300, 6);
    let whole = [
        "/",
        "/v0.1/servers",
        "/v0.1/health",
        "/v0.1/servers?updated_since=2030-01-01T00:00:00Z",
        "/v0.1/servers?version=77.0.0",
        "/browse/all/",
        "/nowhere",
        "/servers/com.example0/",
    ];
    let server = Reads::start(&project, NONE);
    wait_for(server.address, "/v0.1/servers?limit=1");
    for target in whole {
        let reply = get(server.address, target);
        assert_eq!((reply.status, reply.header("Retry-After")), (503, "5"), "{target}");
        assert!(reply.text().contains("still being read"), "{}", reply.text());
    }

    let server = Reads::start(&project, LONG);
    let address = server.address;
    let asked = whole.map(|target| std::thread::spawn(move || get(address, target).status));
    assert!(asked.iter().all(|it| !it.is_finished()));
    assert_eq!(get(address, "/v0.1/servers?limit=1").status, 200);
    server.gate.open();
    let statuses = asked.map(|it| it.join().unwrap());
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 2, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 404].contains(status)), "{statuses:?}");
}

#[test]
fn a_server_that_stops_lets_nobody_wait() {
    let project = random(7, 1);
    let server = Reads::start(&project, LONG);
    let address = server.address;
    assert_eq!(get(address, "/v0.1/servers?limit=1").status, 200);
    let mut client = Client::connect(address);
    client.send(b"GET /v0.1/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    server.handle.stop();
    let start = Instant::now();
    // Nobody is told that a registry without entries is well.
    assert!(client.reply(false).is_none_or(|reply| reply.status == 503));
    assert!(start.elapsed() < LONG / 2);
}

const POLICY: &str = r#"[[rules]]
id = "no-denied"
action = "deny"
reason = "It is denied."

[rules.match]
name = ["com.example/denied"]
"#;

#[test]
fn nothing_that_is_wrong_or_denied_is_served_early() {
    let project = Project::empty();
    for name in ["allowed", "broken", "denied"] {
        let name = format!("com.example/{name}");
        project.entry(&name, "1.0.0").pin(&name, "1.0.0", "2026-01-01T00:00:00Z");
    }
    project.file("registry-data/policy.toml", POLICY);
    let latest = |name: &str| format!("/v0.1/servers/com.example%2F{name}/versions/latest");
    let sound = Reads::start(&project, NONE);
    let page = wait_for(sound.address, "/v0.1/servers?limit=9").text();
    assert!(page.contains("com.example/allowed") && !page.contains("com.example/denied"), "{page}");
    assert_eq!(get(sound.address, &latest("denied")).status, 404);
    assert_eq!(get(sound.address, "/servers/com.example/denied/").status, 503);
    sound.finish();
    assert_eq!(get(sound.address, &latest("denied")).status, 404);
    assert!(get(sound.address, "/v0.1/servers?limit=9").text() == page);

    project.file("registry-data/servers/com.example/broken/1.0.0/server.json", "{");
    let mut server = Reads::start(&project, NONE);
    assert_eq!(wait_for(server.address, &latest("allowed")).status, 200);
    for target in [&latest("broken"), "/servers/com.example/broken/", "/v0.1/servers?limit=2"] {
        assert_eq!(get(server.address, target).status, 503, "{target}");
    }
    assert_eq!(get(server.address, "/v0.1/servers?limit=1").status, 200);
    assert_eq!(server.ends(), Ok(false));
}

#[test]
fn nothing_is_served_early_when_the_whole_registry_can_be_refused() {
    type Change = fn(&Project);
    let changes: [(&str, Change); 6] = [
        ("two spellings", |project| {
            project.entry("com.example/Weather", "1.0.0");
            project.pin("com.example/Weather", "1.0.0", "2026-01-01T00:00:00Z");
        }),
        ("a version that came back", |project| {
            let stone = "registry-data/tombstones/com.example/weather/1.0.0.toml";
            project.file(stone, "reason = \"malware\"");
        }),
        ("settings", |project| {
            project.file("registry-data/registry.toml", "nonsense = 1");
        }),
        ("a policy", |project| {
            project.file("registry-data/policy.toml", "[[rules]]");
        }),
        ("a warning that is an error here", |project| {
            project.file("registry-data/registry.toml", "[levels]\ndeny = [\"remote-url-shared\"]");
        }),
        ("templates", |project| {
            project.file("registry-data/registry.toml", "[catalog]\ntemplates = \"templates\"");
            project.file("templates/head.html", "{{ nothing.at.all }}");
        }),
    ];
    for (what, change) in changes {
        let project = Project::small();
        project.pin("com.example/weather", "1.0.0", "2026-01-01T00:00:00Z");
        change(&project);
        let mut server = Reads::start(&project, Duration::from_millis(300));
        let latest = "/v0.1/servers/com.example%2Fweather/versions/latest";
        assert_eq!(get(server.address, latest).status, 503, "{what}");
        assert_eq!(get(server.address, "/v0.1/servers?limit=1").status, 503, "{what}");
        if what.starts_with("a warning") {
            server.finish();
            assert_eq!(get(server.address, latest).status, 200);
        } else {
            assert_eq!(server.ends(), Ok(false), "{what}");
        }
    }
}

#[test]
fn the_program_answers_from_its_first_word_on() {
    let project = random(120, 9);
    let mut command = Command::new(env!("CARGO_BIN_EXE_mcp-static"));
    command.current_dir(project.path("")).args(["serve", "--addr", "127.0.0.1:0", "--no-reload"]);
    let mut program = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first.strip_prefix("listening on ").unwrap_or_else(|| panic!("{first}"));
    let address: SocketAddr = address.split(',').next().unwrap().parse().unwrap();
    let asked = ["/v0.1/servers?limit=30", "/v0.1/servers", "/v0.1/servers?search=s1&limit=9", "/"];
    let early = asked.map(|target| get(address, target));
    assert!(lines.any(|line| line.unwrap().starts_with("serving on ")));
    for (target, early) in asked.iter().zip(early) {
        let later = get(address, target);
        assert_eq!((early.status, later.status), (200, 200), "{target}");
        assert!(early.body == later.body, "{target}: other bytes");
    }
    program.kill().unwrap();
    program.wait().unwrap();
}
