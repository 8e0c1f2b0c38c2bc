//! `serve`: the registry as a live server.
//!
//! Says what is served where, and what becomes of every change of the data. Data with errors is not
//! served at the start; later it is reported, and what was served before stays.

use std::net::SocketAddr;

use crate::diag::{Code, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::serve::{Event, Live, Options, Server, Source, Watch};
use crate::site::{Cors, Host};

use super::Outcome;
use super::args::{Global, ServeArgs};
use super::build::host_of;
use super::talk::Talk;

/// Serves the registry until the process is ended.
pub(super) fn run(global: &Global, args: &ServeArgs, talk: &Talk) -> Result<Outcome> {
    let mut how = global.load_options()?;
    how.base_url = args.base_url.clone();
    how.catalog = true;
    let options = Options { allow_hosts: args.allow_host.clone(), ..Options::default() };
    // First of all: a busy port should be known before a long reading, not after it.
    let server = Server::bind(&args.addr, options)?;
    let host = args.host.as_deref().map(host_of).transpose()?;
    let cors = assumed(host, args.without_cors)?;
    if let (Some(host), Some(folder)) = (host, &args.site) {
        let live = Live::of_folder(host, folder)?;
        let live = if args.without_cors { live.without_cors() } else { live };
        talk.say(&format!("{}: {} files", folder.display(), live.files().unwrap_or(0)));
        say_where(talk, server.local_addr(), Some(host), cors);
        server.run(live, None);
        return Ok(Outcome::Fine);
    }
    let mut source = Source::new(how);
    if let Some(host) = host {
        source = source.imitating(host);
    }
    if args.without_cors {
        source = source.without_cors();
    }
    let reading = source.read(talk.observer().as_ref())?;
    talk.report(&reading.report);
    let Some(live) = reading.live else {
        talk.say("nothing is served");
        return Ok(Outcome::Refused);
    };
    greet(talk, &live, &reading.report);
    say_where(talk, server.local_addr(), host, cors);
    if args.no_reload {
        server.run(live, None);
    } else {
        talk.say(&format!("watching {} for changes", global.data.display()));
        let hear = |event: Event<'_>| tell(talk, &event);
        server.run(live, Some(Watch { source: &source, seen: reading.seen, hear: &hear }));
    }
    Ok(Outcome::Fine)
}

/// Says what is served.
fn greet(talk: &Talk, live: &Live, report: &Report) {
    let (servers, versions) = live.size();
    talk.say(&format!("{}: {servers} servers, {versions} versions", live.name()));
    if report.items().iter().any(|d| d.code == Code::DateBeforeFirstCommit) {
        talk.say("nothing is committed yet: entries have the date of SOURCE_DATE_EPOCH, or 1970");
    }
}

/// What is taken for granted of a host whose CORS headers nothing in a site can set.
fn assumed(host: Option<&dyn Host>, without: bool) -> Result<Option<&'static str>> {
    let operator = |host: &&dyn Host| host.capabilities().resolution.cors == Cors::Operator;
    match (host.filter(operator), without) {
        (Some(_), true) => Ok(Some("as long as nobody has set CORS headers there")),
        (Some(_), false) => Ok(Some(
            "assuming that its CORS headers are set (docs/hosts/s3.md, step 4); --without-cors shows it before that",
        )),
        (None, false) => Ok(None),
        (None, true) => Err(Error::new(
            ErrorKind::Usage,
            "--without-cors is for hosts whose CORS headers are up to their operator",
        )
        .help("leave it out: this host sends them, or the site tells it to")),
    }
}

/// Says where it is served, and as what.
fn say_where(talk: &Talk, address: SocketAddr, host: Option<&dyn Host>, cors: Option<&str>) {
    if let Some(host) = host {
        talk.say(&format!("answering as {} would", host.name()));
    }
    if let Some(cors) = cors {
        talk.say(cors);
    }
    let base = base_url(address);
    talk.say(&format!("serving on {base}/"));
    talk.say(&format!("base URL for clients: {base}"));
    if !address.ip().is_loopback() {
        talk.always(
            "warning: other machines can reach this server, and it is made for development: \
             no encryption, no rights; publish with `mcp-static build` instead",
        );
    }
}

/// What this machine calls the server.
fn base_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}", address.port());
    }
    format!("http://{address}")
}

/// Says what became of a change of the data.
fn tell(talk: &Talk, event: &Event<'_>) {
    match event {
        Event::Reloaded { size: (servers, versions), report } => {
            talk.report(report);
            talk.say(&format!("reloaded: {servers} servers, {versions} versions"));
        }
        Event::Refused(report) => {
            talk.report(report);
            talk.always("not reloaded: the data has errors; the registry is served as it was");
        }
        Event::Failed(error) => {
            talk.error(error);
            talk.always("not reloaded; the registry is served as it was");
        }
    }
}
