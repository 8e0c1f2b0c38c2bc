//! Getting an address to listen on, and saying why it cannot be had.
//!
//! A busy port, a port that needs rights and an address that is another machine's are different
//! mistakes with different remedies, so each has its own words. Names are resolved as the system
//! does it; a port is always asked for, as a guessed one would be a surprise.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};

use crate::error::{Error, ErrorKind, Result};

/// Listens on `address`; the address that was had, with its port.
pub(super) fn on(address: &str) -> Result<(TcpListener, SocketAddr)> {
    let unreadable = || {
        Error::new(ErrorKind::Usage, format!("{address:?} is not an address to listen on")).help(
            "write it as ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080; port 0 takes any free one",
        )
    };
    let Some((host, port)) = address.rsplit_once(':') else { return Err(unreadable()) };
    let port: u16 = port.parse().map_err(|_| unreadable())?;
    let addresses: Vec<SocketAddr> =
        address.to_socket_addrs().map_err(|e| unreadable().because(e))?.collect();
    if host.is_empty() || addresses.is_empty() {
        return Err(unreadable());
    }
    let listener = TcpListener::bind(&addresses[..]).map_err(|e| refused(host, port, e))?;
    let local = listener.local_addr().map_err(|e| refused(host, port, e))?;
    Ok((listener, local))
}

/// Returns why the system does not let us listen, and what to do about it.
fn refused(host: &str, port: u16, error: io::Error) -> Error {
    let (doing, help) = match error.kind() {
        io::ErrorKind::AddrInUse => (
            format!("port {port} of {host} is taken by another program"),
            "end that program, or choose another port with --addr; port 0 takes any free one",
        ),
        io::ErrorKind::PermissionDenied => (
            format!("port {port} of {host} may not be used"),
            "choose a port above 1023 with --addr, or ask for the right to use this one",
        ),
        io::ErrorKind::AddrNotAvailable => (
            format!("this machine has no address {host}"),
            "listen on 127.0.0.1, or on 0.0.0.0 for every address of this machine",
        ),
        _ => (
            format!("could not listen on port {port} of {host}"),
            "choose another address with --addr",
        ),
    };
    Error::new(ErrorKind::Io, doing).because(error).help(help)
}
