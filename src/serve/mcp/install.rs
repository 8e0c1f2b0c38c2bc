//! `install_server`.

use serde_json::{Map, Value, json};

use crate::render::install::{Clients, Command, Install, InstallContext, installs};

use super::super::Live;
use super::call::{Arguments, NAME, Property, VERSION, client_ids, schema as schema_of, subject};

const CLIENT: Property = ("client", || {
    json!({
        "type": "string", "enum": client_ids(),
        "description": "The client to install it in; json is the form that most others read",
    })
});

pub(super) fn schema() -> Map<String, Value> {
    schema_of(&[NAME, VERSION, CLIENT], &["name", "client"])
}

pub(super) fn call(live: &Live, arguments: &Arguments) -> Result<Value, String> {
    let (server, version) = subject(live, arguments)?;
    let client = arguments.text("client").unwrap_or_default();
    let listing = server.listing(Some(&version));
    let entry = listing.as_ref().and_then(|listing| {
        listing.entries().iter().find(|entry| entry.version.as_str() == version)
    });
    let entry = entry.ok_or_else(|| format!("{} {version} cannot be read", server.name()))?;
    // Only the first row of clients is wanted: the one that was named.
    let clients = Clients::new([client]);
    let context = InstallContext { base_url: live.base_url(), clients };
    let all = installs(&entry.server, &context);
    let ways: Vec<Value> = all.iter().filter(|way| way.client == client).map(way).collect();
    if ways.is_empty() {
        return Err(format!("{} {version} has neither a package nor a remote", server.name()));
    }
    Ok(json!({
        "name": &**server.name(),
        "version": version,
        "status": entry.status.as_str(),
        "statusMessage": entry.status_message,
        "ways": ways,
    }))
}

fn way(install: &Install) -> Value {
    let command = |command: &Option<Command>| {
        command.as_ref().map(|it| json!({ "posix": it.posix, "powershell": it.powershell }))
    };
    let links: Vec<Value> =
        install.links.iter().map(|link| json!({ "label": link.label, "url": link.url })).collect();
    let file = install
        .snippet
        .as_ref()
        .map(|it| json!({ "path": it.path, "language": it.language, "text": it.text }));
    let way = json!({
        "client": install.label,
        "method": install.method,
        "detail": install.detail,
        "start": command(&install.start),
        "command": command(&install.command),
        "file": file,
        "links": links,
        "notes": install.notes,
    });
    match way {
        Value::Object(mut members) => {
            members.retain(|_, value| !value.is_null());
            Value::Object(members)
        }
        other => other,
    }
}
