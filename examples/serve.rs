//! Renders a registry into memory and serves it from a router of your own, here a few lines over TCP.
//!
//! `cargo run --example serve -- [DATA] [ADDRESS]`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use mcp_static::{LoadOptions, Site, check, load, render};

/// Answers one request. The slash in a server name may be encoded; segments of a site are decoded.
fn answer(site: &Site, mut stream: TcpStream) -> std::io::Result<()> {
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    let target = line.split(' ').nth(1).unwrap_or("/");
    let path = target.split('?').next().unwrap_or("/").replace("%2F", "/").replace("%2f", "/");
    match site.get(path.trim_matches('/')) {
        Some(artifact) => {
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nCache-Control: {}\r\nContent-Length: {}\r\n\
                 Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n",
                artifact.media.content_type(),
                artifact.freshness.cache_control(),
                artifact.body.len(),
            )?;
            stream.write_all(&artifact.body)
        }
        None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let data = args.next().unwrap_or_else(|| "registry-data".to_owned());
    let address = args.next().unwrap_or_else(|| "127.0.0.1:8080".to_owned());

    let loaded = load(&LoadOptions::new(data))?;
    let (registry, report) = check(&loaded)?;
    if report.has_errors() {
        return Err(report.to_string().into());
    }
    let site = render(&registry, &loaded).into_site();
    let listener = TcpListener::bind(address)?;
    println!("http://{}/v0.1/servers", listener.local_addr()?);
    for stream in listener.incoming() {
        // A client that goes away does not stop the server.
        if let Err(e) = answer(&site, stream?) {
            println!("a request failed: {e}");
        }
    }
    Ok(())
}
