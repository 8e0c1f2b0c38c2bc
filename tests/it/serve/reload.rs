//! The data changes while it is served.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use mcp_static::internals::pipeline::Silent;
use mcp_static::internals::serve::{Event, Handle, LiveSource, Options, Server, Watch};
use mcp_static::internals::site::host_named;

use super::client::{Reply, get};
use super::load_options;
use crate::project::Project;

/// A watched server, and what it says.
struct Watched {
    address: std::net::SocketAddr,
    handle: Handle,
    said: Receiver<String>,
}

impl Watched {
    fn start(project: &Project) -> Self {
        Self::of(LiveSource::new(load_options(project.path("registry-data"))))
    }

    fn of(source: LiveSource) -> Self {
        let mut options = Options::default();
        options.look_every = Duration::from_millis(30);
        let server = Server::bind("127.0.0.1:0", options).unwrap();
        let (address, handle) = (server.local_addr(), server.handle());
        let reading = source.read(&Silent).unwrap();
        let live = reading.live.unwrap_or_else(|| panic!("{:#?}", reading.report.items()));
        let (say, said) = channel();
        std::thread::spawn(move || {
            let hear = |event: Event<'_>| {
                let _ = say.send(match event {
                    Event::Reloaded { size, .. } => format!("reloaded {size:?}"),
                    Event::Refused(report) => format!("refused {}", report.items()[0].code),
                    Event::Failed(error) => format!("failed {error:#}"),
                    other => format!("{other:?}"),
                });
            };
            server.run(live, Some(Watch { source: &source, seen: reading.seen, on_event: &hear }));
        });
        Self { address, handle, said }
    }

    #[track_caller]
    fn says(&self, words: &str) {
        let said = self.said.recv_timeout(Duration::from_secs(8)).expect("a word");
        assert!(said.starts_with(words), "{said:?} instead of {words:?}");
    }

    /// Waits for these words; what was read between two of several edits may be refused.
    #[track_caller]
    fn says_at_last(&self, words: &str) {
        loop {
            let said = self.said.recv_timeout(Duration::from_secs(8)).expect("a word");
            if said.starts_with(words) {
                return;
            }
            assert!(said.starts_with("refused "), "{said:?} instead of {words:?}");
        }
    }

    fn latest(&self) -> Reply {
        get(self.address, "/v0.1/servers/com.example%2Fweather/versions/latest")
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.handle.stop();
    }
}

const ENTRY: &str = "registry-data/servers/com.example/weather/1.0.0/server.json";

#[test]
fn an_edit_is_served_and_a_broken_one_is_not() {
    let project = Project::small();
    project.pin("com.example/weather", "1.0.0", "2025-01-01T00:00:00Z");
    let server = Watched::start(&project);
    let first = server.latest();
    assert!(first.text().contains("A server"));

    let text = project.read(ENTRY);
    project.file(ENTRY, &text.replace("A server", "Edited"));
    server.says("reloaded (1, 1)");
    let edited = server.latest();
    assert!(edited.text().contains("Edited"));
    assert_ne!(edited.header("ETag"), first.header("ETag"));

    project.file(ENTRY, &text.replace("\"version\"", "version"));
    server.says("refused ");
    assert_eq!(server.latest().body, edited.body, "what was served is served on");

    project.remove("registry-data/servers");
    server.says("refused registry-empty");
    assert_eq!(server.latest().body, edited.body);

    project.file(ENTRY, &text).pin("com.example/weather", "1.0.0", "2025-01-01T00:00:00Z");
    project.entry("com.example/weather", "1.1.0");
    project.pin("com.example/weather", "1.1.0", "2025-02-01T00:00:00Z");
    server.says_at_last("reloaded (1, 2)");
    assert_eq!(server.latest().json()["server"]["version"], "1.1.0");

    project.remove("registry-data");
    server.says("failed ");
    assert_eq!(server.latest().status, 200);
    assert!(server.said.recv_timeout(Duration::from_millis(200)).is_err(), "said once");
}

#[test]
fn a_commit_moves_the_dates() {
    let project = Project::small();
    project.git();
    let server = Watched::start(&project);
    let published = |reply: Reply| {
        let official = "io.modelcontextprotocol.registry/official";
        reply.json()["_meta"][official]["publishedAt"].as_str().unwrap().to_owned()
    };
    assert_eq!(published(server.latest()), "1970-01-01T00:00:00Z");
    project.commit(1_700_000_000);
    server.says("reloaded (1, 1)");
    assert_eq!(published(server.latest()), "2023-11-14T22:13:20Z");
}

#[test]
fn an_imitated_host_takes_up_an_edit_too() {
    let project = Project::small();
    project.pin("com.example/weather", "1.0.0", "2025-01-01T00:00:00Z");
    let source = LiveSource::new(load_options(project.path("registry-data")));
    let server = Watched::of(source.imitating(host_named("firebase").unwrap()));
    let latest = "/v0.1/servers/com.example%2Fweather/versions/latest";
    assert_eq!(get(server.address, latest).status, 301);
    assert!(get(server.address, &format!("{latest}/")).text().contains("A server"));
    project.file(ENTRY, &project.read(ENTRY).replace("A server", "Edited"));
    server.says("reloaded (1, 1)");
    assert!(get(server.address, &format!("{latest}/")).text().contains("Edited"));
}
