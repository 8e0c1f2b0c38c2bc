//! `serve`: the registry as a live server.
//!
//! Data with errors is not served at the start. While it is read, single servers without errors are answered already.
//! When a later change has errors, they are reported and the registry is served as before.

use std::net::SocketAddr;

use crate::diag::{Code, Report};
use crate::error::{Error, ErrorKind, Result};
use crate::pipeline::{LoadOptions, Silent};
use crate::serve::{
    Event, Live, LiveSource, Options, Reading, Server, Watch, run_mcp as run_mcp_server,
};
use crate::site::{Cors, Host};
use crate::text::count;

use super::args::{Global, ServeArgs};
use super::build::host_of;
use super::outcome::Outcome;
use super::talk::Talk;

/// Serves the registry until the process is ended.
pub(super) fn run(global: &Global, args: &ServeArgs, talk: &Talk) -> Result<Outcome> {
    let mut how = global.load_options()?;
    how.base_url = args.base_url.clone();
    how.channel = args.channel.clone();
    how.catalog = true;
    if args.mcp {
        return run_mcp(how, args, &talk.sparing_stdout());
    }
    let options = Options { allow_hosts: args.allow_host.clone(), ..Options::default() };
    // A busy port is reported before the data is read, which may take long.
    let server = Server::bind(&args.addr, options)?;
    let host = args.host.as_deref().map(host_of).transpose()?;
    let cors = assumed(host, args.without_cors)?;
    if let (Some(host), Some(folder)) = (host, &args.site) {
        let live = Live::of_folder(host, folder)?;
        let live = if args.without_cors { live.without_cors() } else { live };
        talk.say(&format!("{}: {}", folder.display(), count(live.files().unwrap_or(0), "file")));
        print_address(talk, server.local_addr(), Some(host), cors);
        server.run(live, None);
        return Ok(Outcome::Fine);
    }
    let mut source = LiveSource::new(how);
    if let Some(host) = host {
        source = source.imitating(host);
    }
    if args.without_cors {
        source = source.without_cors();
    }
    let address = server.local_addr();
    talk.say(&format!("listening on {address}, reading {}", global.data.display()));
    let first = |reading: &Reading| {
        talk.report(&reading.report);
        let Some(live) = &reading.live else { return talk.say("nothing is served") };
        print_summary(talk, live, &reading.report);
        print_address(talk, address, host, cors);
        if !args.no_reload {
            talk.say(&format!("watching {} for changes", global.data.display()));
        }
    };
    let on_event = |event: Event<'_>| report_event(talk, &event);
    let on_event = (!args.no_reload).then_some(&on_event as &(dyn Fn(Event<'_>) + Sync));
    let served = server.run_source(&source, talk.observer().as_ref(), first, on_event)?;
    Ok(if served { Outcome::Fine } else { Outcome::Refused })
}

/// Answers an MCP client on stdin until it closes that.
fn run_mcp(how: LoadOptions, args: &ServeArgs, talk: &Talk) -> Result<Outcome> {
    let source = LiveSource::new(how);
    let reading = source.read(&Silent)?;
    talk.report(&reading.report);
    let Some(live) = reading.live else {
        talk.say("nothing is served");
        return Ok(Outcome::Refused);
    };
    print_summary(talk, &live, &reading.report);
    let (seen, on_event) = (reading.seen, |event: Event<'_>| report_event(talk, &event));
    let watch = Watch { source: &source, seen, on_event: &on_event };
    run_mcp_server(live, (!args.no_reload).then_some(watch))?;
    Ok(Outcome::Fine)
}

/// Prints what is served.
fn print_summary(talk: &Talk, live: &Live, report: &Report) {
    let (servers, versions) = live.size();
    let (servers, versions) = (count(servers, "server"), count(versions, "version"));
    talk.say(&format!("{}: {servers}, {versions}", live.name()));
    if report.items().iter().any(|d| d.code == Code::DateBeforeFirstCommit) {
        talk.say("nothing is committed yet: entries have the date of SOURCE_DATE_EPOCH, or 1970");
    }
}

/// Returns what is assumed about a host whose CORS headers only its operator can set.
fn assumed(host: Option<&dyn Host>, without: bool) -> Result<Option<&'static str>> {
    let operator = |host: &&dyn Host| host.capabilities().resolution.cors == Cors::Operator;
    match (host.filter(operator), without) {
        (Some(_), true) => Ok(Some("as before its operator has set CORS headers")),
        (Some(_), false) => Ok(Some(
            "assuming that its operator has set CORS headers; --without-cors shows it before that",
        )),
        (None, false) => Ok(None),
        (None, true) => Err(Error::new(
            ErrorKind::Usage,
            "--without-cors is only for hosts whose operator sets the CORS headers",
        )
        .help("leave it out: this host sends them itself, or the site configures them")),
    }
}

/// Prints the address of the server and what it imitates.
fn print_address(talk: &Talk, address: SocketAddr, host: Option<&dyn Host>, cors: Option<&str>) {
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
            "warning: other machines can reach this server. It is for development only, without \
             encryption or access control; to publish, use `mcp-static build`",
        );
    }
    talk.next(&format!("open {base}/ in a browser; Ctrl-C stops the server"));
}

/// Returns the URL of the server on this machine.
fn base_url(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        return format!("http://localhost:{}", address.port());
    }
    format!("http://{address}")
}

/// Reports what became of a change of the data.
fn report_event(talk: &Talk, event: &Event<'_>) {
    match event {
        Event::Reloaded { size: (servers, versions), report } => {
            talk.report(report);
            let (servers, versions) = (count(*servers, "server"), count(*versions, "version"));
            talk.say(&format!("reloaded: {servers}, {versions}"));
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
