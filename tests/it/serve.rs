//! The live server over real sockets: what it answers, what it refuses, and what it survives.

mod agreement;
mod client;
mod compress;
mod early;
mod hops;
mod hostile;
mod imitate;
mod large;
mod mcp;
mod program;
mod programs;
mod queries;
mod reload;
mod routes;
mod wire;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread::JoinHandle;

use mcp_static::internals::pipeline::{LoadOptions, Silent};
use mcp_static::internals::serve::{Handle, Live, LiveSource, Options, Server};

/// The sample registry of the repository.
fn sample_data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("registry-data")
}

fn load_options(data: PathBuf) -> LoadOptions {
    LoadOptions { data, catalog: true, ..LoadOptions::default() }
}

fn read_sample() -> Live {
    let reading = LiveSource::new(load_options(sample_data())).read(&Silent).unwrap();
    reading.live.expect("the sample registry has no errors")
}

/// The sample registry in memory.
fn sample() -> &'static Live {
    static LIVE: OnceLock<Live> = OnceLock::new();
    LIVE.get_or_init(read_sample)
}

/// A server over the sample registry that all tests may ask and none may stop.
fn shared() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let server = Server::bind("127.0.0.1:0", Options::default()).unwrap();
        let address = server.local_addr();
        std::thread::spawn(move || server.run(read_sample(), None));
        address
    })
}

/// A server of a test's own; stopped when dropped.
struct Running {
    address: SocketAddr,
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    fn start(options: Options) -> Self {
        Self::with(read_sample(), options)
    }

    fn with(live: Live, options: Options) -> Self {
        let server = Server::bind("127.0.0.1:0", options).unwrap();
        let (address, handle) = (server.local_addr(), server.handle());
        let thread = std::thread::spawn(move || server.run(live, None));
        Self { address, handle, thread: Some(thread) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handle.stop();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
