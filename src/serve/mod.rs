//! The registry as a live v0.1 server, with reload while editing.
//!
//! It is for previews and local clients, and the reference for what other hosts should answer. [`Live`]
//! holds the registry, renders what is asked for, and answers requests as a pure function, also as a given host would
//! (`imitate`); [`Server`] connects sockets to it; [`LiveSource`] and [`Watch`] reload the data. While it is read for
//! the first time, `early` answers for single servers. Nothing is printed here: the caller gets [`Event`]s.
//!
//! `tiny_http` supplies methods, status codes and header fields, `httparse` reads heads, `httpdate` writes
//! dates. `tiny_http::Server` itself is not used: its threads are not bounded, and it reads heads without
//! a size limit or timeout.
//!
//! This is not a public server: it has no TLS, access control or log. It answers only
//! requests for host names that cannot belong to another site (`hosts`), reads no request body, bounds what a
//! client can make it hold, and once it has read the registry, reads no file for a request; before that (`early`),
//! only files that were listed, for one request at a time.

mod answer;
mod cache;
mod compress;
mod connection;
mod crowd;
mod document;
mod early;
mod hosts;
mod imitate;
mod listen;
mod live;
#[cfg(feature = "mcp")]
mod mcp;
mod output;
mod pages;
mod request;
mod routes;
mod search;
mod shared;
mod stored;
mod watch;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use crate::error::Result;
use crate::pipeline::Observer;

pub use live::Live;
#[cfg(feature = "mcp")]
pub use mcp::run as run_mcp;
pub use request::Request;
pub use shared::Options;
pub use tiny_http::Method;
pub use watch::{Event, LiveSource, Reading, Watch};

use crowd::Crowd;
use hosts::Hosts;
use shared::{Shared, Stop};

/// Stack size of a connection's thread, in bytes: pages are rendered on it. Only what is used takes memory.
const STACK: usize = 2 * 1024 * 1024;

/// Pause after a failed `accept`, usually because too many files are open.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A server with a listening socket.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    hosts: Hosts,
    options: Options,
    stop: Arc<Stop>,
}

impl Server {
    /// Listens on `address`, such as `127.0.0.1:8080`; port 0 takes any free port.
    ///
    /// # Errors
    /// When the address is invalid or unavailable, and when an allowed host is invalid.
    pub fn bind(address: &str, options: Options) -> Result<Self> {
        let (listener, address) = listen::on(address)?;
        let hosts = Hosts::new(address.port(), &options.allow_hosts)?;
        Ok(Self { listener, address, hosts, options, stop: Arc::default() })
    }

    /// Returns the address that the server listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Returns a handle that stops the server.
    pub fn handle(&self) -> Handle {
        Handle { stop: self.stop.clone(), address: self.address }
    }

    /// Answers requests with `live`, and with later versions that `watch` finds, until it is stopped.
    pub fn run(self, live: Live, watch: Option<Watch<'_>>) {
        self.run_beside(Some(live), |shared| {
            if let Some(watch) = watch {
                watch.run(shared);
            }
        });
    }

    /// Reads the registry and answers requests with it until it is stopped, and before that with what is known
    /// already. What was read is shown to `first` before it is served. Changes are served too when there is
    /// `on_event` to tell of them. Returns whether the registry was served; it is not when it has errors.
    ///
    /// # Errors
    /// When the data cannot be read.
    pub fn run_source(
        self,
        source: &LiveSource,
        observer: &dyn Observer,
        first: impl FnOnce(&Reading) + Send,
        on_event: Option<&(dyn Fn(Event<'_>) + Sync)>,
    ) -> Result<bool> {
        let handle = self.handle();
        let mut result = Ok(false);
        self.run_beside(None, |shared| {
            let end = StopOnDrop(Some(handle));
            let begin = |early| shared.begin(early);
            let reading = match source.read_first(observer, &begin) {
                Ok(reading) => reading,
                Err(error) => return result = Err(error),
            };
            first(&reading);
            let Reading { live: Some(live), seen, report } = reading else { return };
            drop(report); // large for a large registry
            shared.swap(live);
            result = Ok(true);
            end.disarm();
            if let Some(on_event) = on_event {
                Watch { source, seen, on_event }.run(shared);
            }
        });
        result
    }

    /// Answers requests until it is stopped, while `work` runs on a thread of its own.
    fn run_beside(self, live: Option<Live>, work: impl FnOnce(&Shared) + Send) {
        let shared = Shared::new(live, self.hosts, self.options, self.stop);
        let crowd = Crowd::new(shared.options.connections);
        std::thread::scope(|scope| {
            scope.spawn(|| work(&shared));
            for stream in self.listener.incoming() {
                if shared.stop.is_set() {
                    break;
                }
                let Ok(stream) = stream else {
                    std::thread::sleep(ACCEPT_PAUSE);
                    continue;
                };
                if crowd.admit(stream) {
                    let work = || crowd.work(|stream| connection::serve(stream, &shared));
                    let thread = std::thread::Builder::new().stack_size(STACK);
                    if thread.spawn_scoped(scope, work).is_err() {
                        crowd.give_up();
                    }
                }
            }
            crowd.close();
        });
    }
}

/// Stops the server when the registry cannot be served, however that became known.
struct StopOnDrop(Option<Handle>);

impl StopOnDrop {
    fn disarm(mut self) {
        self.0 = None;
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.iter().for_each(Handle::stop);
    }
}

/// Stops a server from another thread.
#[derive(Debug, Clone)]
pub struct Handle {
    stop: Arc<Stop>,
    address: SocketAddr,
}

impl Handle {
    /// Ends all connections and lets [`Server::run`] return.
    pub fn stop(&self) {
        self.stop.set();
        // The server may be waiting for a connection, so make one.
        let mut address = self.address;
        match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
    }
}
