//! The registry as a live v0.1 server, and reload while editing.
//!
//! For looking at a registry before it is published, for clients on the same machine, and as the
//! measure of what any other host should answer. [`Live`] holds the rendered registry and answers
//! requests as a pure function; [`Server`] brings sockets to it; [`Source`] and [`Watch`] bring new
//! data. The room prints nothing: whoever runs it hears [`Event`]s.
//!
//! # Why not `tiny_http`'s own server
//!
//! `tiny_http` accepts connections itself and gives each a thread. It has no bound on connections,
//! none on the size of a head and no read timeout, and no place to add them; its listener leaves
//! Nagle's algorithm on, which costs each kept-alive answer 40 ms. So the listener, the bounds and
//! the timeouts are ours, `httparse` reads heads, and `tiny_http`'s message types say what is sent.
//! Its `Response::raw_print` is not used: it cannot say `Connection: close`, sends `Content-Length`
//! with a 204, which HTTP forbids, and renders every header again for every request; here a
//! document's head is rendered once, when the registry is loaded.
//!
//! A [`Live`] can also answer as a host would, with that host's files (`imitate`).
//!
//! # What it refuses
//!
//! To be a public server: no TLS, no rights, no compression, no log. It answers only requests for
//! names that cannot be another site's (`hosts`), reads no body, follows no path on the disk, and
//! bounds whatever a client can make it hold.

mod answer;
mod connection;
mod crowd;
mod hosts;
mod imitate;
mod listen;
mod live;
mod output;
mod request;
mod routes;
mod watch;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

use crate::error::Result;

pub use answer::Answer;
pub use live::Live;
pub use request::Request;
pub use tiny_http::Method;
pub use watch::{Event, Reading, Seen, Source, Watch};

use crowd::{Admission, Crowd};
use hosts::Hosts;

/// Stack of a connection's thread: what it holds is on the heap.
const STACK: usize = 256 * 1024;

/// Rest after the system refused to accept, for want of file handles as a rule.
const BREATH: Duration = Duration::from_millis(50);

/// The bounds of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Hosts that are answered besides loopback and the bound address: `NAME`, `NAME:PORT`, `*`.
    pub allow_hosts: Vec<String>,
    /// Most connections at a time.
    pub connections: usize,
    /// Largest head of a request, in bytes.
    pub head_size: usize,
    /// Longest time from the first byte of a head to its last.
    pub head_timeout: Duration,
    /// Longest time between two requests of a connection.
    pub idle_timeout: Duration,
    /// Longest time that a client may take no byte of an answer.
    pub write_timeout: Duration,
    /// Time between two looks at the data.
    pub look_every: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_hosts: Vec::new(),
            connections: 512,
            head_size: 16 * 1024,
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            look_every: Duration::from_millis(500),
        }
    }
}

/// A server that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    hosts: Hosts,
    options: Options,
    stop: Arc<Stop>,
}

/// What all connections share.
struct Shared {
    live: RwLock<Arc<Live>>,
    hosts: Hosts,
    options: Options,
    stop: Arc<Stop>,
}

impl Server {
    /// Listens on `address`, such as `127.0.0.1:8080`; port 0 takes any that is free.
    ///
    /// # Errors
    /// When the address makes no sense or cannot be had, and when an allowed host is none.
    pub fn bind(address: &str, options: Options) -> Result<Self> {
        let (listener, address) = listen::on(address)?;
        let hosts = Hosts::new(address.port(), &options.allow_hosts)?;
        Ok(Self { listener, address, hosts, options, stop: Arc::default() })
    }

    /// The address that it listens on.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Something to stop it with.
    pub fn handle(&self) -> Handle {
        Handle { stop: self.stop.clone(), address: self.address }
    }

    /// Answers requests with `live`, and with what `watch` finds later, until it is stopped.
    pub fn run(self, live: Live, watch: Option<Watch<'_>>) {
        let shared = Shared {
            live: RwLock::new(Arc::new(live)),
            hosts: self.hosts,
            options: self.options,
            stop: self.stop,
        };
        let crowd = Crowd::new(shared.options.connections);
        std::thread::scope(|scope| {
            if let Some(watch) = watch {
                let shared = &shared;
                scope.spawn(move || {
                    watch.run(shared.options.look_every, &shared.stop, |live| shared.swap(live));
                });
            }
            for stream in self.listener.incoming() {
                if shared.stop.is_set() {
                    break;
                }
                let Ok(stream) = stream else {
                    std::thread::sleep(BREATH);
                    continue;
                };
                if crowd.admit(stream) == Admission::NeedsThread {
                    let work = || crowd.work(|stream| connection::serve(stream, &shared));
                    let thread = std::thread::Builder::new().stack_size(STACK);
                    if thread.spawn_scoped(scope, work).is_err() {
                        crowd.give_up();
                    }
                }
            }
            crowd.disperse();
        });
    }
}

impl Shared {
    /// The registry as it is now.
    fn live(&self) -> Arc<Live> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on requests are answered with `live`.
    fn swap(&self, live: Live) {
        let live = Arc::new(live);
        let mut place = self.live.write().unwrap_or_else(PoisonError::into_inner);
        let old = std::mem::replace(&mut *place, live);
        drop(place);
        drop(old); // takes a while for a large registry, and nobody should wait for it
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
        // The server may wait for a connection: here is one.
        let mut address = self.address;
        if address.ip().is_unspecified() {
            let v4 = address.is_ipv4();
            address.set_ip(if v4 {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
    }
}

/// Whether the server is to stop, and waiting for that.
#[derive(Debug, Default)]
struct Stop {
    set: AtomicBool,
    lock: Mutex<()>,
    wake: Condvar,
}

impl Stop {
    fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire)
    }

    fn set(&self) {
        let _lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.set.store(true, Ordering::Release);
        self.wake.notify_all();
    }

    /// Waits so long, or until it is set; tells whether it is.
    fn wait(&self, time: Duration) -> bool {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.wake.wait_timeout_while(lock, time, |()| !self.is_set()));
        self.is_set()
    }
}
